"""The names of a server's objects, for the expressions that use them."""

from __future__ import annotations

from collections.abc import Sequence

from policytool.catalog.expression.names import Relation
from policytool.catalog.expression.overloads import returned
from policytool.catalog.introspect.server import Row, Rows
from policytool.catalog.model import Name
from policytool.catalog.spelling import qualified

_RELATIONS = ("tables", "views", "sequences")


class ServerNames:
    """Looks up qualified names: with an empty search_path, a server shows no others."""

    def __init__(self, rows: Rows) -> None:
        columns: dict[int, list[tuple[str, str]]] = {}
        for row in rows["columns"]:
            columns.setdefault(row["relation"], []).append((row["name"], row["type"]))
        self.relations: dict[Name, Relation] = {}
        for kind in _RELATIONS:
            for row in rows[kind]:
                self._add(row, columns.get(row["oid"], []))
        self.types: set[Name] = {(row["schema"], row["name"]) for row in rows["types"]}
        self.types |= {(row["schema"], row["name"]) for kind in ("tables", "views") for row in rows[kind]}
        self.domains: dict[str, str] = {}
        for row in rows["types"]:
            if row["kind"] == "d":
                self.domains[qualified(row["schema"], row["name"])] = row["base"]
            elif row["kind"] == "c":
                self._add(row, columns.get(row["relation"], []))
        self.functions: dict[Name, list[Row]] = {}
        for row in rows["functions"]:
            self.functions.setdefault((row["schema"], row["name"]), []).append(row)

    def _add(self, row: Row, columns: list[tuple[str, str]]) -> None:
        name = (row["schema"], row["name"])
        self.relations[name] = Relation(*name, tuple(columns))

    def relation(self, schema: str | None, name: str) -> Relation | None:
        """The relation of that name, with its columns."""
        return self.relations.get((schema, name)) if schema is not None else None

    def function(self, schema: str | None, name: str, arity: int | None) -> Name | None:
        """The function that takes so many arguments."""
        if schema is None:
            return None
        rows = self.functions.get((schema, name), ())
        return (schema, name) if any(arity is None or _accepts(row, arity) for row in rows) else None

    def type(self, schema: str | None, name: str) -> Name | None:
        """The type of that name that is not Postgres's own."""
        return (schema, name) if schema is not None and (schema, name) in self.types else None

    def result(self, function: Name, arity: int, types: Sequence[str | None] = ()) -> str | None:
        """The type that a function returns; None where there is a choice."""
        return returned([(input_types(row), row["returns"]) for row in self._accepting(function, arity)], types)

    def result_columns(self, function: Name, arity: int) -> tuple[tuple[str, str], ...]:
        """The columns of a function that returns rows."""
        found = self._accepting(function, arity)
        if len(found) != 1 or not found[0]["modes"]:
            return ()
        row = found[0]
        names = row["names"] or [""] * len(row["types"])
        outputs = [(n, t) for n, t, m in zip(names, row["types"], row["modes"], strict=True) if m in "obt"]
        named = tuple((name or f"column{number}", type_) for number, (name, type_) in enumerate(outputs, start=1))
        return named if len(named) > 1 else ()

    def arguments(self, function: Name, arity: int) -> tuple[str, ...]:
        """The types of a function's input arguments; empty where there is a choice."""
        found = self._accepting(function, arity)
        return tuple(input_types(found[0])) if len(found) == 1 else ()

    def domain(self, spelled: str) -> str | None:
        """The base type of a domain."""
        return self.domains.get(spelled)

    def _accepting(self, function: Name, arity: int) -> list[Row]:
        return [row for row in self.functions.get(function, ()) if _accepts(row, arity)]


def input_types(row: Row) -> list[str]:
    """The types of the input arguments of a row of functions.sql."""
    if not row["modes"]:
        types: list[str] = row["types"]
        return types
    return [type_ for type_, mode in zip(row["types"], row["modes"], strict=True) if mode in "ibv"]


def _accepts(row: Row, arity: int) -> bool:
    variadic = bool(row["modes"]) and "v" in row["modes"]
    fewest = row["inputs"] - row["optional"] - (1 if variadic else 0)
    return fewest <= arity and (variadic or arity <= row["inputs"])
