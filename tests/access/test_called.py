"""What a plan keeps of a function that policies call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rules.support import audited

if TYPE_CHECKING:
    from policytool.postgres.server import Server

ANN, BEN = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
SQL = """
create table t (id int primary key, user_id uuid);
alter table t enable row level security;
grant select on t to authenticated;
create function me(what text default '') returns uuid language sql {volatility} as $$ select auth.uid() $$;
create function is_me(who uuid, me uuid) returns boolean language sql {volatility} as
  $$ select who = me and auth.uid() is not null $$;
create policy p on t for select to authenticated using ({condition});
"""


@pytest.mark.parametrize(
    ("volatility", "condition", "leaks"),
    [
        ("immutable", "user_id = me()", True),
        ("immutable", "user_id = (select me('x'))", True),
        ("immutable", "is_me(user_id, auth.uid())", False),
        ("stable", "user_id = me()", False),
    ],
)
def test_the_next_user_gets_the_rows_of_the_one_before(
    supabase_server: Server, volatility: str, condition: str, leaks: bool
) -> None:
    """Exactly where policy-volatile says so: a prepared statement is planned once."""
    sql = SQL.format(volatility=volatility, condition=condition)
    found = audited(sql, platform="supabase-explicit", rules=["policy-volatile"])
    assert bool(found) == leaks
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    with supabase_server.connect(name) as connection:
        rows = f"insert into t values (1, '{ANN}'), (2, '{BEN}');"
        connection.execute(f"set role postgres; {sql} {rows} set role authenticated".encode())
        connection.execute(b"prepare q as select id from t")
        seen = []
        for user in (ANN, BEN):
            connection.execute(f'set request.jwt.claims = \'{{"sub": "{user}"}}\''.encode())
            seen.append(connection.execute(b"execute q").fetchall())
    supabase_server.drop_database(name)
    assert seen == [[(1,)], [(1,)] if leaks else [(2,)]]
