"""People and rows in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policytool.testing.observed.measure import Who
from policytool.testing.observed.people import MAINS
from policytool.testing.observed.stage import Item

if TYPE_CHECKING:
    from policytool.catalog.model import Name


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
