"""Where NULL matches NULL, as a server has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policytool.access.nullmatch import null_matches
from tests.access.support import access_to, table_of

if TYPE_CHECKING:
    from policytool.postgres.server import Server

TABLE = "create table t (id int primary key, user_id uuid, n int); alter table t enable row level security;\n"
ZERO = "'00000000-0000-0000-0000-000000000000'::uuid"
MATCHING = {
    "user_id is not distinct from auth.uid()": True,
    "not (user_id is distinct from (select auth.uid()))": True,
    f"coalesce(user_id, {ZERO}) = coalesce(auth.uid(), {ZERO})": True,
    "coalesce(user_id::text, '') = coalesce(auth.uid()::text, '')": True,
    "user_id = auth.uid() or (user_id is null and auth.uid() is null)": True,
    "n = 1 and user_id is not distinct from auth.uid()": True,
    "user_id = auth.uid()": False,
    "auth.uid() is not null and user_id is not distinct from auth.uid()": False,
    "coalesce(user_id = auth.uid(), false)": False,
}


@pytest.mark.parametrize("condition", MATCHING)
def test_a_visitor_reads_the_rows_of_nobody(supabase_server: Server, condition: str) -> None:
    """Exactly where NULL is said to match NULL, and a user reads only their own."""
    sql = f"{TABLE} create policy p on t for select using ({condition}); grant select on t to anon, authenticated;"
    access = access_to(sql)
    table = table_of(access, "t")
    said = null_matches(table.policies[0].using or "", table, access)
    assert ("anybody" in said.get("user_id", ())) == MATCHING[condition]
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    me = "11111111-1111-4111-8111-111111111111"
    with supabase_server.connect(name) as connection:
        connection.execute(f"set role postgres; {sql} insert into t values (1, null, 1), (2, '{me}', 1)".encode())
        connection.execute("set role anon")
        visited = connection.execute("select id from t").fetchall()
        connection.execute(f'set role authenticated; set request.jwt.claims = \'{{"sub": "{me}"}}\''.encode())
        own = connection.execute("select id from t").fetchall()
    supabase_server.drop_database(name)
    assert visited == ([(1,)] if MATCHING[condition] else [])
    assert own == [(2,)]
