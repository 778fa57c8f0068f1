"""How a rename changes canonical text, in whatever way Postgres would show it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.catalog.expression.deparse import deparse
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.expression.walk import Walk
from policytool.catalog.model import Name


def rename_column(text: str, table: Name, old: str, new: str, own: bool, *, columns: tuple[str, ...] = ()) -> str:
    """A column of `table` has a new name; `own` says that the text belongs to that table.

    `columns` are all columns of the table before that. A query that joins by USING the column keeps its name by giving
    each of them an alias.
    """
    return _changed(text, _Column(table, old, new, own, columns))


def rename_relation(text: str, old: Name, new: Name) -> str:
    """A table, view or sequence has a new name or schema."""
    return _changed(text, _Relation(old, new))


def rename_function(text: str, old: Name, new: Name) -> str:
    """A function has a new name or schema."""
    return _changed(text, _Function(old, new))


def rename_type(text: str, old: Name, new: Name) -> str:
    """A type has a new name or schema."""
    return _changed(text, _Type(old, new))


def rename_schema(text: str, old: str, new: str) -> str:
    """A schema has a new name."""
    return _changed(text, _Schema(old, new))


def _changed(text: str, walk: Walk) -> str:
    node = parsed(text)
    return text if node is None else deparse(walk.node(node, None))


class _Column(Walk):
    def __init__(self, table: Name, old: str, new: str, own: bool, columns: tuple[str, ...]) -> None:
        super().__init__()
        self.columns = columns
        self.table = table
        self.old = old
        self.new = new
        self.own = own

    def column(self, table: Name | None, name: str, own: bool) -> str:
        meant = self.own if own else table == self.table
        return self.new if meant and name == self.old else name

    def joined(self, items: list[Node]) -> frozenset[str]:
        return frozenset(name for item in items for name in self._kept(item, False))

    def _kept(self, item: Node, using: bool) -> Iterator[str]:
        """The names by which joins USING the column know the table."""
        match item:
            case {"JoinExpr": join}:
                shared = [part["String"]["sval"] for part in join.get("usingClause", ())]
                for side in ("larg", "rarg"):
                    yield from self._kept(join[side], using or self.old in shared)
            case {"RangeVar": {"schemaname": schema, "relname": name} as body} if (
                using and (schema, name) == self.table
            ):
                yield body.get("alias", {}).get("aliasname", name)

    def kept_columns(self) -> dict[str, Any]:
        return {"colnames": [{"String": {"sval": name}} for name in self.columns]} if self.columns else {}


class _Relation(Walk):
    def __init__(self, old: Name, new: Name) -> None:
        super().__init__()
        self.old = old
        self.new = new

    def relation(self, name: Name) -> Name:
        return self.new if name == self.old else name

    def type(self, name: Name) -> Name:
        return self.new if name == self.old else name

    def qualifier(self, name: str) -> str:
        return self.new[1] if name == self.old[1] else name


class _Function(Walk):
    def __init__(self, old: Name, new: Name) -> None:
        super().__init__()
        self.old = old
        self.new = new

    def function(self, name: Name) -> Name:
        return self.new if name == self.old else name


class _Type(Walk):
    def __init__(self, old: Name, new: Name) -> None:
        super().__init__()
        self.old = old
        self.new = new

    def type(self, name: Name) -> Name:
        return self.new if name == self.old else name


class _Schema(Walk):
    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self.old = old
        self.new = new

    def relation(self, name: Name) -> Name:
        return (self.new, name[1]) if name[0] == self.old else name

    def function(self, name: Name) -> Name:
        return (self.new, name[1]) if name[0] == self.old else name

    def type(self, name: Name) -> Name:
        return (self.new, name[1]) if name[0] == self.old else name
