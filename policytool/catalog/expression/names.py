"""How names in an expression are looked up: by the builder while it reads, or in a finished catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from policytool.catalog.model import Name

Node = dict[str, Any]  # a parse tree of libpg_query as JSON: zero, false and empty fields are left out


class Relation(Struct, frozen=True):
    """A table, view, sequence or other relation; `columns` are its names and types in order, empty where unknown.

    A relation that no migration made has more columns than are known: it is not `complete`.
    """

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...] = ()
    complete: bool = True


class Names(Protocol):
    """The objects that a name may mean; without a schema, the first one on the search path."""

    def relation(self, schema: str | None, name: str) -> Relation | None:
        """The table, view, materialised view, foreign table or sequence of that name."""

    def function(self, schema: str | None, name: str, arity: int | None) -> Name | None:
        """The qualified name of a function that takes so many arguments; None for built-in and unknown ones."""

    def type(self, schema: str | None, name: str) -> Name | None:
        """The qualified name of a type that a user or an extension made; tables count too (their row types)."""


@runtime_checkable
class FunctionResults(Protocol):
    """What Names may offer besides: it tells the casts that Postgres adds by itself from those that were written."""

    def result(self, function: Name, arity: int, types: Sequence[str | None] = ()) -> str | None:
        """The type that a function returns, spelled as format_type does; None where unknown.

        `types` are those of the arguments, None for a constant that has none, as far as they can tell overloads apart.
        """

    def result_columns(self, function: Name, arity: int) -> tuple[tuple[str, str], ...]:
        """The columns of a function that returns rows; empty where unknown or where it returns one plain value."""


@runtime_checkable
class FunctionArguments(Protocol):
    """Besides: constants among the arguments of a function can be spelled as their type spells them."""

    def arguments(self, function: Name, arity: int) -> tuple[str, ...]:
        """The types of a function's input arguments; empty where unknown or overloaded."""


@runtime_checkable
class Domains(Protocol):
    """Besides: a domain behaves as the type under it."""

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
