"""Policies made one let by exactly the rows that they let by as several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.rules.support import audited

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

TABLE = """
create table t (id int primary key, a boolean not null, b boolean not null);
alter table t enable row level security;
grant select, insert, update, delete on t to authenticated;
create policy read on t for select to authenticated using (true);
"""
SEVERAL = {
    "update": "create policy p on t for update to authenticated using (a) with check (b);"
    "create policy q on t for update to authenticated using (b);",
    "insert": "create policy p on t for insert to authenticated with check (a);"
    "create policy q on t for insert to authenticated with check (b);",
    "delete": "create policy p on t for delete to authenticated using (a);"
    "create policy q on t for delete to authenticated using (b);",
}
ROWS = [(a, b) for a in (False, True) for b in (False, True)]


def allowed(connection: Connection, command: str) -> list[bool]:
    """For each row, and for UPDATE each new row, whether the command changes it."""
    queries = {
        "update": [f"update t set a = {n[0]}, b = {n[1]} where a = {o[0]} and b = {o[1]}" for o in ROWS for n in ROWS],
        "insert": [f"insert into t values (99, {a}, {b})" for a, b in ROWS],
        "delete": [f"delete from t where a = {a} and b = {b}" for a, b in ROWS],
    }
    found = []
    for query in queries[command]:
        with connection.transaction(force_rollback=True):
            connection.execute("set local role authenticated")
            try:
                with connection.transaction():
                    found.append(connection.execute(query.encode()).rowcount == 1)
            except psycopg.errors.InsufficientPrivilege:
                found.append(False)
    return found


@pytest.mark.parametrize("command", SEVERAL)
def test_one_is_as_several(supabase_server: Server, command: str) -> None:
    """The fix of multiple-permissive changes nothing."""
    sql = TABLE + SEVERAL[command]
    (finding,) = audited(sql, platform="supabase-explicit", rules=["multiple-permissive"])
    assert finding.fix is not None
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    with supabase_server.connect(name) as connection:
        connection.execute(f"set role postgres; {sql}".encode())
        for number, (a, b) in enumerate(ROWS):
            connection.execute("insert into t values (%s, %s, %s)", (number, a, b))
        before = allowed(connection, command)
        connection.execute(finding.fix.sql.encode())
        after = allowed(connection, command)
    supabase_server.drop_database(name)
    assert set(before) == {False, True}
    assert after == before
