"""Rows that are wanted: given columns are kept, references resolved, the rest made up as checks and keys ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policytool.catalog.introspect import introspect
from policytool.postgres.seeding import Ref, Wanted, plant
from policytool.postgres.server import Server
from tests.postgres.growing import Given, Plot, plain

pytestmark = pytest.mark.server


@pytest.fixture
def plot(postgres_server: Server) -> Iterator[Plot]:
    """A fresh database of plain Postgres."""
    made = plain(postgres_server)
    yield made
    made.server.drop_database(made.database)


CHECKS = (
    "a integer not null check (a between 40 and 50)",
    "a integer not null check (a > 10 and a % 7 = 0)",
    "a smallint not null, b smallint not null, check (a + b = 100)",
    "a numeric(3, 2) not null check (a > 0 and a < 1)",
    "a text not null check (a ~ '^[A-Z]{3}-\\d{4}$')",
    "a text not null check (a ~* '^[[:alnum:]._-]+@[a-z0-9-]+\\.(com|org)$')",
    "a text not null check (a like 'inv-%-x')",
    "a text not null check (length(a) = 26)",
    "a text not null check (char_length(a) between 300 and 320)",
    "a text not null check (length(trim(a)) > 0 and lower(a) = a)",
    "a varchar(5) not null check (a <> '')",
    "a char(2) not null check (a ~ '^[A-Z]{2}$')",
    "a text not null check (a in ('x', 'y')), b text, check (a <> 'x' or b is not null)",
    "a integer, b integer, c integer, check (num_nonnulls(a, b, c) = 1)",
    "a text, b text, check ((a is null) <> (b is null))",
    "starts timestamptz not null, ends timestamptz not null, check (ends >= starts + interval '2 hours')",
    "ends date not null, starts date not null, check (starts < ends and ends - starts < 10)",
    "a time not null, b time not null, check (b > a), check (a >= '09:30')",
    "birth date not null check (birth <= current_date - interval '18 years')",
    "due timestamptz not null check (due > now())",
    "a date not null check (extract(isodow from a) = 1)",
    "a date not null check (a = date_trunc('month', a))",
    "year integer not null check (year between 1990 and 2100)",
    "a jsonb not null check (jsonb_typeof(a) = 'array' and jsonb_array_length(a) > 0)",
    "a jsonb not null check (a ? 'kind' and a ? 'size')",
    "a text[] not null check (array_length(a, 1) = 3)",
    "a text[] not null check (a <@ array['r', 'w'] and cardinality(a) > 0)",
    "a tstzrange not null check (not isempty(a) and upper(a) - lower(a) <= interval '1 day')",
    "a mood not null check (a <> 'low')",
    "a integer not null, b integer generated always as (a * 2) stored check (b between 81 and 99)",
    "a code not null, b code",
    "a fine not null",
    "a bytea not null check (octet_length(a) = 4)",
    "a uuid, b uuid, check (a is not null or b is not null)",
)


@pytest.mark.parametrize("columns", CHECKS)
def test_checks(plot: Plot, columns: str) -> None:
    """The server itself finds, among likely values, those that satisfy a check."""
    plot.run(
        "create type mood as enum ('low', 'high'); create domain code as text check (value ~ '^[A-Z]\\d{3}$');"
        "create domain fine as code check (value > 'B')"
    )
    plot.row(columns)


def test_references_and_parents(plot: Plot) -> None:
    """A row refers to another by its handle, in any order; parents that nobody wants are made up, and told."""
    plot.run(
        "create table orgs (id uuid primary key); create table people (id uuid primary key, org uuid not null"
        " references orgs); create table notes (id bigint generated always as identity primary key, title text not"
        " null, by uuid not null references people);"
    )
    found = plot.plant(("notes", "n", {"by": Ref("p")}), ("people", "p", {}), ("people", "q", {}))
    assert found.failed == {}
    rows = {handle: planted.row for handle, planted in found.rows.items()}
    assert rows["n"]["by"] == rows["p"]["id"] != rows["q"]["id"]
    assert rows["n"]["title"]
    assert rows["n"]["ctid"] == "(0,1)"
    assert [parent.table for parent in found.parents] == [("public", "orgs")]
    assert rows["p"]["org"] == rows["q"]["org"] == found.parents[0].row["id"]


def test_what_is_given_is_kept(plot: Plot) -> None:
    """Nulls, identities and defaults too; what a type spells otherwise is what it is."""
    row = plot.row(
        "id integer generated always as identity primary key, a text default 'x', b boolean not null, c numeric(5, 2)",
        {"id": "77", "a": None, "b": "yes", "c": "1.5"},
    )
    assert row == {"ctid": "(0,1)", "id": "77", "a": None, "b": "true", "c": "1.50"}


@pytest.mark.parametrize(
    ("columns", "given", "why"),
    [
        ("a int check (a > 5)", {"a": "3"}, 'new row for relation "t" violates check constraint "t_a_check"'),
        ("a int not null", {"a": None}, 'null value in column "a" of relation "t" violates not-null constraint'),
        ("a int", {"a": "x"}, 'a cannot be x: invalid input syntax for type integer: "x"'),
        ("a varchar(2)", {"a": "abc"}, "value too long for type character varying(2)"),
        ("a int, b int generated always as (a) stored", {"b": "1"}, "b is generated, so it cannot be given"),
        ("a int", {"z": "1"}, "public.t has no column z"),
        ("a int", {"a": Ref("nobody")}, "a refers to nobody, which is nobody's handle"),
        ("a int", {"a": Ref("one")}, "a refers to one.id, and public.t has no such column"),
        ("a int not null check (a <> a)", {}, 'new row for relation "t" violates check constraint "t_a_check"'),
        ("a int) partition by list (a", {}, "public.t has no partition"),
    ],
)  # fmt: skip
def test_what_cannot_be(plot: Plot, columns: str, given: Given, why: str) -> None:
    """The reason is told, and nothing is left behind."""
    plot.run(f"create table t ({columns})")
    found = plot.plant(("t", "one", given))
    assert found.failed == {"one": why}
    assert plot.run("select count(*) from t") == [(0,)]


def test_what_refers_to_what_failed_fails_too(plot: Plot) -> None:
    """With the handle of the other."""
    plot.run("create table a (id int primary key, b int)")
    found = plot.plant(("b", "b", {}), ("a", "a", {"b": Ref("b")}))
    assert found.failed == {"b": "there is no table public.b", "a": "b refers to b, which has no row"}


UNIQUES = (
    ("code text not null unique", 30),
    ("code varchar(2) not null unique", 30),
    ("code text not null unique check (code ~ '^[a-z]{2}$')", 30),
    ("code text not null unique check (length(code) = 6)", 30),
    ("a mood not null, b boolean not null, unique (a, b)", 4),
    ("a text not null check (a in ('x', 'y', 'z')), b mood not null, primary key (a, b)", 6),
    ("mail text not null, unique (mail), kind mood not null", 5),
    ("a smallint not null unique check (a between 1 and 7)", 7),
    ("at date not null unique check (at >= '2031-05-01' and at < '2031-05-06')", 5),
    ("id uuid primary key default gen_random_uuid()", 9),
    ("id serial primary key", 9),
    ("id integer primary key generated by default as identity", 9),
)


@pytest.mark.parametrize(("columns", "most"), UNIQUES)
def test_unique_keys(plot: Plot, columns: str, most: int) -> None:
    """As many rows as there are keys; one more is told to be one too many."""
    plot.run(f"create type mood as enum ('low', 'high'); create table t ({columns})")
    found = plot.plant(*[("t", f"r{number}", {}) for number in range(most)])
    assert found.failed == {}
    assert plot.run("select count(*) from t") == [(most,)]
    if most in (4, 6):
        (why,) = plot.plant(("t", "more", {})).failed.values()
        assert "duplicate key value violates unique constraint" in why


@pytest.mark.parametrize(
    "index",
    [
        "unique index on t (lower(name))",
        "unique index on t (place) where main",
        "unique index on t (coalesce(parent, '00000000-0000-0000-0000-000000000000'), (name is null))",
        "unique index on t (name) nulls not distinct",
    ],
)
def test_unique_indexes(plot: Plot, index: str) -> None:
    """Expressions, predicates and nulls as the server sees them."""
    plot.run(
        "create table t (name text, place int not null default 1, main boolean not null default true, parent uuid)"
    )
    plot.run(f"create {index}")
    found = plot.plant(*[("t", f"r{number}", {}) for number in range(3)])
    assert found.failed == {}


def test_a_key_that_migrations_used_up(plot: Plot) -> None:
    """A sequence may lag behind the rows that were inserted with numbers."""
    plot.run("create table t (id serial primary key, a text); insert into t (id) select generate_series(1, 60)")
    assert int(plot.one("t")["id"] or 0) > 60


def test_a_key_that_another_handle_has(plot: Plot) -> None:
    """Two rows cannot be given the same key; the other one is named."""
    plot.run("create table t (id int primary key)")
    found = plot.plant(("t", "a", {"id": "1"}), ("t", "b", {"id": "1"}))
    assert list(found.rows) == ["a"]
    assert found.failed["b"].startswith("a has the same id (duplicate key")


def test_exclusion(plot: Plot) -> None:
    """Ranges are moved until they do not overlap, also where an expression makes them."""
    plot.run("create extension btree_gist")
    plot.run(
        "create table r (room int not null default 1, during tstzrange not null, exclude using gist (room with =,"
        " during with &&)); create table s (starts timestamptz not null, ends timestamptz not null, check (ends"
        " > starts), exclude using gist (tstzrange(starts, ends) with &&))"
    )
    found = plot.plant(*[(table, f"{table}{number}", {}) for table in "rs" for number in range(5)])
    assert found.failed == {}


def test_keys_over_time(plot: Plot) -> None:
    """WITHOUT OVERLAPS is a key of PostgreSQL 18; what refers to it says when, too."""
    if plot.server.major < 18:
        pytest.skip("about PostgreSQL 18")
    plot.run("create extension btree_gist; create table r (room int not null default 1, during daterange not null,"
        " primary key (room, during without overlaps)); create table s (room int not null, during daterange not null,"
        " foreign key (room, period during) references r (room, period during))"
    )  # fmt: skip
    assert plot.plant(*[("r", f"r{number}", {}) for number in range(4)], ("s", "s", {})).failed == {}


def test_keys_of_several_columns(plot: Plot) -> None:
    """What is given of a key chooses the parent; a reference to the row gives the rest."""
    plot.run(
        "create table orgs (id uuid primary key); create table projects (org uuid not null references orgs, id uuid,"
        " primary key (org, id)); create table tasks (org uuid not null references orgs, project uuid not null,"
        " foreign key (org, project) references projects)"
    )
    found = plot.plant(
        ("orgs", "acme", {}),
        ("projects", "p", {"org": Ref("acme")}),
        ("tasks", "a", {"project": Ref("p")}),
        ("tasks", "b", {"org": Ref("acme")}),
        ("tasks", "c", {}),
    )  # fmt: skip
    assert found.failed == {}
    rows = {handle: planted.row for handle, planted in found.rows.items()}
    assert (rows["a"]["org"], rows["a"]["project"]) == (rows["acme"]["id"], rows["p"]["id"])
    assert rows["b"]["org"] == rows["acme"]["id"]
    assert rows["c"]["org"] != rows["acme"]["id"]


def test_a_row_is_of_the_tenant_of_what_it_refers_to(plot: Plot) -> None:
    """But not of the same person: who comments is not who wrote."""
    plot.run(
        "create table orgs (id uuid primary key); create table users (id uuid primary key);"
        "create table posts (id uuid primary key, org_id uuid not null references orgs, user_id uuid not null"
        " references users); create table comments (post uuid not null references posts,"
        " org_id uuid not null references orgs, user_id uuid not null references users)"
    )
    found = plot.plant(
        ("orgs", "acme", {}), ("users", "ann", {}), ("posts", "p", {"org_id": Ref("acme"), "user_id": Ref("ann")}),
        ("comments", "c", {"post": Ref("p")}),
    )  # fmt: skip
    comment = found.rows["c"].row
    assert comment["org_id"] == found.rows["acme"].row["id"]
    assert comment["user_id"] not in (None, found.rows["ann"].row["id"])


def test_a_given_key_without_a_parent(plot: Plot) -> None:
    """The parent is made with it; so it is for a default."""
    plot.run(
        "create table plans (code text primary key, rank int not null);"
        "create table orgs (id uuid primary key, plan text not null default 'free' references plans)"
    )
    found = plot.plant(("orgs", "a", {}), ("orgs", "b", {"plan": "gold"}))
    assert found.failed == {}
    assert plot.run("select code from plans order by 1") == [("free",), ("gold",)]


def test_parents_that_can_only_be_those_that_are_there(plot: Plot) -> None:
    """Where no further row can be made, one that a migration made does."""
    plot.run(
        "create table roles (name text primary key check (name in ('admin', 'member')));"
        "insert into roles values ('admin'), ('member');"
        "create table staff (id int primary key, role text not null references roles)"
    )
    assert plot.one("staff")["role"] == "admin"


def test_rows_that_refer_to_each_other(plot: Plot) -> None:
    """One of the references is made afterwards, where it may be null; a row may refer to itself."""
    plot.run(
        "create table a (id int primary key, b int); create table b (id int primary key, a int not null references a);"
        "alter table a add foreign key (b) references b; create table c (id uuid primary key, boss uuid not null"
        " references c)"
    )
    found = plot.plant(("a", "x", {"b": Ref("y")}), ("b", "y", {"a": Ref("x")}), ("c", "z", {}))
    assert found.failed == {}
    assert found.rows["x"].row["b"] == found.rows["y"].row["id"]
    assert found.rows["y"].row["a"] == found.rows["x"].row["id"]
    assert found.rows["z"].row["boss"] == found.rows["z"].row["id"]


def test_checks_between_rows_that_are_referred_to(plot: Plot) -> None:
    """Two columns that must not refer to the same row, or only in one order."""
    plot.run(
        "create table users (id uuid primary key); create table friends (a uuid not null references users,"
        " b uuid not null references users, check (a < b)); create table gifts (by_user uuid references users,"
        " by_org int, constraint one check (num_nonnulls(by_user, by_org) = 1))"
    )
    found = plot.plant(("friends", "f", {}), ("users", "u", {}), ("friends", "g", {"a": Ref("u")}), ("gifts", "h", {}))
    assert found.failed == {}
    assert found.rows["f"].row["a"] != found.rows["f"].row["b"]


@pytest.mark.parametrize(
    "partitions",
    [
        "range (at); create table t1 partition of t for values from ('2031-01-01') to ('2031-02-01')",
        "range (at); create table t1 partition of t for values from ('2031-01-01') to ('2031-02-01');"
        " create table t2 partition of t for values from ('2031-02-01') to ('2032-01-01') partition by list (kind);"
        " create table t3 partition of t2 for values in ('b')",
        "list (kind); create table t1 partition of t for values in ('b', 'c')",
        "hash (n); create table t1 partition of t for values with (modulus 5, remainder 3)",
        "list (kind); create table t1 partition of t default",
    ],
)
def test_partitions(plot: Plot, partitions: str) -> None:
    """Into the whole and into each of its parts, whatever bounds it; keys refer to the whole."""
    plot.run(
        "create table t (n int not null, at timestamptz not null, kind text not null check (kind in ('a', 'b', 'c')),"
        f" primary key (n, at, kind)) partition by {partitions};"
        "create table u (n int not null, at timestamptz not null, kind text not null,"
        " foreign key (n, at, kind) references t)"
    )
    leaves = [name for name in ("t1", "t3") if plot.run(f"select to_regclass('{name}') is not null") == [(True,)]]
    found = plot.plant(*[(name, name, {}) for name in ("t", "u", *leaves)])
    assert found.failed == {}


def test_inside_a_transaction(plot: Plot) -> None:
    """Everything is undone with it, refused attempts included."""
    plot.run("create table t (a int not null check (a > 100), b text unique not null)")
    with plot.server.connect(plot.database, autocommit=False) as connection:
        wanted = [Wanted(table=("public", "t"), handle=handle) for handle in "xy"]
        assert len(plant(connection, introspect(connection), wanted).rows) == 2
        connection.rollback()
        assert connection.execute("select count(*) from t").fetchone() == (0,)


def test_the_same_wishes_give_the_same_rows(postgres_server: Server) -> None:
    """On another database too: nothing is left to chance or the clock, but defaults that ask it."""
    sql = (
        "create table orgs (id uuid primary key default gen_random_uuid(), token text not null default"
        " md5(random()::text), name text not null unique); create table people (id serial primary key,"
        " org uuid not null references orgs, code text not null unique check (code ~ '^[a-z]{3}$'), born date not null)"
    )
    found = []
    for _ in range(2):
        plot = plain(postgres_server)
        plot.run(sql)
        found.append(plot.plant(("people", "p", {}), ("people", "q", {"org": Ref("o")}), ("orgs", "o", {})))
        postgres_server.drop_database(plot.database)
    assert found[0] == found[1]


def test_names_that_need_quotes(plot: Plot) -> None:
    """Tables, columns, types, labels and values."""
    plot.run(
        """create schema "My App"; create type "My App"."Mood" as enum ('it''s "fine"', 'a\\b');
        create table "My App"."order" ("user" "My App"."Mood" not null, "a""b" text not null check ("a""b" like '%''%'),
        "%s" text not null, "id" uuid primary key); create unique index on "My App"."order" (lower("%s"))"""
    )
    found = plot.plant(*[("My App.order", handle, {"user": "a\\b"} if handle == "x" else {}) for handle in "xyz"])
    assert found.failed == {}
    assert found.rows["x"].row["user"] == "a\\b"


def test_a_handle_is_of_one_row(plot: Plot) -> None:
    """Two would not be told apart."""
    plot.run("create table t (id int)")
    with pytest.raises(ValueError, match="two rows have the same handle: x"):
        plot.plant(("t", "x", {}), ("t", "x", {}))
