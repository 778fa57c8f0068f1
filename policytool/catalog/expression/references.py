"""What a canonical expression or query refers to."""

from __future__ import annotations

import functools

from msgspec import Struct

from policytool.catalog.expression.names import Node
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.expression.walk import Walk
from policytool.catalog.model import Name


class References(Struct, frozen=True):
    """The objects that a text names, built-in ones left out.

    `own_columns` are those of the table that the text belongs to, wherever they stand; `own_names` are the names by
    which its sub-queries call that table (or the `new` and `old` of a trigger). A sequence counts as a table.
    """

    tables: frozenset[Name] = frozenset()
    columns: frozenset[tuple[str, str, str]] = frozenset()
    functions: frozenset[Name] = frozenset()
    types: frozenset[Name] = frozenset()
    own_columns: frozenset[str] = frozenset()
    own_names: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=16384)
def references(text: str) -> References:
    """The references of a canonical text; none where it cannot be parsed."""
    node = parsed(text)
    if node is None:
        return References()
    found = _Collector()
    found.node(node, None)
    return References(
        tables=frozenset(found.tables),
        columns=frozenset(found.columns),
        functions=frozenset(found.functions),
        types=frozenset(found.types),
        own_columns=frozenset(found.own_columns),
        own_names=frozenset(found.own_names),
    )


class _Collector(Walk):
    """Notes every name."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: set[Name] = set()
        self.columns: set[tuple[str, str, str]] = set()
        self.functions: set[Name] = set()
        self.types: set[Name] = set()
        self.own_columns: set[str] = set()
        self.own_names: set[str] = set()

    def column(self, table: Name | None, name: str, own: bool) -> str:
        if own:
            self.own_columns.add(name)
        elif table is not None:
            self.columns.add((*table, name))
        return name

    def relation(self, name: Name) -> Name:
        self.tables.add(name)
        return name

    def function(self, name: Name) -> Name:
        self.functions.add(name)
        return name

    def type(self, name: Name) -> Name:
        self.types.add(name)
        return name

    def qualifier(self, name: str) -> str:
        self.own_names.add(name)
        return name

    def joined(self, items: list[Node]) -> frozenset[str]:
        for item in items:
            self._using(item)
        return frozenset()

    def _using(self, item: Node) -> list[Name]:
        """The tables of a FROM item, once the columns of its USING are noted."""
        if "RangeVar" in item:
            body = item["RangeVar"]
            return [(body["schemaname"], body["relname"])] if "schemaname" in body else []
        join = item.get("JoinExpr")
        if join is None:
            return []
        sides = [self._using(join["larg"]), self._using(join["rarg"])]
        for part in join.get("usingClause", ()):
            # Of several tables on one side it cannot be told which one has the column.
            self.columns.update((*side[0], part["String"]["sval"]) for side in sides if len(side) == 1)
        return sides[0] + sides[1]
