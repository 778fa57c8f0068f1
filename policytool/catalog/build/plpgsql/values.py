"""Values while a block is folded: SQL's own, and those of which only something is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from policytool.catalog.build.acl import AclKind
from policytool.catalog.model import Grant

# NULL is None; boolean, integer, numeric and text are bool, int, Decimal and str; an array is a tuple.
Value = Any


class NotKnown(Exception):
    """A value depends on what the catalog does not hold: rows of tables, settings of a server, the time."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Assumed(NotKnown):
    """What is not known is not known because a table was made by no migration."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for a value that is not known, in a variable or a column; to read it raises NotKnown."""

    reason: str
    assumed: bool = False


def unknown(error: NotKnown) -> Unknown:
    """What stands for a value that could not be had."""
    return Unknown(error.reason, isinstance(error, Assumed))


class Untyped(str):
    """A string constant: its type is what the surroundings want."""

    __slots__ = ()


class Spelled(str):
    """An expression or a query as the catalog spells it; Postgres shows it with other parentheses and casts."""

    __slots__ = ()


class Opaque(str):
    """Text that may stand in a statement but must not decide anything: it differs from server to server."""

    __slots__ = ()


class _System:
    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM: Final = _System()  # the key of an object of Postgres's own, whichever it is


@dataclass(frozen=True, slots=True)
class Oid:
    """An object identifier: the catalog and what the state knows the object by. `reg` ones are shown as names."""

    catalog: str
    key: Any
    reg: str = field(default="", compare=False)

    @property
    def of_system(self) -> bool:
        """Whether it is some object of Postgres's own, not known which."""
        return self.key is SYSTEM


@dataclass(frozen=True, slots=True)
class Some:
    """The name of some object of Postgres's own: one of `names`, or one with this prefix or suffix."""

    names: frozenset[str] = frozenset()
    prefix: str = ""
    suffix: str = ""

    def may_be(self, text: str) -> bool:
        """Whether it may be this very name."""
        if text in self.names:
            return True
        return bool((self.prefix and text.startswith(self.prefix)) or (self.suffix and text.endswith(self.suffix)))


@dataclass(frozen=True, slots=True)
class Between:
    """A number of which only the bounds are known, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Acl:
    """The privileges of one object; where they are the built-in ones, Postgres may hold NULL in their place."""

    owner: str
    grants: tuple[Grant, ...]
    kind: AclKind


@dataclass(frozen=True, slots=True)
class Json:
    """A json or jsonb value."""

    data: Any


@dataclass(slots=True)
class Record:
    """A row value; its fields may be Unknown."""

    names: Sequence[str]
    values: list[Value]

    def get(self, name: str) -> Value:
        """A field; KeyError when there is none of that name."""
        for known, value in zip(self.names, self.values, strict=True):
            if known == name:
                return value
        raise KeyError(name)


def known(value: Value) -> Value:
    """The value itself, or NotKnown."""
    if isinstance(value, Unknown):
        raise (Assumed if value.assumed else NotKnown)(value.reason)
    return value
