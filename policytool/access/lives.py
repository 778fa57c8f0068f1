"""What became of an object: as the file found it, as the file left it, and as it is in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.catalog.build.state import Change
from policytool.catalog.history import History, Step
from policytool.catalog.steps import together

if TYPE_CHECKING:
    from policytool.catalog.build.stores import Kind


class Life(Struct, frozen=True, kw_only=True):
    """One object at three moments, under whatever name; None where it did not exist."""

    before: Any  # what the file that holds the statement found
    after: Any  # what that file left
    end: Any
    later: tuple[Change, ...]  # what was done to it after the statement


def run(history: History, step: Step) -> tuple[int, int]:
    """The first and the last statement of the file, or of the files that are run as one with it."""
    steps, file = history.steps, history.same_file(step)
    first, last = file[0].ordinal, file[-1].ordinal
    while first > 0 and together(steps[first - 1].root, step.root):
        first = history.same_file(steps[first - 1])[0].ordinal
    while last + 1 < len(steps) and together(steps[last + 1].root, step.root):
        last = history.same_file(steps[last + 1])[-1].ordinal
    return first, last


def life(history: History, kind: Kind, key: Any, step: Step) -> Life:
    """The life of the object that has this name after the statement, or had it before if the statement dropped it."""
    changes = history.timeline(kind, key, step)
    first, last = run(history, step)
    earlier = [c for c in changes if c.statement < first]
    during = [c for c in changes if first <= c.statement <= last]
    before = earlier[-1].after if earlier else changes[0].before if changes else None
    after = during[-1].after if during else before
    later = tuple(c for c in changes if c.statement > step.ordinal)
    return Life(before=before, after=after, end=changes[-1].after if changes else None, later=later)


def changed(step: Step, kind: Kind) -> tuple[tuple[Change, Any, Any], ...]:
    """Each object of a kind that the statement left changed, with what it was before the whole statement and after.

    The change is the last one; what was created or dropped has None on one side.
    """
    found: dict[Any, tuple[Change, Any, Any]] = {}
    for change in step.changes:
        if change.kind != kind:
            continue
        old = change.key if change.old_key is None else change.old_key
        known = found.pop(old, None)
        found[change.key] = (change, change.before if known is None else known[1], change.after)
    return tuple(found.values())
