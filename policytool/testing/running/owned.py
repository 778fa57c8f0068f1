"""Runs policy test files in a database that is not throwaway: in one transaction that is rolled back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from msgspec import structs

from policytool.catalog.build import Built
from policytool.catalog.objects import Catalog
from policytool.errors import UsageError
from policytool.postgres.own_database import OneTransaction, own_database
from policytool.testing.running.cases import cases
from policytool.testing.running.collect import NoTests, PolicyFile
from policytool.testing.running.irrevocable import irrevocable
from policytool.testing.running.keyword import keyword
from policytool.testing.running.results import Result, TestRun
from policytool.testing.running.run import Prepared, Runner, settings_of
from policytool.testing.running.tenancy import settle
from policytool.testing.running.world import prepare
from policytool.testing.suites.read import read_suite
from policytool.testing.suites.suite import Suite
from policytool.testing.suites.yamlfile import BadSuite, Problem


def conduct_owned(
    url: str,
    name: str | None,
    files: Sequence[PolicyFile],
    built: Built,
    *,
    chosen: str | None = None,
    exit_first: bool = False,
    seen: Callable[[Result], None] = lambda _: None,
    begun: Callable[[str], None] = lambda _: None,
) -> TestRun:
    """Run files; rows are inserted and taken back, and nothing about the schema is changed even for a while.

    So statements without a filter are not tried by themselves, and what decided a failure is not looked for. Raises
    UsageError for a file that holds what cannot be taken back.
    """
    began = time.perf_counter()
    suites = _read(files, built)
    refused = [why for suite in suites for why in irrevocable(suite, built.catalog)]
    if refused:
        hint = "run it on a throwaway server: leave --db out"
        raise UsageError("\n".join(["it cannot all be taken back:", *dict.fromkeys(refused)]), hint=hint)
    results: list[Result] = []
    with own_database(url, name) as session:
        server = f"database {name}, in one transaction that is rolled back"
        begun(server)
        for suite in suites:
            with session.savepoint(), ExitStack() as stack:
                runner = _runner(session, suite, built.catalog, stack)
                fits = keyword(chosen)
                for case in cases(suite, built.catalog):
                    if fits(f"{suite.path} {case.name}"):
                        results.append(runner.run(case))
                        seen(results[-1])
                        if exit_first and not results[-1].passed:
                            break
            if exit_first and results and not results[-1].passed:
                break
    if not results:
        raise NoTests("no case is to be run", hint="-k finds a case by its file and its name")
    return TestRun(results=tuple(results), servers=(server,), seconds=time.perf_counter() - began)


def _read(files: Sequence[PolicyFile], built: Built) -> list[Suite]:
    suites: list[Suite] = []
    problems: list[Problem] = []
    for file in files:
        try:
            suites.append(read_suite(file.path, file.text, built.catalog, schemas=built.platform.exposed_schemas))
        except BadSuite as bad:
            problems += bad.problems
    if problems:
        raise BadSuite(problems)
    return suites


def _runner(session: OneTransaction, suite: Suite, catalog: Catalog, stack: ExitStack) -> Runner:
    world = prepare(session, suite, _without_triggers(catalog))
    world = structs.replace(world, gentle=True)
    tenancy = None
    if suite.isolation is not None:
        world, tenancy = settle(session, world, suite.isolation)
    ready = Prepared(
        suite=suite, catalog=catalog, actors=session.actors, world=world, tenancy=tenancy, cases=cases(suite, catalog),
        emptied=settings_of(suite, catalog),
    )  # fmt: skip
    return Runner(ready, stack, explain=False, only=session)


def _without_triggers(catalog: Catalog) -> Catalog:
    """What seeding does not know of it does not disable: that would lock a table that others use."""
    tables = {name: structs.replace(table, triggers=()) for name, table in catalog.tables.items()}
    return structs.replace(catalog, tables=tables)
