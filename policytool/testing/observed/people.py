"""Who tries what: two people of different tenants, colleagues, holders of special rights, a stranger, and the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from policytool.testing.actors import SERVICE, Actor, key, person, plain
from policytool.testing.observed.switches import SETTING, Switches, is_own
from policytool.testing.observed.ties import Ties, default_of, is_high, lowest, values_of

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.catalog.model import Name

World = Literal["a", "b", ""]
Kind = Literal["main", "colleague", "holder", "boaster", "stranger", "key", "other"]
MAINS: Final[dict[World, str]] = {"a": "ann", "b": "bob"}
STRANGER: Final = "eve"
_MOST: Final = 5  # colleagues, and holders
_OTHERS: Final = 8  # of each world: whose rows nobody acts for


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with rows, or without.

    `main` owns the rows of a world; a `colleague` is a member of the same tenant, with one `rank`; a `holder` has the
    right that `power` names, or a claim, and rows of their own; a `boaster` says so in what users write of themselves.
    """

    name: str
    kind: Kind
    world: World = ""
    rank: str = ""
    power: tuple[Name, str] | None = None
    claims: Mapping[str, Any] | None = None

    @property
    def ordinary(self) -> bool:
        """Whether what it reaches is what anybody reaches."""
        return self.kind in ("main", "colleague", "stranger", "boaster")

    def number(self, kind: str) -> str:
        """What stands in a column of a type for the person."""
        if kind in ("integer", "bigint", "smallint", "numeric"):
            return str(int(str(person(self.name).user)[:4], 16) % 20000 + 10000)
        return str(person(self.name).user)

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"


# Whoever signs up first is made an administrator in many projects.
FOUNDER: Final = Person(name="founder", kind="other")


def people_of(access: Access, ties: Mapping[Name, Ties], known: Switches) -> tuple[Person, ...]:
    """Everybody, whatever their role in the database."""
    claims = _everybodys(known)
    found = [Person(name=name, kind="main", world=world, claims=claims) for world, name in MAINS.items()]
    ranks = list(dict.fromkeys(_ranks(access, ties, known)))[:_MOST]
    if any(t.groups for t in ties.values()) or any(not is_own(p) for p in known.named.values()):
        for rank in ranks or [""]:
            name = f"cal_{_plain(rank)}" if rank else "cal"
            found.append(Person(name=name, kind="colleague", world="a", rank=rank, claims=claims))
    found.append(Person(name=STRANGER, kind="stranger", claims=claims))
    found += list(_holders(access, ties, known, claims))[:_MOST]
    found += list(_claimants(known, claims))[:_MOST]
    return tuple({p.name: p for p in found}.values())


def others(world: World) -> tuple[Person, ...]:
    """People of a world for whom nobody acts: a table that has one row for each person needs more of them."""
    return tuple(Person(name=f"{MAINS[world]}_{n}", kind="other", world=world) for n in range(2, 2 + _OTHERS))


def actor_of(who: Person, role: str, settings: Mapping[str, str], claims: Mapping[str, Any]) -> Actor:
    """The person in a role, with claims and settings that only the planted rows tell."""
    sent = {**(who.claims or {}), "role": role}
    for name, value in claims.items():
        sent[name] = {**sent.get(name, {}), **value} if isinstance(value, dict) else value
    return Actor(name=who.name, role=role, claims=person(who.name, claims=sent).claims, settings=settings)


def key_of(role: str, *, tokens: bool) -> Actor:
    """Whoever comes without being anybody: by a project's key, or as a database user."""
    return key(role) if tokens and role in ("anon", SERVICE) else plain(role)


def setting_of(path: tuple[str, ...]) -> str | None:
    """The setting that a path is, if it is none of the token."""
    return path[1] if path[0] == SETTING else None


def _everybodys(known: Switches) -> dict[str, Any]:
    """What policies ask of the way in which people signed in."""
    return {"aal": "aal2"} if "aal2" in known.asked.get(("aal",), ()) else {}


def _ranks(access: Access, ties: Mapping[Name, Ties], known: Switches) -> Iterator[str]:
    for place, table in access.catalog.tables.items():
        if place in ties and ties[place].groups:
            for column in (c for c in table.columns if c.name in ties[place].powers):
                yield from values_of(column, table, access, known) if column.type != "boolean" else ()


def _holders(access: Access, ties: Mapping[Name, Ties], known: Switches, claims: Mapping[str, Any]) -> Iterator[Person]:
    for place, table in access.catalog.tables.items():
        if place not in ties or (ties[place].groups and not ties[place].single):
            continue
        for column in (c for c in table.columns if c.name in ties[place].powers):
            values = values_of(column, table, access, known)
            low = lowest(column, values) or default_of(column)
            for value in sorted((v for v in values if v != low), key=is_high, reverse=True):
                name = f"{_plain(column.name if value == 'true' else value)}_of_{_plain(table.name)}"
                yield Person(name=name, kind="holder", world="a", rank=value, power=(place, column.name), claims=claims)


def _claimants(known: Switches, claims: Mapping[str, Any]) -> Iterator[Person]:
    """People whose token says what policies ask for; what they write about themselves is boasting."""
    for path, values in known.asked.items():
        if is_own(path) or path[0] == SETTING:
            continue
        for value in values:
            sent: Any = True if value == "true" else value
            for step in reversed(path[1:]):
                sent = {step: sent}
            kind: Kind = "boaster" if path[0] == "user_metadata" else "holder"
            name = f"{_plain(value)}_by_{_plain(path[0])}"
            world: World = "a" if kind == "holder" else ""
            yield Person(name=name, kind=kind, world=world, rank=value, claims={**claims, path[0]: sent})


def _plain(text: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in text.lower())[:24]
