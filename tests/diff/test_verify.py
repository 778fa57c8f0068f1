"""A plan is proved on a server, and one that is wrong is found out: by each of the observers on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from policytool.diff.plan import Plan
from policytool.diff.run import Options, compare
from policytool.diff.simulator import Done, Simulator
from policytool.diff.standing import Side
from policytool.diff.verification import Verification
from policytool.diff.verify import verify
from policytool.postgres.server import Server
from policytool.source.model import SqlFile
from tests.catalog.closing import built, platform
from tests.roles import same_roles

if TYPE_CHECKING:
    from policytool.postgres.providers import Provider

Prove = Callable[..., Verification]


class Shared:
    """The suite's own server as one that is started for each use: databases and roles go again."""

    name = "shared"

    def __init__(self, server: Server) -> None:
        self._server = server

    def look(self) -> str:
        """Its version."""
        return self._server.version

    @contextmanager
    def serve(self, family: str) -> Iterator[Server]:
        """The server, for a while."""
        assert family == "postgres"
        before = _databases(self._server)
        with same_roles(self._server):
            try:
                yield self._server
            finally:
                for name in sorted(_databases(self._server) - before):
                    self._server.drop_database(name)


def _databases(server: Server) -> set[str]:
    with server.connect() as connection:
        return {name for (name,) in connection.execute("select datname from pg_catalog.pg_database")}


@pytest.fixture
def provider(postgres_server: Server) -> Provider:
    """Where proofs are run."""
    return Shared(postgres_server)


@pytest.fixture
def prove(provider: Provider) -> Prove:
    """Proves the plan between two texts; or the plan that these statements make, be it wrong."""

    def run(before: str, after: str, statements: Sequence[str] | None = None, **given: object) -> Verification:
        one, other = built(before, "postgres"), built(after, "postgres")
        plan = compare(one, other, platform("postgres"), options=Options(allow_drops=True)).plan
        sides = [
            Side(label=label, catalog=catalog, files=(SqlFile(path=f"{label}.sql", text=text),))
            for label, text, catalog in (("before", before, one), ("after", after, other))
        ]
        plan = plan if statements is None else _made_of(plan, statements)
        return verify(plan, sides[0], sides[1], provider, **given)  # type: ignore[arg-type]

    return run


def _made_of(plan: Plan, statements: Sequence[str]) -> Plan:
    simulator = Simulator(plan.before, plan.platform)
    simulator.run(statements)
    return replace(plan, statements=tuple(simulator.done))


def mute(plan: Plan) -> Plan:
    """A plan whose statements say that they change nothing: none of its hazards is announced."""
    return replace(plan, statements=tuple(replace(done, changes=(), statement=None) for done in plan.statements))


TABLES = """
create type mood as enum ('low', 'high');
create table people (id integer primary key, name text not null, mood mood default 'low', born date);
create table pets (id bigint generated always as identity, owner integer not null references people, tag uuid);
"""


def test_a_good_plan_is_proved_with_rows(prove: Prove) -> None:
    """The tables have rows, keys among them point at rows, and nothing is left to say."""
    found = prove(TABLES, TABLES + "alter table people add column note text; create index on pets (tag);")
    assert found.passed
    assert found.problems == found.notes == ()
    assert (found.tables, found.rows) == (2, 6)
    assert found.sentence == f"verified on {found.server}: 2 statements run, with 6 rows in 2 tables"


def test_a_statement_that_the_server_refuses(prove: Prove) -> None:
    """It is named with what the server said."""
    found = prove(TABLES, TABLES, ["create index i on people (nobody)"])
    assert found.problems == (
        'the plan stops: create index i on people (nobody): column "nobody" does not exist (42703)',
    )


def test_a_plan_that_does_not_end_at_after(prove: Prove) -> None:
    """The catalog, pg_dump and a second diff say so, each on its own."""
    found = prove(TABLES, TABLES + "alter table people enable row level security;", [])
    assert found.problems == (
        "table public.people: rls_enabled is False after the plan, not True",
        "pg_dump: not after the plan: ALTER TABLE public.people ENABLE ROW LEVEL SECURITY;",
        "a second diff is not empty: alter table public.people enable row level security",
    )


def test_what_only_pg_dump_sees(prove: Prove) -> None:
    """The sequence of a table that was filled: no field of the catalog tells, but a differently spelled body does."""
    found = prove(TABLES, TABLES, ["alter table people set (autovacuum_enabled = off)"])
    assert any(problem.startswith("pg_dump") for problem in found.problems)
    assert not found.passed


def test_rows_that_are_lost(prove: Prove) -> None:
    """A table that is dropped and made again has the right schema and no rows; DATA_LOSS says so, and it is proved."""
    again = ["drop table pets", TABLES.strip().splitlines()[-1].rstrip(";")]
    assert prove(TABLES, TABLES, again).passed


def test_rows_that_are_lost_unannounced(prove: Prove) -> None:
    """No other observer notices that all rows have gone."""
    found = prove(TABLES, TABLES, ["truncate pets"])
    assert found.problems == (
        "none of the 3 rows of public.pets are left, and no DATA_LOSS says so",
        "transaction 1 writes all rows of public.pets again, and no TABLE_REWRITE says so",
    )


def test_values_that_are_changed(prove: Prove) -> None:
    """A column that is dropped and made again, under a hazard of another one, and one that is written to."""
    found = prove(TABLES, TABLES, ["update people set name = upper(name) || 'x'", "update pets set tag = null"])
    assert found.problems == (
        "the values of public.people.name are not what they were, and no DATA_LOSS says so",
        "the values of public.pets.tag are not what they were, and no DATA_LOSS says so",
    )


def test_locks_and_copies_that_are_not_announced(provider: Provider) -> None:
    """What is seen on the server is held against the hazards, relation by relation."""
    before, after = built(TABLES, "postgres"), built(TABLES.replace("born date", "born timestamp"), "postgres")
    plan = mute(compare(before, after, platform("postgres")).plan)
    found = verify(plan, Side(label="b", catalog=before), Side(label="a", catalog=after), provider)
    assert found.problems == (
        "transaction 1 holds AccessExclusiveLock on public.people, which stops reads and writes, and no hazard says so",
        "transaction 1 writes all rows of public.people again, and no TABLE_REWRITE says so",
    )


def test_rows_that_stop_the_plan(prove: Prove) -> None:
    """That they may was announced: it is noted, and the plan is proved with rows in the other tables."""
    found = prove(TABLES, TABLES + "alter table people add column code text not null;")
    assert found.passed
    assert found.notes[0].startswith("rows stop the plan, as FULL_SCAN says that they may: alter table public.people")
    assert "23502" in found.notes[0]


def test_rows_that_stop_the_plan_unannounced(provider: Provider) -> None:
    """A failure that nobody was warned of is a failure of the plan."""
    before, after = (
        built(TABLES, "postgres"),
        built(TABLES.replace("born date", "born date check (id < 0)"), "postgres"),
    )
    plan = compare(before, after, platform("postgres")).plan
    quiet = replace(plan, statements=tuple(_without_constraints(done) for done in plan.statements))
    found = verify(quiet, Side(label="b", catalog=before), Side(label="a", catalog=after), provider)
    assert any(problem.startswith("rows stop the plan, and no hazard says") for problem in found.problems)


def _without_constraints(done: Done) -> Done:
    changes = tuple(replace(change, after=replace(change.after, constraints=())) for change in done.changes)
    return replace(done, changes=changes, statement=None)


def test_what_is_withheld_is_left_out_once(prove: Prove) -> None:
    """The whole plan is proved, and what is written without the drop keeps all rows."""
    after = TABLES.replace(", tag uuid", "") + "create table more (id integer);"
    found = prove(TABLES, after, None, withheld=frozenset({0}))
    assert found.passed


def test_the_rest_does_not_run_without_what_is_withheld(prove: Prove) -> None:
    """Where something was put aside on which the rest leans, it is said."""
    statements = ["alter table people rename to persons", "comment on table persons is 'them'"]
    after = TABLES + ";".join(statements)
    found = prove(TABLES, after, statements, withheld=frozenset({0}))
    assert found.problems[0].startswith("without the statements that are withheld the plan stops: comment on table")


def test_files_that_do_not_run(prove: Prove) -> None:
    """The side is made from its catalog then, and the proof says so."""
    found = prove(TABLES + "select 1 / 0;", TABLES + "create index on pets (tag);")
    assert found.passed
    assert found.notes[0] == (
        "the files of before do not run on the server: before.sql:5: division by zero (22012); "
        "it was made from its catalog instead"
    )


def test_a_role_that_is_dropped(prove: Prove) -> None:
    """Roles are of the whole server: nothing of BEFORE may be left that still knows the one that goes."""
    assert prove(TABLES + "create role reader; grant select on people to reader;", TABLES).passed


def test_a_role_that_is_made(prove: Prove) -> None:
    """Whoever makes a role has it to give, and cannot be granted that by himself."""
    assert prove(TABLES, TABLES + "create role reader; grant select on people to reader;").passed


def test_rows_of_many_tables(prove: Prove) -> None:
    """A plan that stops at table after table is proved without rows in the end."""
    names = [f"t{number}" for number in range(9)]
    before = "".join(f"create table {name} (id integer);" for name in names)
    found = prove(before, before + "".join(f"alter table {name} add column c text not null;" for name in names))
    assert found.passed
    assert found.rows == 0


def test_new_labels_are_committed_before_they_are_used(prove: Prove) -> None:
    """The plan is run transaction by transaction, as it is written."""
    after = TABLES.replace("'high')", "'high', 'best')").replace("default 'low'", "default 'best'")
    found = prove(TABLES, after)
    assert found.passed


def test_the_project_is_no_superuser(prove: Prove) -> None:
    """Defaults and triggers are run for the rows, and see neither a superuser nor a role that can become one."""
    spy = """
create function spy() returns text language sql as $$
  select current_user || ' ' || rolsuper from pg_catalog.pg_roles where rolname = session_user $$;
create table seen (who text default spy());
"""
    found = prove(spy, spy + "alter table seen add check (who = 'postgres false') not valid;")
    assert found.passed
    assert found.rows == 3
    spied = prove(spy, spy + "alter table seen add check (who = 'postgres false');")
    assert spied.notes == ()
