"""Mutation of policies by policy test files: the cases of each on a copy of the database of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.catalog.model import Name
from policytool.postgres.entitled import entitled
from policytool.postgres.session import open_session
from policytool.testing.ground import Ground, ground
from policytool.testing.mutation.mutate import CaseFile, mutate
from policytool.testing.mutation.score import Score
from policytool.testing.running import cases as kinds
from policytool.testing.running.bench import Bench
from policytool.testing.running.collect import Collected, NoTests
from policytool.testing.running.conduct import Load, Options, told, units
from policytool.testing.running.judge import judge
from policytool.testing.running.keyword import keyword
from policytool.testing.running.run import Prepared, prepared
from policytool.testing.suites.suite import Isolation, Operation, Sees, Suite, Who

if TYPE_CHECKING:
    from policytool.postgres.providers import Provider


class Named(Struct, frozen=True, kw_only=True):
    """A case, by the names of what it goes to."""

    name: str
    texts: tuple[str, ...]
    command: str
    role: str
    denies: bool | None


class Mutation(Struct, frozen=True, kw_only=True):
    """What was found on one server."""

    server: str
    score: Score


def mutations(
    collected: Collected,
    load: Load,
    provider: Provider,
    options: Options,
    *,
    source: str,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Mutation]:
    """Which mutants the policy test files notice, for each source and kind of grants. pgTAP suites have no part in it.

    Raises BadSuite, NoTests and BadActor.
    """
    fits = keyword(options.keyword)
    found = [unit for unit in units(collected, load, options, source) if unit.suites]
    if not found:
        raise NoTests("no policy test files", hint="mutation needs *.policy.yaml; pgTAP suites have no part in it")
    for unit in found:
        with ground(unit.project, unit.built, provider, progress=progress) as where:
            score = mutate_suites(
                where,
                unit.suites,
                fits=lambda suite, case: fits(f"{suite.path} {case.name}"),
                workers=options.workers,
                progress=progress,
            )
            yield Mutation(server=told(unit, where), score=score)


def mutate_suites(
    ground: Ground,
    suites: Sequence[Suite],
    *,
    tables: Collection[Name] | None = None,
    fits: Callable[[Suite, kinds.Case], bool] = lambda *_: True,
    workers: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Score:
    """Which mutants the cases of these files notice; each worker has copies of the database of its own."""

    def work(part: int) -> Score:
        with ExitStack() as stack:
            progress("planting rows")
            files = [_file(stack, stack.enter_context(prepared(ground, suite)), fits) for suite in suites]
            if not any(file.cases for file in files):
                raise NoTests("no case fits -k", hint="a case is found by its file and its name")
            built, mine = ground.built, (part, workers)
            return mutate(built.catalog, built.platform, files, tables=tables, part=mine, progress=progress)

    if workers == 1:
        return work(0)
    with entitled(ground.server), ThreadPoolExecutor(workers) as pool:
        first, *rest = pool.map(work, range(workers))
    for score in rest:
        first = first.with_part(score)
    return first


def _file(stack: ExitStack, found: Prepared, fits: Callable[[Suite, kinds.Case], bool]) -> CaseFile:
    """The cases on one session, in a transaction that ends with the stack."""
    session = stack.enter_context(open_session(found.actors))
    stack.enter_context(session.transaction())
    chosen = [case for case in found.cases if fits(found.suite, case)]

    bench = Bench(session, found.world)

    def begin() -> Callable[[int], bool]:
        again = bench.again()
        return lambda at: judge(again, chosen[at], found.tenancy).passed

    rows = found.world.rows
    return CaseFile(
        session=session,
        cases=[_named(case, found.suite) for case in chosen],
        begin=begin,
        actors={name: bench.identity(name) for name in found.suite.actors},
        names={(p.table, p.row.get("ctid") or ""): _called(p.table, key) for key, p in rows.items()},
    )


def _named(case: kinds.Case, suite: Suite) -> Named:
    """A case, and what to expect of it."""
    actor = suite.actors.get(case.actor)
    command, denies = _kind(case)
    return Named(
        name=f"{suite.path}:{case.at.line}: {case.name}",
        texts=_texts(case, suite.isolation),
        command=command,
        role=actor.role if actor is not None else "",
        denies=denies,
    )


def _kind(case: kinds.Case) -> tuple[str, bool | None]:
    """The command, where it is one, and whether it is denied."""
    match case.probe:
        case kinds.OnRow() as probe:
            return probe.command, not probe.allow
        case kinds.Insert() as insert:
            return "INSERT", insert.expect.kind == "deny"
        case kinds.Freeze():
            return "UPDATE", True
        case kinds.Run(statement=statement, expect=expect):
            return statement.operation.command, expect.kind == "deny"
        case Sees():
            return "SELECT", None
        case Who() as who:
            return who.command, None
    return "", True


def _called(table: Name, key: str) -> str:
    """`orders.o1`."""
    return f"{kinds.spelled(table)}.{key.partition('/')[2]}"


def _texts(case: kinds.Case, isolation: Isolation | None) -> tuple[str, ...]:
    """The table first, then whatever else it names."""
    match case.probe:
        case kinds.OnRow() | Who() as probe:
            return (probe.handle.table[1],)
        case kinds.Insert() | kinds.Freeze() | kinds.Apart() | Sees() as probe:
            return (probe.table[1],)
        case kinds.Enrol():
            return (isolation.members[1],) if isolation is not None else ()
        case kinds.Run(statement=statement):
            steps = [step.operation for step in statement.first if step.actor is not None]
            steps += [check.operation for check in statement.then if check.actor is not None]
            return tuple(text for operation in (statement.operation, *steps) for text in _of_operation(operation))


def _of_operation(operation: Operation) -> Iterator[str]:
    if operation.table is not None:
        yield operation.table[1]
    if operation.function is not None:
        yield operation.function[1]
    if operation.sql:
        yield operation.sql
