"""Rows for any table: which are made, in which order, by whom, and what is said of those that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from policytool.catalog.introspect import introspect
from policytool.catalog.objects import Catalog
from policytool.postgres.rows import contents, lost
from policytool.postgres.seed import Seeded, seed
from policytool.postgres.seeding.facts import order
from policytool.postgres.server import Server
from policytool.postgres.watching import copied, held, relations, stops
from tests.catalog.closing import built

Fill = Callable[..., Seeded]


@pytest.fixture
def name(postgres_server: Server) -> Iterator[str]:
    """A fresh database of plain Postgres."""
    made = postgres_server.create_database("postgres_plain", owner="postgres")
    yield made
    postgres_server.drop_database(made)


def catalog(server: Server, name: str) -> Catalog:
    with server.administer(name) as connection:
        return introspect(connection)


def rows(server: Server, name: str, query: str) -> list[tuple[Any, ...]]:
    with server.connect(name) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.fixture
def fill(postgres_server: Server, name: str) -> Fill:
    """Makes some tables, which postgres owns, and fills them."""

    def run(sql: str, after: str | None = None, **given: Any) -> Seeded:
        with postgres_server.connect(name) as connection:
            connection.execute(f"set role postgres; {sql}".encode())
        before = catalog(postgres_server, name)
        return seed(postgres_server, name, before, built(after, "postgres") if after else before, **given)

    return run


def test_every_type_has_a_value(fill: Fill) -> None:
    """What the server knows, and what the project makes of it; three rows each."""
    types = (
        "smallint", "integer", "bigint", "numeric", "numeric(3,3)", "real", "double precision", "text", "varchar(3)",
        "char(2)", "boolean", "date", "time", "timetz", "timestamp", "timestamptz(3)", "interval", "uuid", "json",
        "jsonb", "bytea", "inet", "cidr", "macaddr", "macaddr8", "money", "tsvector", "tsquery", "point", "line",
        "lseg", "box", "path", "polygon", "circle", "bit(3)", "varbit(3)", "int4range", "tstzrange", "datemultirange",
        "pg_lsn", "oid", "regclass", "name", "jsonpath", "integer[]", "text[]", "mood", "mood[]", "short", "pair",
        "floats",
    )  # fmt: skip
    columns = ", ".join(f"c{number} {kind} not null" for number, kind in enumerate(types))
    made = "create type mood as enum ('low', 'high'); create domain short as text check (length(value) <= 4);"
    made += "create type pair as (a integer, b text); create type floats as range (subtype = float8);"
    found = fill(f"{made} create table everything ({columns});")
    assert found == Seeded(rows={("public", "everything"): 3})


def test_checks_keys_and_partitions_are_kept(fill: Fill) -> None:
    """Values come from what checks, bounds and other tables say."""
    found = fill(
        """
        create table places (id bigint generated always as identity primary key, code text unique,
          kind text not null check (kind in ('shop', 'office')), land char(2) check (length(land) = 2),
          opens date not null, closes date not null, check (closes > opens), least integer, most integer,
          check (most > least), total integer generated always as (least + most) stored);
        create table visits (place bigint references places on delete cascade, at timestamptz not null default now(),
          by integer not null) partition by range (at);
        create table visits_2031 partition of visits for values from ('2031-01-01') to ('2032-01-01');
        create table staff (place bigint not null references places, boss integer, id integer primary key);
        alter table staff add foreign key (boss) references staff;
        """
    )
    assert found.empty == {}
    assert set(found.rows) == {("public", "places"), ("public", "visits_2031"), ("public", "staff")}


def test_a_circle_of_keys(fill: Fill) -> None:
    """One of the circle begins with nulls."""
    found = fill(
        "create table a (id integer primary key, b integer); create table b (id integer primary key, a integer not null"
        " references a); alter table a add foreign key (b) references b;"
    )
    assert found.rows == {("public", "a"): 3, ("public", "b"): 3}


def test_a_circle_that_cannot_begin(fill: Fill) -> None:
    """It stays empty, with a reason."""
    found = fill(
        "create table a (id integer primary key, b integer not null); create table b (id integer primary key,"
        " a integer not null references a); alter table a add foreign key (b) references b;"
    )
    assert found.rows == {}
    assert sorted(found.empty.values()) == ["public.a has no row to refer to", "public.b has no row to refer to"]


def test_the_last_row_has_nulls_where_they_may_stay(fill: Fill, postgres_server: Server, name: str) -> None:
    """A column that is to be NOT NULL in AFTER has no nulls in BEFORE."""
    fill("create table t (id integer primary key, a text, b text);", "create table t (id int, a text not null, b text)")
    assert rows(postgres_server, name, "select count(a), count(b) from t") == [(3, 2)]


def test_what_a_table_may_not_hold(fill: Fill) -> None:
    """The server's words say why; a table that is to have no rows is left out."""
    found = fill(
        "create table t (a integer not null check (a > 5 and a < 5)); create table u ();", skip=[("public", "u")]
    )
    assert found.rows == {}
    assert found.empty == {
        ("public", "t"): 'new row for relation "t" violates check constraint "t_a_check"',
        ("public", "u"): "it was to have none",
    }


def test_rows_are_made_past_row_level_security(fill: Fill, postgres_server: Server, name: str) -> None:
    """Whoever owns the table and whatever its policies say; the role is then what it was."""
    query = "select rolsuper, rolbypassrls from pg_roles where rolname = 'postgres'"
    before = rows(postgres_server, name, query)
    found = fill("create table t (a integer); alter table t enable row level security, force row level security;")
    assert found.rows == {("public", "t"): 3}
    assert rows(postgres_server, name, query) == before


def test_the_order_is_that_of_the_keys() -> None:
    """What is referred to comes first, whatever it is called."""
    found = built("create table z (id int primary key); create table a (z int references z);", "postgres")
    assert order(found) == [("public", "z"), ("public", "a")]


@pytest.mark.parametrize(
    ("statement", "messages"),
    [
        ("alter table t add column c integer", []),
        ("alter table t rename to u", []),
        ("alter table t rename column b to c", []),
        ("alter table t alter column a type bigint", []),
        ("insert into t values (9)", []),
        ("alter table t drop column b", ["the values of public.t.b are gone"]),
        ("update t set b = 'x'", ["the values of public.t.b are not what they were"]),
        ("delete from t where a = 1", ["only 2 of the 3 rows of public.t are left"]),
        ("drop table t", ["none of the 3 rows of public.t are left"]),
        ("alter table t alter column b type integer using null", ["3 values of public.t.b are gone"]),
        ("create table s as select * from t; drop table t; alter table s rename to t", []),
    ],
)
def test_what_is_lost(postgres_server: Server, name: str, statement: str, messages: list[str]) -> None:
    """Tables and columns are followed by their numbers, and by their names where they are made again."""
    with postgres_server.connect(name) as connection:
        connection.execute("create table t (a integer, b text); insert into t values (1, 'i'), (2, 'j'), (3, 'k')")
        before = contents(connection)
        connection.execute(statement.encode())
        assert [one.message for one in lost(before, contents(connection, also=before), {})] == messages


def test_contents_call_no_function_of_the_project(postgres_server: Server, name: str) -> None:
    """A cast to text of one's own type would be run as the superuser who looks."""
    with postgres_server.connect(name) as connection:
        connection.execute(
            "create type pair as (a integer); create function spell(pair) returns text language plpgsql as"
            " $$begin raise 'called'; end$$; create cast (pair as text) with function spell(pair) as implicit;"
            " create table t (p pair); insert into t values (row(1))"
        )
        (found,) = contents(connection).values()
    assert (found.rows, found.columns[1].filled) == (1, 1)


def test_locks_and_copies(postgres_server: Server, name: str) -> None:
    """The strongest lock on each relation, and the tables of which the file is another afterwards."""
    with postgres_server.connect(name) as connection:
        connection.execute("create table t (a integer); create table u (a integer)")
        before = relations(connection)
        numbers = {found.name[1]: oid for oid, found in before.items()}
        with connection.transaction():
            connection.execute("select from t; create index on u (a); alter table t alter column a type bigint")
            locks = held(connection)
        after = relations(connection)
    assert {key: stops(locks[oid]) for key, oid in numbers.items()} == {"t": 2, "u": 1}
    assert copied(before, after) == {numbers["t"]}
