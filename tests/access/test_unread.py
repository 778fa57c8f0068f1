"""What a server does for those who may write rows and read none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

from policytool.access.unread import unread
from tests.access.support import access_to, table_of

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

TABLE = "create table t (id int primary key, n int); alter table t enable row level security;\n"
POLICIES = """
create policy p on t for update to authenticated using (n > 0);
create policy q on t for delete to authenticated using (n > 0);
create policy r on t for insert to authenticated with check (n > 0);
"""
ALL = "grant select, insert, update, delete on t to authenticated;\n"
ROWS = "insert into t values (1, 1), (2, 2);"


@pytest.fixture
def connection(supabase_server: Server) -> Iterator[Connection]:
    """As the role that makes tables, in a fresh database."""
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    with supabase_server.connect(name) as made:
        made.execute("set role postgres")
        yield made
    supabase_server.drop_database(name)


def as_user(connection: Connection, sql: str, query: str) -> int:
    """How many rows a query of a signed-in user changes."""
    connection.execute(f"{TABLE} {sql} {ROWS} set role authenticated".encode())
    return connection.execute(query.encode()).rowcount


@pytest.mark.parametrize("query", ["update t set n = 9 where id = 1", "delete from t where id = 1"])
def test_nothing_is_found_to_change(connection: Connection, query: str) -> None:
    """Without a policy for SELECT a WHERE finds no row, and no error says so."""
    access = access_to(TABLE + ALL + POLICIES)
    assert {u.command for u in unread(table_of(access, "t"), ("UPDATE", "DELETE"), access)} == {"UPDATE", "DELETE"}
    assert as_user(connection, ALL + POLICIES, query) == 0


def test_what_looks_at_no_column_works(connection: Connection) -> None:
    """An UPDATE without a WHERE needs no SELECT."""
    assert as_user(connection, ALL + POLICIES, "update t set n = 9") == 2


@pytest.mark.parametrize("ending", ["returning id", "on conflict (id) do update set n = 3"])
def test_inserting_is_refused_when_it_reads(connection: Connection, ending: str) -> None:
    """RETURNING and upserts need the policies for SELECT; a plain INSERT does not."""
    access = access_to(TABLE + ALL + POLICIES)
    assert [u.granted for u in unread(table_of(access, "t"), ("INSERT",), access)] == [True]
    assert as_user(connection, ALL + POLICIES, "insert into t values (3, 3)") == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"insert into t values (4, 4) {ending}".encode())


def test_without_the_privilege_it_is_refused(connection: Connection) -> None:
    """UPDATE alone does not let one say which row."""
    grant = "grant update on t to authenticated; create policy s on t for select to authenticated using (true);"
    access = access_to(TABLE + POLICIES + grant)
    assert [u.granted for u in unread(table_of(access, "t"), ("UPDATE",), access)] == [False]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_user(connection, POLICIES + grant, "update t set n = 9 where id = 1")
