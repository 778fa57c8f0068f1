"""A diff as SQL: segments, each a transaction, with the hazards above each statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from policytool.diff.changes import Change
from policytool.diff.run import Diff
from policytool.diff.verification import Verification

LOCK_TIMEOUT: Final = "5s"  # of an online plan: whoever comes after a lock that is waited for waits as well


def render(diff: Diff) -> str:
    """The migration; nothing where nothing differs."""
    proof = diff.verification
    if not diff.changes:
        lines = [f"-- this plan is not good: {problem}" for problem in diff.problems]
        lines += [f"-- NOT VERIFIED: {problem}" for problem in proof.problems] if proof is not None else []
        return "".join(f"{_line(text)}\n" for text in lines)
    lines = list(heading(diff))
    off, on = bodies(diff.changes)
    lines += ["", *off] if off else []
    for _, group in groupby(diff.changes, key=lambda change: change.segment):
        lines += _segment(tuple(group), online=diff.online)
    lines += ["", *on] if on else []
    return "\n".join(lines) + "\n"


def heading(diff: Diff) -> Iterator[str]:
    """What the migration is, and what is wrong with it."""
    yield _line(f"-- From {diff.before} to {diff.after}.")
    yield from (_line(f"-- this plan is not good: {problem}") for problem in diff.problems)
    yield from (_line(f"-- note: {note}") for note in diff.notes)
    if diff.verification is not None:
        yield from map(_line, _proof(diff.verification))


def bodies(changes: Iterable[Change], local: str = "") -> tuple[list[str], list[str]]:
    """What keeps Postgres from looking into the bodies of functions, which may name what comes later; and its end."""
    if not any(change.kind in ("function", "procedure") for change in changes):
        return [], []
    return [f"set {local}check_function_bodies = off;"], [] if local else ["reset check_function_bodies;"]


def _proof(proof: Verification) -> Iterator[str]:
    """Whether the plan was proved on a server, and if not, why."""
    yield from (f"-- NOT VERIFIED: {problem}" for problem in proof.problems)
    yield from (f"-- while verifying: {note}" for note in proof.notes)
    if proof.passed:
        yield f"-- {proof.sentence[0].upper()}{proof.sentence[1:]}."


def _segment(changes: tuple[Change, ...], *, online: bool) -> Iterator[str]:
    """A transaction; or a statement that refuses to be in one."""
    if all(change.alone or change.withheld for change in changes):
        yield from statements(changes)
        return
    yield from ("", "begin;")
    if online:
        yield f"set local lock_timeout = '{LOCK_TIMEOUT}';"
    yield from statements(changes)
    yield from ("", "commit;")


def statements(changes: Iterable[Change]) -> Iterator[str]:
    """Each with its hazards above it."""
    for change in changes:
        yield ""
        yield from (_line(f"-- {hazard.name}: {hazard.message}") for hazard in change.hazards)
        if change.withheld:
            yield "-- not run without --allow-drops:"
            yield from (f"-- {line}" for line in f"{change.sql};".splitlines())
        else:
            yield f"{change.sql};"


def _line(text: str) -> str:
    # A line feed in a name must not end the comment: what follows it would be run.
    return " ".join(text.split())
