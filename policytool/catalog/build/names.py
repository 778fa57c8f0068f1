"""The names of the catalog under construction, for the expressions that use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policytool.catalog.build.state import State
from policytool.catalog.expression.names import Relation
from policytool.catalog.expression.overloads import returned
from policytool.catalog.model import Function, Name, Signature
from policytool.catalog.spelling import qualified


class NamesOf:
    """Looks names up in a state, by its current search_path."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._relations: dict[Name, tuple[Any, Relation]] = {}

    def relation(self, schema: str | None, name: str) -> Relation | None:
        """The relation of that name, with its columns; the same object as long as it is unchanged."""
        found = self._state.find_relation(schema, name)
        if found is None:
            return None
        kind, key = found
        item: Any = None if kind == "indexes" else self._state.store(kind)[key]  # type: ignore[arg-type]
        known = self._relations.get(key)
        if known is not None and known[0] is item:
            return known[1]
        columns = () if kind in ("indexes", "sequences") else tuple((c.name, c.type) for c in item.columns)
        relation = Relation(*key, columns, complete=not getattr(item, "assumed", False))
        self._relations[key] = (item, relation)
        return relation

    def function(self, schema: str | None, name: str, arity: int | None) -> Name | None:
        """The function that takes so many arguments, defaults and VARIADIC allowed for."""
        for signature in self._state.find_functions(schema, name):
            if arity is None or accepts(self._state.functions[signature], arity):
                return signature[:2]
        return None

    def type(self, schema: str | None, name: str) -> Name | None:
        """The type of that name that is not Postgres's own."""
        found = self._state.find_type(schema, name)
        return found[1] if found is not None else self._multirange(schema, name)

    def _multirange(self, schema: str | None, name: str) -> Name | None:
        schemas = (schema,) if schema is not None else self._state.path
        for kind in self._state.ranges.values():
            if kind.multirange == name and kind.schema in schemas:
                return (kind.schema, name)
        return None

    def result(self, function: Name, arity: int, types: Sequence[str | None] = ()) -> str | None:
        """The type that a function returns; None where it is not known."""
        return returned([(s[2], self._state.functions[s].returns) for s in self._accepting(function, arity)], types)

    def result_columns(self, function: Name, arity: int) -> tuple[tuple[str, str], ...]:
        """The columns of a function that returns rows."""
        found = self._accepting(function, arity)
        if len(found) != 1:
            return ()
        routine = self._state.functions[found[0]]
        out = tuple((a.name or f"column{n}", a.type) for n, a in enumerate(_outputs(routine), start=1))
        return out if len(out) > 1 else ()

    def arguments(self, function: Name, arity: int) -> tuple[str, ...]:
        """The types of a function's input arguments; none where it is not known which function is meant."""
        found = self._accepting(function, arity)
        return found[0][2] if len(found) == 1 else ()

    def domain(self, spelled: str) -> str | None:
        """The type under a domain, by the domain's name as it is spelled with an empty search_path."""
        if "." not in spelled or not self._state.domains:
            return None
        return next((d.type for key, d in self._state.domains.items() if qualified(*key) == spelled), None)

    def _accepting(self, function: Name, arity: int) -> list[Signature]:
        functions = self._state.functions
        return [s for s in self._state.overloads.get(function, ()) if accepts(functions[s], arity)]


def names_of(state: State) -> NamesOf:
    """The names of a state; one for each state, so that what it remembers is shared."""
    cache = state.caches.setdefault("names", {})
    names: NamesOf | None = cache.get("names")
    if names is None:
        names = cache["names"] = NamesOf(state)
    return names


def accepts(function: Function, arity: int) -> bool:
    """Whether a function can be called with so many arguments."""
    inputs = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
    if arity > len(inputs):
        return bool(inputs) and inputs[-1].mode == "VARIADIC"
    return all(a.default is not None or a.mode == "VARIADIC" for a in inputs[arity:])


def _outputs(function: Function) -> list[Any]:
    return [a for a in function.arguments if a.mode in ("OUT", "INOUT", "TABLE")]
