"""People and rows in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policytool.testing.observed.measure import Who
from policytool.testing.observed.people import MAINS
from policytool.testing.observed.stage import Item

if TYPE_CHECKING:
    from policytool.catalog.model import Name
    from policytool.testing.observed.escalation import Write
    from policytool.testing.observed.leaks import Gain


def describe(who: Who, *, own: bool = False) -> str:
    """Who it is, in words."""
    if who.person is None:
        return who.role
    if own:
        return who.name
    match who.person.kind:
        case "stranger":
            return f"{who.name}, a stranger,"
        case "main":
            return f"{who.name}, of another tenant or none,"
    return who.name


def owner(item: Item) -> str:
    people = sorted(item.people)
    return people[0] if people else f"the tenant of {MAINS[item.world]}" if item.world else "somebody else"


def whose(item: Item) -> str:
    return f"{owner(item)}'s" if not owner(item).startswith("the tenant") else "another tenant's"


def possessive(item: Item) -> str:
    """Whose a row is, as what is said of rows."""
    people = sorted(item.people)
    return f"{people[0]}'s" if people else f"of the tenant of {MAINS[item.world]}" if item.world else "another's"


def shown(key: Name) -> str:
    return f"{key[0]}.{key[1]}"


def chain(who: Who, write: Write, gains: tuple[Gain, ...]) -> str:
    """What somebody writes, and what they reach by it."""
    name = f"{write.table[0]}.{write.table[1]}"
    doing = {"SELECT": "reads", "UPDATE": "changes", "DELETE": "deletes"}
    if write.command == "INSERT":
        what = f"enters {name}" if not write.column else f"enters {name} with {write.column} = {write.value}"
    elif write.group:
        what = f"moves into another tenant by {name}.{write.column}"
    else:
        what = f"sets {write.column} of their own row of {name} to {write.value}"
    gained = [f"{doing[g.command]} {g.after - g.before} more of {g.table}" for g in gains]
    rest = f" and {len(gained) - 4} more" if len(gained) > 4 else ""
    return f"{describe(who).rstrip(',')}, {what}" + (f", then {', '.join(gained[:4])}{rest}" if gained else "")
