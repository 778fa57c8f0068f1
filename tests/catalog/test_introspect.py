"""Introspection: what is asked of a server, what it leaves behind there, and what only a server can tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from policytool.catalog.build.platform import Platform, start
from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import STORES, live_platform, marked, platform_of
from policytool.catalog.introspect.server import UnreadableServer, adapted
from policytool.catalog.parity import parity
from policytool.source.bootstrap import sql_folder

if TYPE_CHECKING:
    from policytool.catalog.objects import Catalog
    from policytool.postgres.server import Connection, Server

    Execute = Callable[..., list[Any]]

QUERIES = sorted((sql_folder() / "introspect").glob("*.sql"))


# --- the queries ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_header_names_the_columns(database: Connection, path: Path) -> None:
    """The comment at the top of a query lists its columns in their order."""
    text = path.read_text(encoding="utf-8")
    header = " ".join(re.match(r"(?:-- [^\n]*\n)+", text)[0].replace("\n-- ", " ").split())  # type: ignore[index]
    listed = re.sub(r"\(.*?\)", "", header.partition(": ")[2])
    names = [name.strip().strip('"') for name in listed.split(",")]
    cursor = database.execute(text.encode())
    assert [column.name for column in cursor.description or ()] == names


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_query_is_in_house_style(path: Path) -> None:
    """Lower case, and everything of Postgres's own qualified."""
    text = path.read_text(encoding="utf-8")
    code = re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", text)
    assert code == code.lower()
    assert re.findall(r"(?:from|join)\s+(pg_\w+)\b(?!\.)", code) == []
    assert re.findall(r"(?<![\w.])(pg_get_\w+|format_type|acldefault|aclexplode|unnest|array_agg)\(", code) == []


def test_line_for_an_older_server() -> None:
    """What follows `-- before N:` stands in for the line on servers older than N."""
    line = "  i.fresh as fresh, -- before 15: false as fresh,"
    assert adapted(line, 15) == line
    assert adapted(line, 14) == "false as fresh,"
    assert adapted("left join x on true -- before 14:", 13) == ""
    assert adapted("select 1 -- before long", 13) == "select 1 -- before long"


def test_number_of_queries_does_not_grow(database: Connection, execute: Execute) -> None:
    """Ten tables more are not one query more."""
    counts = []
    for first in (0, 10):
        for number in range(first, first + 10):
            execute(f"create table t{number} (id int primary key); create policy p on t{number} using (id > 0)")
        seen: list[str] = []
        with Counting(database, seen):
            introspect(database)
        counts.append(len(seen))
    assert counts[0] == counts[1]


class Counting:
    """Notes every statement that a connection sends through a cursor."""

    def __init__(self, connection: Connection, seen: list[str]) -> None:
        self.connection, self.seen = connection, seen

    def __enter__(self) -> None:
        seen = self.seen

        class Noting(psycopg.Cursor[Any]):
            def execute(self, query: Any, *arguments: Any, **more: Any) -> Any:
                seen.append(str(query))
                return super().execute(query, *arguments, **more)

        self.before = self.connection.cursor_factory
        self.connection.cursor_factory = Noting

    def __exit__(self, *_: object) -> None:
        self.connection.cursor_factory = self.before


# --- the transaction ------------------------------------------------------------------------------------------------


def test_connection_is_left_as_it_was(database: Connection, execute: Execute) -> None:
    """Settings of the session stay, and no transaction stays open."""
    execute("set search_path = x, y; set timezone = 'Europe/Berlin'")
    introspect(database)
    assert database.info.transaction_status.name == "IDLE"
    assert execute("select current_setting('search_path'), current_setting('timezone')") == [("x, y", "Europe/Berlin")]


def test_nothing_can_be_written(database: Connection, execute: Execute) -> None:
    """A view that writes when it is shown would fail: the transaction is read-only."""
    seen: list[str] = []
    with Counting(database, seen):
        introspect(database)
    assert "repeatable read, read only" in seen[0]


def test_settings_do_not_change_the_text(database: Connection, execute: Execute) -> None:
    """Dates, intervals and bytes come out the same whatever the session shows them as."""
    execute(
        "create table t (d date default '2020-01-02', i interval default '1 day', b bytea default '\\x00ff', "
        "at timestamptz default '2020-01-02 03:04:05+00')"
    )
    before = introspect(database)
    execute("set datestyle = 'sql, dmy'; set intervalstyle = 'iso_8601'; set bytea_output = 'escape'")
    execute("set timezone = 'Asia/Tokyo'; set quote_all_identifiers = on")
    assert introspect(database) == before


def test_busy_connection_is_refused(database: Connection) -> None:
    """Inside a transaction the isolation level could not be chosen any more."""
    with database.transaction(), pytest.raises(UnreadableServer, match="transaction"):
        introspect(database)


def test_a_plain_role_sees_all_of_it(server: Server, database: Connection, execute: Execute) -> None:
    """No right is needed but to connect; only the options of user mappings are for those they are about."""
    world = (Path(__file__).parents[1] / "parity" / "world.sql").read_text(encoding="utf-8")
    execute(world.replace(" concurrently", ""))
    execute("drop user mapping for anon server srv")
    execute("create role passer_by login")
    whole = introspect(database)
    with server.connect(database.info.dbname, "passer_by") as connection:
        assert parity(whole, introspect(connection)) == ()
    execute("drop owned by app, anon, passer_by cascade; drop role app, anon, passer_by")


# --- what it finds --------------------------------------------------------------------------------------------------


def test_the_same_expression_on_columns_of_other_types(database: Connection, execute: Execute) -> None:
    """Tables share what was made of an expression only where it means the same on both."""
    execute(
        "create table a (x date); create table b (x date); create table c (x timestamp);"
        "create policy p on a using (x = date '2020-01-01'); create policy p on b using (x = date '2020-01-01');"
        "create policy p on c using (x = date '2020-01-01')"
    )
    tables = introspect(database).tables
    texts = [tables["public", name].policies[0].using for name in "abc"]
    assert texts == ["x = '2020-01-01'", "x = '2020-01-01'", "x = '2020-01-01'::date"]


def test_attribute_versions_are_left_out(database: Connection, execute: Execute) -> None:
    """The entry pg_attver differs between any two databases and is nobody's option."""
    execute("create table t (a int)")
    execute(
        "update pg_attribute set attoptions = '{n_distinct=5,pg_attver=3}' "
        "where attrelid = 't'::regclass and attname = 'a'"
    )
    assert introspect(database).tables["public", "t"].columns[0].options == ("n_distinct=5",)


def test_members_of_extensions_are_marked(database: Connection, execute: Execute) -> None:
    """What CREATE EXTENSION brought is the extension's, what was made beside it is not."""
    execute("create extension hstore; create function mine() returns int language sql as 'select 1'")
    catalog = introspect(database)
    assert catalog.functions["public", "mine", ()].origin is None
    assert {f.origin for f in catalog.functions.values() if f.name == "hstore"} == {"extension"}
    assert catalog.base_types["public", "hstore"].origin == "extension"
    assert catalog.others["cast", "", "(public.hstore AS json)"].origin == "extension"


def test_what_the_platform_brought_is_marked(database: Connection, execute: Execute) -> None:
    """By its identity in the platform's template; a policy that a user adds to it is the user's."""
    execute("create schema auth; create table auth.users (id int)")
    platform = platform_of("mine", introspect(database))
    execute("create table t (a int); create policy p on auth.users using (true)")
    catalog = introspect(database, platform=platform)
    assert catalog.platform == "mine"
    assert (catalog.tables["auth", "users"].origin, catalog.tables["public", "t"].origin) == ("platform", None)
    assert catalog.roles["pg_monitor"].origin == "platform"
    assert [policy.name for policy in catalog.tables["auth", "users"].policies] == ["p"]


def test_platform_of_a_live_database(supabase_server: Server) -> None:
    """Without a template, what lies in the platform's schemas is the platform's, unless the project's role owns it."""
    bootstrap = start(Platform(name="supabase", exposed_schemas=(), major_version=18)).catalog("supabase")
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    with supabase_server.connect(name) as connection:
        connection.execute("create table auth.of_a_newer_version (id int)")
        connection.execute("set role postgres; create table public.mine (id int)")
        connection.execute("create function extensions.mine() returns int language sql as 'select 1'")
        catalog = introspect(connection)
        connection.execute("reset role")
    supabase_server.drop_database(name)
    found = marked(catalog, live_platform(catalog, bootstrap))
    assert found.tables["auth", "of_a_newer_version"].origin == "platform"
    own = {(store, key) for store in STORES for key, item in getattr(found, store).items() if item.origin is None}
    assert own == {("tables", ("public", "mine")), ("functions", ("extensions", "mine", ()))}


def by_default(catalog: Catalog, table: str) -> dict[tuple[str, str], bool]:
    """Whether each grant on a table came with it."""
    return {(g.grantee, g.privilege): g.by_default for g in catalog.tables["public", table].grants}


def test_default_grants_are_told_from_given_ones(cluster: Connection) -> None:
    """A grant came by default where it is what the owner's default privileges would give today."""
    cluster.execute("create role reader; create role writer")
    cluster.execute("alter default privileges in schema public grant select on tables to reader")
    cluster.execute("create table t (a int); create table untouched (a int)")
    cluster.execute("grant insert on t to reader; grant select on t to writer with grant option")
    found = by_default(introspect(cluster), "t")
    assert found["reader", "SELECT"] is True
    assert found["reader", "INSERT"] is False
    assert found["writer", "SELECT"] is False
    assert found["supabase_admin", "DELETE"] is True
    assert set(by_default(introspect(cluster), "untouched").values()) == {True}


def test_secrets_are_not_read(database: Connection, execute: Execute) -> None:
    """Options that look like secrets, and all of a user mapping but the user, show as stars."""
    execute("create foreign data wrapper w; create server s foreign data wrapper w options (host 'h', api_key 'k')")
    execute("create user mapping for current_user server s options (user 'me', password 'p', token 't')")
    catalog = introspect(database)
    assert catalog.servers["s"].options == ("host=h", "api_key=***")
    mapping = catalog.others["user mapping", "", "FOR supabase_admin SERVER s"]
    assert mapping.definition == "user=me, password=***, token=***"
    assert not re.search(r"'(?:k|p|t)'", str(catalog))
