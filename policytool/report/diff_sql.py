"""A diff as SQL: segments, each a transaction, with the hazards above each statement."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from policytool.diff.changes import Change
from policytool.diff.run import Diff


def render(diff: Diff) -> str:
    """The migration; nothing where nothing differs."""
    if not diff.changes:
        return "".join(f"-- this plan is not good: {_line(problem)}\n" for problem in diff.problems)
    lines = [_line(f"-- From {diff.before} to {diff.after}.")]
    lines += [_line(f"-- this plan is not good: {problem}") for problem in diff.problems]
    lines += [_line(f"-- note: {note}") for note in diff.notes]
    if any(change.kind in ("function", "procedure") for change in diff.changes):
        lines += ["", "set check_function_bodies = off;"]
    for _, group in groupby(diff.changes, key=lambda change: change.segment):
        lines += ["", "begin;", *_segment(tuple(group)), "", "commit;"]
    return "\n".join(lines) + "\n"


def _segment(changes: tuple[Change, ...]) -> Iterator[str]:
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
