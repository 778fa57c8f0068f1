"""What is not run unless it is allowed: drops of rows, and what must not be done without them."""

from __future__ import annotations

from msgspec.structs import replace

from policytool.catalog.objects import Catalog
from policytool.diff.changes import Change
from policytool.diff.concern import direction
from policytool.diff.moments import Moments
from policytool.diff.plan import Plan
from policytool.diff.simulator import Simulator

ROUNDS = 5


def withhold(found: Plan, changes: tuple[Change, ...], moments: Moments) -> tuple[tuple[Change, ...], list[str]]:
    """The changes, some marked to be left out: those that throw rows away, those that cannot be run without them, and
    those that would open what the others were to take away. Then what is open all the same."""
    aside = {n for n, change in enumerate(changes) if drops_data(change)}
    if not aside:
        return changes, []
    for _ in range(ROUNDS):
        aside, left = _without(found, changes, aside)
        opened = {one.identity: one for one in moments.opened(left)}
        more = {
            n
            for n, change in enumerate(changes)
            if n not in aside and direction(change)[0] and change.identity.rpartition(" on ")[2] in opened
        }
        if not more:
            break
        aside |= more
    problems = [
        f"while the drops are left out {one.role} has {one.command} on {one.identity}, and neither before nor after"
        for one in opened.values()
    ]
    return tuple(replace(change, withheld=n in aside) for n, change in enumerate(changes)), problems


def _without(found: Plan, changes: tuple[Change, ...], left_out: set[int]) -> tuple[set[int], Catalog]:
    """What is left out then, with all that is refused for it, and what there is at the end."""
    trial = Simulator(found.before, found.platform)
    aside = set(left_out)
    for ordinal, change in enumerate(changes):
        if ordinal in aside:
            continue
        trial.run([change.sql])
        if trial.done[-1].refused is not None and found.statements[ordinal].refused is None:
            aside.add(ordinal)
    return aside, trial.catalog()


def drops_data(change: Change) -> bool:
    """Whether a statement is a drop that throws rows away."""
    sql = change.sql
    is_drop = sql.startswith("drop ") or " drop column " in sql or " drop attribute " in sql
    return is_drop and any(hazard.name == "DATA_LOSS" for hazard in change.hazards)
