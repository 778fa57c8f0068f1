"""The matrix, cell by cell, beside what a server lets each role do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

from policytool.access.matrix import Cell, matrix
from policytool.postgres.platform import apply_migrations
from tests.access.support import access_to

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

ME, OTHER = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
SQL = f"""
create table own (id integer primary key, user_id uuid not null);
create table open (id integer primary key);
create table shut (id integer primary key);
create table ungranted (id integer primary key, user_id uuid not null);
create table mixed (id integer primary key, user_id uuid not null, shown boolean not null);
create table members (user_id uuid, team integer, primary key (user_id, team));
create table team_notes (id integer primary key, team integer not null);
alter table own enable row level security;
alter table shut enable row level security;
alter table ungranted enable row level security;
alter table mixed enable row level security;
alter table members enable row level security;
alter table team_notes enable row level security;
create policy p on own to authenticated using (user_id = (select auth.uid()));
create policy p on ungranted using (true);
create policy p on mixed for select using (shown);
create policy q on mixed for update to authenticated using (user_id = auth.uid());
create policy r on mixed for select to authenticated using (user_id = auth.uid());
create policy p on members for select to authenticated using (user_id = (select auth.uid()));
create policy p on team_notes to authenticated
  using (team in (select m.team from members m where m.user_id = (select auth.uid())));
grant select, insert, update, delete on own, open, shut, mixed, members, team_notes to authenticated, service_role;
grant select on own, open, shut, mixed to anon;
grant truncate on open to authenticated;
revoke truncate on own, shut, ungranted, mixed, members, team_notes from anon, authenticated, service_role;
create view owner_view as select * from own;
create view caller_view with (security_invoker) as select * from own;
create view signed_in_view as select * from own where auth.uid() is not null;
create materialized view stored as select * from own;
grant select on owner_view, caller_view, signed_in_view, stored to anon, authenticated;
create function everybody() returns integer language sql as 'select 1';
create function nobody() returns integer language sql as 'select 1';
revoke execute on function nobody() from public, anon, authenticated, service_role;
insert into own values (1, '{ME}'), (2, '{OTHER}'), (3, '{OTHER}');
insert into open values (1), (2), (3);
insert into shut values (1), (2), (3);
insert into ungranted values (1, '{ME}'), (2, '{OTHER}'), (3, '{OTHER}');
insert into mixed values (1, '{ME}', false), (2, '{OTHER}', true), (3, '{OTHER}', false);
insert into members values ('{ME}', 1), ('{OTHER}', 2), ('{OTHER}', 3);
insert into team_notes values (1, 1), (2, 2), (3, 3);
refresh materialized view stored;
"""
ROLES = ("anon", "authenticated", "service_role")
ROWS = 3
STATEMENTS = {
    "SELECT": "select * from {}",
    "UPDATE": "update {0} set {1} = {1}",
    "DELETE": "delete from {}",
    "TRUNCATE": "truncate {}",
    "EXECUTE": "select {}",
}


def cells() -> tuple[Cell, ...]:
    access = access_to(SQL)
    catalog = access.catalog
    stores = (catalog.tables, catalog.views, catalog.functions)
    items = [item for store in stores for item in store.values() if item.origin is None and item.schema == "public"]
    return tuple(matrix(access, ROLES, items))


CELLS = cells()


@pytest.fixture(scope="module")
def connection(supabase_server: Server) -> Iterator[Connection]:
    """A database with the tables and their rows."""
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    results = apply_migrations(supabase_server, name, [SQL])
    assert [r.error.message for r in results if r.error] == []
    with supabase_server.connect(name) as found:
        yield found
    supabase_server.drop_database(name)


def measured(connection: Connection, cell: Cell) -> int:
    """How many rows the statement reaches; -1 where it is refused. A TRUNCATE that runs reaches all."""
    column = "user_id" if cell.table == "public.members" else "id"
    statement = STATEMENTS[cell.command].format(cell.table, column)
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("select set_config('request.jwt.claims', %s, true)", (claims(cell.role),))
            connection.execute(f"set local role {cell.role}".encode())
            count = connection.execute(statement.encode()).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return -1
    return ROWS if cell.command in ("TRUNCATE", "EXECUTE") else count


def claims(role: str) -> str:
    return f'{{"role": "authenticated", "sub": "{ME}"}}' if role == "authenticated" else ""


@pytest.mark.parametrize(
    "cell", [c for c in CELLS if c.command in STATEMENTS], ids=lambda c: f"{c.role} {c.command} {c.table}"
)
def test_a_server_agrees(connection: Connection, cell: Cell) -> None:
    """`none` reaches no row, `all` every one, `own` and `tenant` some; and so on a server."""
    reached = measured(connection, cell)
    match cell.access:
        case "none":
            assert reached <= 0
        case "all":
            assert reached == ROWS
        case "own" | "tenant":
            assert 0 < reached < ROWS
        case _:
            assert 0 <= reached <= ROWS


def test_the_kinds_of_reach_are_told_apart() -> None:
    """What anon and a signed-in user may read of each."""
    said = {(c.role, c.table.removeprefix("public.")): c.access for c in CELLS if c.command == "SELECT"}
    assert {table: said["authenticated", table] for _, table in said} == {
        "own": "own", "open": "all", "shut": "none", "ungranted": "none", "mixed": "conditional", "members": "own",
        "team_notes": "tenant", "owner_view": "all", "caller_view": "own", "signed_in_view": "conditional",
        "stored": "all",
    }  # fmt: skip
    assert {table for role, table in said if role == "anon" and said[role, table] != "none"} == {
        "open", "mixed", "owner_view", "stored",
    }  # fmt: skip


def test_each_cell_says_why() -> None:
    """The grant, and the policy or what takes its place."""
    (cell,) = (c for c in CELLS if (c.role, c.table, c.command) == ("authenticated", "public.own", "SELECT"))
    assert [r.message for r in cell.because] == ["authenticated has SELECT by a grant", 'policy "p"']
    assert cell.filter == "user_id = (SELECT auth.uid())"
    (cell,) = (c for c in CELLS if (c.role, c.table, c.command) == ("anon", "public.open", "SELECT"))
    assert [r.message for r in cell.because] == ["anon has SELECT by a grant", "row level security is off"]
    (cell,) = (c for c in CELLS if (c.role, c.table, c.command) == ("service_role", "public.own", "SELECT"))
    assert cell.because[-1].message == "policies do not bind service_role"
