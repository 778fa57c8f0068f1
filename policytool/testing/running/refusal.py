"""Whether a row is out of an actor's reach, by whatever statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policytool.catalog.spelling import constant, identifier
from policytool.testing.outcomes import outcome
from policytool.testing.running.bench import Bench
from policytool.testing.running.candidates import candidates, own
from policytool.testing.running.statements import without_filter
from policytool.testing.running.verdict import Attempt, Verdict, attempt, denial
from policytool.testing.running.world import named, settable
from policytool.testing.suites.suite import Command, Handle

_MOST: Final = 60  # other updates that are tried where WITH CHECK refused one


def refused(bench: Bench, tried: Attempt) -> Verdict:
    """Whether a row is out of an actor's reach: by this statement, by one without a filter, by another update."""
    if problem := denial(bench, tried):
        return tried.verdict(problem)
    handle, command = tried.handle, tried.command
    if handle is None or command == "SELECT":
        return tried.verdict()
    if command == "UPDATE" and tried.got.by == "check":
        for other, column in _other_updates(bench, tried.actor, handle):
            if other.got.kind == "allowed":
                return other.verdict(f"{tried.actor} may update {handle} by setting {column}")
    for sql in _without_filter(bench, tried.actor, command, handle):
        reach = bench.reach(tried.actor, command, handle.table, sql)
        if handle in reach.handles:
            got = outcome(reach.answer, command)
            found = Attempt(actor=tried.actor, command=command, sql=sql, answer=reach.answer, got=got, handle=handle)
            what = "an update" if command == "UPDATE" else "a delete"
            return found.verdict(f"{what} without a filter gets to {handle}", f"{tried.got}, allowed without a filter")
        if reach.answer.ran:
            break  # no check stood in its way
    return tried.verdict()


def _without_filter(bench: Bench, actor: str, command: Command, handle: Handle) -> Iterator[str]:
    """Statements that read no column, so that no SELECT policy has a say; one may make all rows the actor's own."""
    role = bench.role(actor)
    if bench.world.gentle:
        return
    yield without_filter(bench.world, command, handle, role)
    allowed = bench.world.rights(role, handle.table).update if command == "UPDATE" else ()
    for column in bench.world.table(handle.table).columns:
        mine = own(bench, handle.table, column.name, actor) if column.name in allowed and settable(column) else None
        if mine is not None:
            yield f"update {named(handle.table)} set {identifier(column.name)} = {constant(mine)}"


def _other_updates(bench: Bench, actor: str, handle: Handle) -> Iterator[tuple[Attempt, str]]:
    """Where WITH CHECK refuses the row as it is, it may accept another: one that is somebody else's from then on."""
    world, left = bench.world, _MOST
    where = world.where(handle, bench.role(actor))
    allowed = world.rights(bench.role(actor), handle.table).update
    for column in world.table(handle.table).columns:
        if not settable(column) or column.name not in allowed:
            continue
        for value in candidates(bench, handle.table, column, handle, actor):
            left -= 1
            if left < 0:
                return
            sql = f"update {named(handle.table)} set {identifier(column.name)} = {constant(value)} where {where}"
            yield attempt(bench, actor, "UPDATE", sql, handle), column.name
