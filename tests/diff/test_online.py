"""Plans in steps that let others work meanwhile: they close as the others do, and hold no lock for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policytool.diff.run import Options, compare
from policytool.report import diff_sql
from tests.catalog.closing import built, platform
from tests.diff.cases import CASES, DIRECTIONS, Case, case, database, differ, differences, observed, run

if TYPE_CHECKING:
    from policytool.diff.run import Diff
    from policytool.postgres.server import Server

ONLINE = Options(allow_drops=True, online=True)


def online(pair: Case) -> Diff:
    """The diff of a case, in steps."""
    return between(pair.before, pair.after)


def between(before: str, after: str) -> Diff:
    """The diff of two texts, in steps."""
    return compare(built(before, "postgres"), built(after, "postgres"), platform("postgres"), options=ONLINE)


def steps(diff: Diff) -> list[list[str]]:
    """The statements by segment."""
    found: dict[int, list[str]] = {}
    for change in diff.changes:
        found.setdefault(change.segment, []).append(change.sql)
    return list(found.values())


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", CASES)
def test_closes_in_the_simulation(name: str, direction: str) -> None:
    """No step is refused, nothing is left, and no commit is more open than both ends."""
    diff = online(case(name, direction))
    assert diff.problems == ()
    assert [change.sql for change in differ(diff.plan.simulated, diff.plan.after).changes] == []
    for change in diff.changes:
        same = [other for other in diff.changes if other.segment == change.segment]
        assert not change.alone or same == [change]


STEPPED = [
    (name, direction)
    for name in CASES
    for direction in DIRECTIONS
    if any(word in name for word in ("index", "constraint", "not-null", "slice", "enum", "domain", "partition"))
]


@pytest.mark.parametrize(("name", "direction"), STEPPED)
def test_closes_on_a_server(postgres_server: Server, name: str, direction: str) -> None:
    """A server that runs the steps over rows ends with AFTER's catalog."""
    pair = case(name, direction)
    diff = online(pair)
    if not any(c.segment for c in diff.changes):
        pytest.skip("a server cannot go there, or there is one step only")
    with database(postgres_server) as database_name:
        run(postgres_server, database_name, [pair.after])
        wanted = observed(postgres_server, database_name)
    with database(postgres_server) as database_name:
        run(postgres_server, database_name, [pair.before, *([pair.seed] if pair.seed else [])])
        run(postgres_server, database_name, [diff_sql.render(diff)])
        assert differences(observed(postgres_server, database_name), wanted) == []


PARTS = (
    "create table p (a int, b int) partition by range (a);create table p1 partition of p for values from (0) to (9);"
)
BUSY = {
    "unique key": (
        "create table t (a int, b text); insert into t select n, n::text from generate_series(1, 50) n;",
        "create table t (a int, b text, constraint k unique (a) include (b));",
    ),
    "deferrable key without equal nulls": (
        "create table t (a int);",
        "create table t (a int, constraint k unique nulls not distinct (a) deferrable initially deferred);",
    ),
    "primary key on columns that may be null": (
        "create table t (a int, b int); insert into t select n, n from generate_series(1, 50) n;",
        "create table t (a int, b int, primary key (a, b));",
    ),
    "primary key moves": (
        "create table t (a int primary key, b int not null); insert into t values (1, 2);",
        "create table t (a int not null, b int primary key);",
    ),
    "unique key and who refers to it": (
        "create table t (a int); create table u (a int); insert into t values (1); insert into u values (1);",
        "create table t (a int unique); create table u (a int references t (a));",
    ),
    "new column with its key, its check and who refers to it": (
        "create table t (a int primary key); create table u (b int);",
        "create table t (a int primary key, c text unique check (c <> ''));"
        "create table u (b int, c text references t (c) on delete cascade);",
    ),
    "index made another, with a comment and a cluster": (
        "create table t (a int, b int); create index i on t (a); alter table t cluster on i;",
        "create table t (a int, b int); create unique index i on t (b desc) where b > 0; comment on index i is 'x';",
    ),
    "the replica identity is another index": (
        "create table t (a int not null, b int not null); create unique index i on t (a);"
        "create unique index j on t (b); alter table t replica identity using index i;",
        "create table t (a int not null, b int not null); create unique index i on t (b, a);"
        "alter table t replica identity using index i;",
    ),
    "names that need quotes": (
        'create schema "s.x"; create table "s.x"."T t" ("A a" int); create index "I i" on "s.x"."T t" ("A a");',
        'create schema "s.x"; create table "s.x"."T t" ("A a" int not null check ("A a" > 0));'
        'create index "I i" on "s.x"."T t" (abs("A a"));',
    ),
    "very long names": (
        f"create table {'t' * 63} ({'c' * 63} int); create index {'i' * 63} on {'t' * 63} ({'c' * 63});",
        f"create table {'t' * 63} ({'c' * 63} int not null); create index {'i' * 63} on {'t' * 63} ({'c' * 63} desc);",
    ),
    "an index gives its name to a table": (
        "create table t (a int); create index i on t (a);",
        "create table t (a int); create table i (b int);",
    ),
    "an index gives its name to a constraint": (
        "create table t (a int); create index i on t (a);",
        "create table t (a int, constraint i unique (a));",
    ),
    "indexes of a materialized view": (
        "create table t (a int, b int); create materialized view m as select a, b from t; create index i on m (a);",
        "create table t (a int, b int); create materialized view m as select a, b from t; create index i on m (b);"
        "create unique index j on m (a, b);",
    ),
    "a partitioned table": (
        PARTS,
        "create table p (a int not null, b int check (b > 0)) partition by range (a);"
        "create table p1 partition of p for values from (0) to (9); create index i on p (b);",
    ),
    "an index of one partition": (
        f"{PARTS} create index i on p1 (b);",
        f"{PARTS} create index i on p1 (a, b);",
    ),
    "a table with a child": (
        "create table t (a int); create table k () inherits (t); insert into k values (1);",
        "create table t (a int not null check (a > 0)); create table k () inherits (t);",
    ),
    "a view that groups by the key": (
        "create table t (a int not null, b int);",
        "create table t (a int primary key, b int); create view v as select a, b, count(*) from t group by a;",
    ),
    "a domain with a check": (
        "create domain d as int; create table t (a d); insert into t values (5);",
        "create domain d as int check (value > 1) check (value < 9); create table t (a d);",
    ),
    "identity on a column that may be null": (
        "create table t (a int); insert into t values (5);",
        "create table t (a int generated always as identity);",
    ),
    "a table and its columns renamed on the way": (
        "create table t (a int, b int); create index i on t (a);",
        "create table t (a int, b int); alter table t rename b to c; create index j on t (c, a);",
    ),
}  # fmt: skip


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("name", BUSY)
def test_steps_of_busy_tables(postgres_server: Server, name: str, direction: int) -> None:
    """The steps run on a server over rows, and end where the other SQL ends."""
    before, after = BUSY[name][::direction]
    diff = between(before, after)
    assert diff.problems == ()
    with database(postgres_server) as database_name:
        run(postgres_server, database_name, [after])
        wanted = observed(postgres_server, database_name)
    with database(postgres_server) as database_name:
        run(postgres_server, database_name, [before])
        run(postgres_server, database_name, [diff_sql.render(diff)])
        assert differences(observed(postgres_server, database_name), wanted) == []


PLAIN = ("a partitioned table", "a domain with a check")  # there is no other way


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("name", [name for name in BUSY if name not in PLAIN])
def test_no_lock_is_held_while_rows_are_gone_through(name: str, direction: int) -> None:
    """A statement that scans a table or builds an index stops nobody from writing to it."""
    for change in between(*BUSY[name][::direction]).changes:
        slow = {hazard.name for hazard in change.hazards} & {"FULL_SCAN", "INDEX_BUILD"}
        assert not (slow and any(lock.stops for lock in change.locks)), change.sql


def test_never_concurrently_on_a_partitioned_table() -> None:
    """Postgres refuses it there; its index is made as ever, and the hazard says so."""
    diff = between(*BUSY["a partitioned table"])
    (index,) = (change for change in diff.changes if change.sql.startswith("create index"))
    assert "concurrently" not in index.sql
    assert {"SHARE_LOCK", "INDEX_BUILD"} <= {hazard.name for hazard in index.hazards}


def test_a_changed_index_is_there_all_the_time() -> None:
    """The new one is made beside the old one, they swap names in one transaction, and the old one goes last."""
    before, after = "create table t (a int, b int); create index i on t (a)", "create table t (a int, b int)"
    assert steps(between(before, f"{after}; create index i on t (b)")) == [
        ["create index concurrently i__new on public.t using btree (b)"],
        ["alter index public.i rename to i__old", "alter index public.i__new rename to i"],
        ["drop index concurrently public.i__old"],
    ]


def test_a_new_table_needs_no_steps() -> None:
    """Nobody uses it yet."""
    assert (
        len(steps(between("", "create table t (a int primary key, b int check (b > 0)); create index on t (b)"))) == 1
    )
