"""What a server shows of expressions and statements, as trees and in canonical text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from policytool.catalog.expression.canonical import canonical
from policytool.catalog.expression.names import Names, Node, Relation
from policytool.catalog.model import Name
from policytool.syntax.raw import Unparsable, parse

_AT_ONCE = 500


def statements(texts: Iterable[str | None]) -> dict[str, Node]:
    """The tree of each statement. One that does not parse is missing: the server speaks a newer grammar."""
    found: dict[str, Node] = {}
    wanted = list(dict.fromkeys(text for text in texts if text is not None))
    for start in range(0, len(wanted), _AT_ONCE):
        found.update(_parsed(wanted[start : start + _AT_ONCE]))
    return found


def _parsed(texts: list[str]) -> dict[str, Node]:
    # Parsing many at once costs a fraction of parsing each.
    try:
        trees = parse(";\n".join(text.rstrip(" \n;") for text in texts))
        return dict(zip(texts, (tree.stmt for tree in trees), strict=True))
    except (Unparsable, ValueError):
        return {} if len(texts) == 1 else {k: v for text in texts for k, v in _parsed([text]).items()}


class Expressions:
    """Expressions as `pg_get_expr` shows them, parsed together."""

    def __init__(self, names: Names, texts: Iterable[str | None]) -> None:
        self._names = names
        self._trees = statements(None if text is None else f"SELECT {text}" for text in texts)
        self._mentioned: dict[str, tuple[str, ...] | None] = {}
        self._known: dict[Any, str] = {}

    def nodes(self, text: str | None) -> list[Node]:
        """The trees of a list of expressions."""
        tree = self._trees.get(f"SELECT {text}", {}) if text is not None else {}
        targets: list[Node] = tree.get("SelectStmt", {}).get("targetList", [])
        return [target["ResTarget"]["val"] for target in targets]

    def canonical(
        self,
        text: str | None,
        table: Name | None = None,
        *,
        expected: str | None = None,
        extra: tuple[Relation, ...] = (),
    ) -> str | None:
        """The canonical text of one expression; the server's own where it cannot be read."""
        nodes = self.nodes(text)
        if text is None or len(nodes) != 1:
            return text
        # Tables share policies: one that asks no other table says the same wherever its columns have the same types.
        types = None if extra else self._types(text, nodes[0], table)
        if types is None:
            return canonical(nodes[0], self._names, table, expected=expected, extra=extra)
        key = (text, expected, types)
        if key not in self._known:
            self._known[key] = canonical(nodes[0], self._names, table, expected=expected)
        return self._known[key]

    def _types(self, text: str, node: Node, table: Name | None) -> tuple[Any, ...] | None:
        """The types of the columns that an expression names; None where more than these may count."""
        if text not in self._mentioned:
            found = list(_mentioned(node))
            self._mentioned[text] = None if None in found else tuple(dict.fromkeys(f for f in found if f is not None))
        names = self._mentioned[text]
        relation = self._names.relation(*table) if table is not None and names else None
        types = dict(relation.columns) if relation is not None else {}
        if names is None or not types.keys() >= set(names):
            return None
        return tuple(types[name] for name in names)


def _mentioned(node: Any) -> Iterator[str | None]:
    """The columns that an expression names; None for whatever has other tables in sight, or names one."""
    if isinstance(node, list):
        for part in node:
            yield from _mentioned(part)
    elif isinstance(node, dict):
        for kind, part in node.items():
            if kind == "ColumnRef":
                fields = part["fields"]
                yield fields[0].get("String", {}).get("sval") if len(fields) == 1 else None
            elif kind in ("fromClause", "withClause", "RangeVar"):
                yield None
            else:
                yield from _mentioned(part)


def changed_rows(names: Names, relation: Name) -> tuple[Relation, ...]:
    """The rows NEW and OLD of a trigger or rule."""
    found = names.relation(*relation)
    columns: tuple[Any, ...] = found.columns if found is not None else ()
    return (Relation("", "new", columns), Relation("", "old", columns))
