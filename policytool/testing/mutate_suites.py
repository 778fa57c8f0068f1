"""Mutation of policies by policy test files: the cases of each on a copy of the database of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack

from msgspec import Struct

from policytool.catalog.model import Name
from policytool.postgres.session import open_session
from policytool.testing import cases as kinds
from policytool.testing.bench import Bench
from policytool.testing.ground import Ground
from policytool.testing.judge import judge
from policytool.testing.mutate import CaseFile, mutate
from policytool.testing.run import Prepared, prepared
from policytool.testing.score import Score
from policytool.testing.suite import Isolation, Operation, Sees, Suite, Who


class Named(Struct, frozen=True, kw_only=True):
    """A case, by the names of what it goes to."""

    name: str
    texts: tuple[str, ...]
    command: str
    role: str
    denies: bool | None


def mutate_suites(
    ground: Ground,
    suites: Sequence[Suite],
    *,
    tables: Collection[Name] | None = None,
    wanted: Callable[[kinds.Case], bool] = lambda _: True,
    progress: Callable[[str], None] = lambda _: None,
) -> Score:
    """Which mutants the cases of these files notice. Raises BadActor, as running them does."""
    with ExitStack() as stack:
        progress("planting rows")
        files = [_file(stack, stack.enter_context(prepared(ground, suite)), wanted) for suite in suites]
        return mutate(ground.built.catalog, ground.built.platform, files, tables=tables, progress=progress)


def _file(stack: ExitStack, found: Prepared, wanted: Callable[[kinds.Case], bool]) -> CaseFile:
    """The cases on one session, in a transaction that ends with the stack."""
    session = stack.enter_context(open_session(found.actors))
    stack.enter_context(session.transaction())
    chosen = [case for case in found.cases if wanted(case)]

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
