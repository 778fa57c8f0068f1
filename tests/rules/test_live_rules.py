"""Rules that need a live database: their pages and cases, run on a server that is taken to be forty days old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from msgspec.structs import replace

from policytool import api
from policytool.audit.registry import all_rules
from policytool.audit.run import Selection
from policytool.finding import Finding
from policytool.syntax.split import split
from tests.rules.support import Page, alarms, dotted, live_pages, said
from tests.rules.test_near_misses import Case, read

if TYPE_CHECKING:
    from policytool.postgres.server import Server

PAGES = live_pages()
CASES = [case for path in sorted(Path(__file__).with_name("live").glob("*.sql")) for case in read(path)]
SETTINGS = "alter role authenticator set "
each_page = pytest.mark.parametrize("found", PAGES, ids=[p.rule for p in PAGES])


class Database:
    """A database that SQL is run in, statement by statement as psql would, and that is then audited."""

    def __init__(self, server: Server, name: str) -> None:
        self.dsn = server.dsn(name, "postgres")
        self.settings = f'alter role authenticator in database "{name}" set '
        self.admin = server.dsn(name)

    def run(self, *texts: str) -> None:
        """Run the statements, each by itself; one whose line ends in `-- fails` does."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for text in texts:
                for piece in split(text):
                    if piece.kind == "sql":
                        self._run(connection, text[piece.body : piece.end], text[piece.end :].partition("\n")[0])
            # What a session counted is known to others when it says so.
            connection.execute("select pg_catalog.pg_stat_force_next_flush()")

    def _run(self, connection: psycopg.Connection, statement: str, rest: str) -> None:
        if statement.startswith(SETTINGS):
            # Settings of roles are the whole server's: here they are made for this database alone.
            with psycopg.connect(self.admin, autocommit=True) as admin:
                admin.execute(statement.replace(SETTINGS, self.settings, 1).encode())
            return
        if "-- fails" not in rest:
            connection.execute(statement.encode())
            return
        with pytest.raises(psycopg.Error):
            connection.execute(statement.encode())

    def findings(self, rules: Sequence[str] = (), days: float = 40) -> tuple[Finding, ...]:
        """What these rules, or all of them, say of it, if its statistics are so old."""
        loaded = api.load(self.dsn)
        catalog = loaded.built.catalog
        assert catalog.live is not None
        catalog = replace(catalog, live=replace(catalog.live, days=days))
        loaded = replace(loaded, built=replace(loaded.built, catalog=catalog))
        return api.audit(loaded, selection=Selection(select=tuple(rules), persona="auditor")).result.findings


@contextmanager
def database(server: Server, *texts: str) -> Iterator[Database]:
    """A database of its own, with this SQL."""
    name = server.create_database("supabase_explicit", owner="postgres")
    try:
        made = Database(server, name)
        made.run(*texts)
        yield made
    finally:
        server.drop_database(name)


def test_live_rules_have_live_pages_and_cases() -> None:
    """Those marked as needing a live database are those whose pages run in one; each has cases of both kinds."""
    names = {rule.name for rule in all_rules() if rule.live}
    assert {page.rule for page in PAGES} == names
    assert {case.rule for case in CASES if case.finds} == names
    assert {case.rule for case in CASES if not case.finds} == names


@each_page
def test_bad_is_found_and_mended(supabase_server: Server, found: Page) -> None:
    """The marked objects are found; after the page's fix there is nothing to say."""
    with database(supabase_server, found.block("Bad").sql) as made:
        findings = made.findings([found.rule])
        assert [dotted(f) for f in findings] == [name for name, _ in found.block("Bad").marked]
        assert [f.location for f in findings] == [None] * len(findings)
        made.run(found.block("Fix").sql)
        assert made.findings([found.rule]) == ()


@each_page
def test_good_is_left_alone(supabase_server: Server, found: Page) -> None:
    """The rule says nothing of the good SQL, nor does any other rule above info."""
    with database(supabase_server, found.block("Good").sql) as made:
        findings = made.findings()
        assert [f for f in findings if f.rule == found.rule] == []
        assert alarms(findings) == []


@each_page
def test_proposed_fix_mends_it(supabase_server: Server, found: Page) -> None:
    """The SQL that a finding proposes removes it, and no rule has an error or a warning that it had not before."""
    with database(supabase_server, found.block("Bad").sql) as made:
        before = made.findings()
        (finding,) = (f for f in before if f.rule == found.rule)
        assert finding.fix is not None
        made.run(finding.fix.sql)
        after = made.findings()
        assert finding.fingerprint not in {f.fingerprint for f in after}
        assert set(alarms(after)) <= set(alarms(before))


@pytest.mark.parametrize("case", CASES, ids=[f"{c.rule}: {c.title}" for c in CASES])
def test_case(supabase_server: Server, case: Case) -> None:
    """The rule says of the database exactly what the case expects."""
    with database(supabase_server, case.sql) as made:
        found = said(made.findings([case.rule]))
        assert tuple(sorted((severity, name) for _, severity, name in found)) == case.finds


def test_young_statistics_prove_no_index_unused(supabase_server: Server) -> None:
    """A month has to pass first."""
    page = next(p for p in PAGES if p.rule == "unused-index")
    with database(supabase_server, page.block("Bad").sql) as made:
        assert made.findings([page.rule], days=29) == ()
        assert len(made.findings([page.rule], days=31)) == 1


def test_a_running_build_is_left_alone(supabase_server: Server) -> None:
    """An index that waits for another transaction to end, as CREATE INDEX CONCURRENTLY does, is not yet a leftover."""
    with (
        database(supabase_server, "create table t (id bigint); insert into t values (1);") as made,
        psycopg.connect(made.dsn) as busy,
        psycopg.connect(made.dsn, autocommit=True) as builder,
        ThreadPoolExecutor() as pool,
    ):
        busy.execute("update t set id = 2")
        built = pool.submit(builder.execute, "create index concurrently t_id on t (id)")
        with psycopg.connect(made.dsn, autocommit=True) as observer:
            query = "select count(*) from pg_catalog.pg_stat_progress_create_index where index_relid <> 0"
            while observer.execute(query).fetchone() != (1,):
                pass
        (index,) = api.load(made.dsn).built.catalog.tables["public", "t"].indexes
        assert not index.valid
        assert made.findings(["invalid-index"]) == ()
        busy.rollback()
        built.result(timeout=30)
        (index,) = api.load(made.dsn).built.catalog.tables["public", "t"].indexes
        assert index.valid
