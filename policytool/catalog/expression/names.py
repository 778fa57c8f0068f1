"""How names in an expression are looked up: by the builder while it reads, or in a finished catalog."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from policytool.catalog.model import Name

Node = dict[str, Any]  # a parse tree of libpg_query as JSON: zero, false and empty fields are left out


class Relation(Struct, frozen=True):
    """A table, view, sequence or other relation; `columns` are its names and types in order, empty where unknown."""

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...] = ()


class Names(Protocol):
    """The objects that a name may mean; without a schema, the first one on the search path."""

    def relation(self, schema: str | None, name: str) -> Relation | None:
        """The table, view, materialised view, foreign table or sequence of that name."""

    def function(self, schema: str | None, name: str, arity: int | None) -> Name | None:
        """The qualified name of a function that takes so many arguments; None for built-in and unknown ones."""

    def type(self, schema: str | None, name: str) -> Name | None:
        """The qualified name of a type that a user or an extension made; tables count too (their row types)."""


class Call(Struct, frozen=True):
    """What is known of a function: the types of its input arguments, what it returns, and as which columns.

    `columns` holds the names and types of OUT, INOUT and TABLE arguments, or of the row type that it returns.
    """

    arguments: tuple[str, ...] = ()
    returns: str | None = None
    columns: tuple[tuple[str, str], ...] = ()


@runtime_checkable
class Facts(Protocol):
    """What Names may offer besides: it tells the casts that Postgres adds by itself from those that were written."""

    def call(self, function: Name, arity: int) -> Call | None:
        """The one function of that name that can take so many arguments; None where there is none or a choice."""

    def domain(self, spelled: str) -> str | None:
        """The base type of a domain, by the domain's name as format_type spells it; None for any other type."""


class NoNames:
    """Knows nothing: every name stays as it is written."""

    def relation(self, schema: str | None, name: str) -> Relation | None:
        return None

    def function(self, schema: str | None, name: str, arity: int | None) -> Name | None:
        return None

    def type(self, schema: str | None, name: str) -> Name | None:
        return None
