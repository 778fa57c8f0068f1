"""sql/report: queries that a DBA runs in psql as they are, and that agree with the tool."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from policytool import api
from policytool.api import Loaded
from policytool.postgres.server import Server, throwaway
from policytool.report.overview.model import Report
from policytool.source.bootstrap import sql_folder
from tests.report.overview.support import report_on

QUERIES = sorted((sql_folder() / "report").glob("*.sql"))
SCHEMA = """
create role anon; create role authenticated; create role staff in role authenticated; create role auditor bypassrls;
create role keeper; create role teller nologin noinherit in role authenticated;
grant usage on schema public to public;
create schema shop; grant usage on schema shop to anon, authenticated;
create schema "Back ""of"" fice"; create table "Back ""of"" fice"."Odd, name" (id int primary key, "A b" int);
grant select on "Back ""of"" fice"."Odd, name" to anon;
create table public.users (id uuid primary key);
create table shop.orders (id int primary key, buyer uuid not null references public.users, note text, total numeric,
  unique (buyer, id));
create table shop.lines (order_id int references shop.orders, buyer uuid, place int, product int,
  foreign key (buyer, order_id) references shop.orders (buyer, id));
create index on shop.lines (order_id, buyer);
create table shop.ledger (id int primary key, owner_id uuid, body text);
create table shop.open (id int primary key, parent int references shop.open);
create table shop.forced (id int primary key, who name);
create table shop.parted (id int, day date, user_id uuid references public.users) partition by range (day);
create table shop.parted_1 partition of shop.parted for values from ('2026-01-01') to ('2027-01-01');
alter table shop.orders enable row level security; alter table shop.ledger enable row level security;
alter table shop.forced enable row level security; alter table shop.forced force row level security;
alter table shop.forced owner to keeper; grant create, usage on schema shop to keeper;
alter table shop.parted enable row level security;
grant select, insert, delete on shop.orders to authenticated;
grant update (note, total) on shop.orders to authenticated;
grant select on shop.orders to auditor; grant select on shop.open to public; grant all on shop.forced to authenticated;
grant select (id) on shop.ledger to anon; grant select, insert, update, delete on shop.ledger to staff;
grant select on shop.parted to anon; grant usage on schema shop to auditor;
create policy "own orders" on shop.orders to authenticated using (buyer = current_setting('app.user')::uuid);
create policy "staff read" on shop.orders for select to staff using (true);
create policy "not big" on shop.orders as restrictive for delete using (total < 1000);
create policy "adds" on shop.ledger for insert to staff with check (owner_id is not null);
create policy "all read" on shop.ledger for select using (true);
create policy "only restrictive" on shop.parted as restrictive using (user_id is not null);
create policy "by name" on shop.forced using (who = current_user);
create policy "checked" on shop.forced for all to anon with check (true);
create function shop.total() returns numeric language sql security definer as 'select 1::numeric';
create function shop.safe(a int, b text) returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function shop.safe(int, text) from public; grant execute on function shop.safe(int, text) to staff;
alter function shop.safe(int, text) owner to keeper;
create function shop.plain() returns int language sql as 'select 1';
"""
Row = dict[str, str]
Asked = Callable[[str], list[Row]]


@pytest.fixture(scope="module")
def shop() -> Iterator[Server]:
    """A plain server with a schema that has something of each kind."""
    with throwaway() as server:
        with server.connect() as connection:
            connection.execute(SCHEMA.encode())
        yield server


@pytest.fixture(scope="module")
def asked(shop: Server) -> Asked:
    """What psql prints for a query, row by row."""

    def ask(name: str) -> list[Row]:
        psql = shop.bin / "psql"
        said = subprocess.run(
            [psql, "-X", "--csv", "-v", "ON_ERROR_STOP=1", "-h", str(shop.socket_dir), "-p", str(shop.port),
             "-U", shop.superuser, "-d", "postgres", "-f", str(sql_folder() / "report" / f"{name}.sql")],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        assert said.stderr == ""
        return list(csv.DictReader(io.StringIO(said.stdout)))

    return ask


@pytest.fixture(scope="module")
def source(shop: Server) -> Loaded:
    """The same database, read by the tool."""
    return api.load(f"host={shop.socket_dir} port={shop.port} user={shop.superuser} dbname=postgres")


@pytest.fixture(scope="module")
def report(source: Loaded) -> Report:
    return report_on(source)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_it_runs_in_psql(asked: Asked, path: Path) -> None:
    """As it is, with the columns that its header names."""
    rows = asked(path.stem)
    assert rows
    header = path.read_text().partition(": ")[2].replace("\n-- ", " ").split("\n")[0]
    assert all(column in header for column in rows[0])


def test_coverage_agrees(asked: Asked, report: Report) -> None:
    """Row level security, policies by command and client grants of every table."""
    rows = {f"{r['schema']}.{r['table']}": r for r in asked("coverage")}
    assert set(rows) == {t.full_name for t in report.tables}
    for table in report.tables:
        row = rows[table.full_name]
        assert row["rls"] == table.rls
        for command, number in table.policies.items():
            assert int(row[f"{command.lower()}_policies"]) == number, (table.full_name, command)
        assert int(row["restrictive"]) == table.restrictive
        grants = {role: [p for p in has if p != "MAINTAIN"] for role, has in table.grants.items()}
        told = "; ".join(f"{role}: {', '.join(has)}" for role, has in sorted(grants.items()))
        assert row["client_grants"] == told, table.full_name


def test_matrix_agrees(asked: Asked, source: Loaded) -> None:
    """No role may do what the tool says it may not, nor the other way round; and all means all for both."""
    rows = {(r["role"], f"{r['schema']}.{r['table']}", r["command"]): r["access"] for r in asked("matrix")}
    roles = tuple(sorted({role for role, _, _ in rows}))
    cells = [c for c in api.matrix(source, roles=roles) if c.kind == "table" and c.command != "TRUNCATE"]
    assert {(c.role, c.table, c.command) for c in cells} == set(rows)
    seen = set()
    for cell in cells:
        access = rows[cell.role, cell.table, cell.command]
        expected = cell.access if cell.access in ("none", "all") else "policies"
        assert access == expected, (cell.role, cell.table, cell.command)
        seen.add(access)
    assert seen == {"none", "policies", "all"}


def test_risky_functions_agree(asked: Asked, report: Report) -> None:
    """The same functions, with the same owners and search_path."""
    rows = {f"{r['schema']}.{r['function']}": r for r in asked("risky_functions")}
    assert set(rows) == {f.name for f in report.functions} == {"shop.total()", "shop.safe(integer, text)"}
    for function in report.functions:
        assert rows[function.name]["owner"] == function.owner
        assert rows[function.name]["search_path"] == (function.search_path or "")
    assert "everybody may call it" in rows["shop.total()"]["risk"]
    assert "no search_path" in rows["shop.total()"]["risk"]
    assert rows["shop.safe(integer, text)"]["risk"] == ""
    assert rows["shop.safe(integer, text)"]["executable_by"] == "staff"


def test_missing_indexes_agree(asked: Asked, report: Report) -> None:
    """The foreign keys that the tool finds without an index, and every column of a policy that it finds so."""
    rows = asked("missing_indexes")
    keys = {(r["schema"], r["table"], r["name"]) for r in rows if r["reason"] == "foreign key"}
    found = [f for f in report.findings if f.rule == "fk-unindexed"]
    assert keys == {(f.object.schema, f.object.table, f.object.name) for f in found}
    assert ("shop", "open", "open_parent_fkey") in keys
    columns = {(f"{r['schema']}.{r['table']}", r["columns"]) for r in rows if r["reason"] == "policy"}
    needed = {(t.full_name, i.column) for t in report.tables for i in t.indexes if not i.present}
    assert needed <= columns
    assert needed


def test_what_it_tells_to_make_makes_it_go(shop: Server, asked: Asked) -> None:
    """Each statement runs, and then nothing is missing."""
    statements = {row["sql"] for row in asked("missing_indexes")}
    with shop.connect() as connection:
        for statement in sorted(statements):
            connection.execute(statement.encode())
    assert asked("missing_indexes") == []
