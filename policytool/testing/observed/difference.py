"""Two states of a schema measured with the same rows: who reaches more, who less, and the row that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from policytool.testing.observed.observe import Observation, Place

Verdict = Literal["tighter", "looser", "equal", "incomparable", "unknown"]


class Changed(Struct, frozen=True, kw_only=True):
    """What became of one actor's command on one table, view or function.

    `gained` and `lost` are rows, by the names that the worlds give them, of which one shows it; the counts are of rows
    that are there on both sides. `unknown`: one side could not be measured, `why` says why.
    """

    role: str
    actor: str
    object: str
    kind: str
    command: str
    verdict: Verdict
    before: int
    after: int
    gained: str = ""
    lost: str = ""
    why: str = ""


def differences(before: Observation, after: Observation) -> Iterator[Changed]:
    """Every actor, object and command of either side."""
    places = dict.fromkeys((*before.reached, *after.reached))
    for place in sorted(places, key=_order):
        yield _compared(place, before, after)


def _order(place: Place) -> tuple[str, ...]:
    return (place.object, place.command, place.role, place.actor)


def _compared(place: Place, before: Observation, after: Observation) -> Changed:
    old, new = before.reached.get(place, frozenset()), after.reached.get(place, frozenset())
    for side, label in ((before, "before"), (after, "after")):
        why = side.unknown.get((place.role, place.object, place.command))
        if why is not None:
            return _changed(place, "unknown", old, new, why=f"{label}: {why}")
    # Where a table is on one side alone, all of its rows count; else those that are there on both.
    there = before.planted.get(place.object), after.planted.get(place.object)
    if there[0] is not None and there[1] is not None:
        both = there[0] & there[1]
        old, new = old & both, new & both
    return _changed(place, _verdict(old, new), old, new)


def _verdict(old: frozenset[str], new: frozenset[str]) -> Verdict:
    if old == new:
        return "equal"
    if old < new:
        return "looser"
    return "tighter" if new < old else "incomparable"


def _changed(place: Place, verdict: Verdict, old: frozenset[str], new: frozenset[str], why: str = "") -> Changed:
    return Changed(
        role=place.role,
        actor=place.actor,
        object=place.object,
        kind=place.kind,
        command=place.command,
        verdict=verdict,
        before=len(old),
        after=len(new),
        gained=min(new - old, default=""),
        lost=min(old - new, default=""),
        why=why,
    )
