"""What follows the select list: DISTINCT, ORDER BY, LIMIT."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from policytool.catalog.build.plpgsql import expression
from policytool.catalog.build.plpgsql.compare import equal, less
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.rows import Rows, freeze, one_of
from policytool.catalog.build.plpgsql.values import NotKnown, Unknown, Value
from policytool.syntax.node import names

Node = dict[str, Any]


def unique(rows: Rows, keys: Sequence[Sequence[Value]] | None = None) -> tuple[Rows, list[int]]:
    kept = Rows(names=rows.names, ordered=rows.ordered)
    seen: dict[object, int] = {}
    for position, (values, doubt) in enumerate(rows):
        if doubt is not None:
            kept.add(values, doubt)  # whether there is one more of it is in doubt anyway
            seen[("doubtful", position)] = position
            continue
        key = tuple(map(freeze, values if keys is None else keys[position]))
        if key not in seen:
            seen[key] = position
            kept.add(values)
    return kept, list(seen.values())


def distinct(node: Node, rows: Rows, envs: list[Env | None]) -> tuple[Rows, list[Env | None]]:
    keys = None
    if any(item for item in node["distinctClause"]):
        if "sortClause" in node:
            raise NotKnown("DISTINCT ON with an order")
        keys = [[expression.evaluate(i, e) for i in node["distinctClause"]] for e in envs if e is not None]
    kept, positions = unique(rows, keys)
    return kept, [envs[position] for position in positions]


def sort(node: Node, rows: Rows, envs: Sequence[Env | None]) -> None:
    """ORDER BY; where the order cannot be known the rows stay as they are, and are not called ordered."""
    clauses = [clause["SortBy"] for clause in node["sortClause"]]
    try:
        keys = [[_sort_key(c["node"], rows, row, e) for c in clauses] for row, e in zip(rows.values, envs, strict=True)]

        def compare(one: int, other: int) -> int:
            return _compare(clauses, keys[one], keys[other])

        order = sorted(range(len(keys)), key=cmp_to_key(compare))
        tied = any(compare(a, b) == 0 for a, b in pairwise(order))
    except NotKnown:
        return
    rows.values[:] = [rows.values[position] for position in order]
    rows.doubts[:] = [rows.doubts[position] for position in order]
    rows.ordered = not tied


def _sort_key(node: Node, rows: Rows, row: Sequence[Value], env: Env | None) -> Value:
    number = node.get("A_Const", {}).get("ival", {}).get("ival")
    if number is not None:
        return row[number - 1]
    fields = names(node.get("ColumnRef", {}).get("fields"))
    if len(fields) == 1 and fields[0] in rows.names:
        return row[list(rows.names).index(fields[0])]
    if env is None:
        raise NotKnown("an order by something that is no output column")
    return expression.evaluate(node, env)


def _compare(clauses: Sequence[Node], left: Sequence[Value], right: Sequence[Value]) -> int:
    for clause, one, other in zip(clauses, left, right, strict=True):
        if isinstance(one, Unknown) or isinstance(other, Unknown):
            raise NotKnown("an order by values that are not known")
        descending = clause["sortby_dir"] == "SORTBY_DESC"
        if one is None or other is None:
            if (one is None) != (other is None):
                first = clause["sortby_nulls"] == "SORTBY_NULLS_FIRST" or (
                    descending and clause["sortby_nulls"] == "SORTBY_NULLS_DEFAULT"
                )
                return -1 if (one is None) == first else 1
            continue
        if isinstance(one, str) and isinstance(other, str):
            if one != other:  # names sort by their bytes
                return -1 if (one < other) != descending else 1
        elif not equal(one, other):
            return -1 if less(one, other) != descending else 1
    return 0


def limited(node: Node, rows: Rows, env: Env) -> Rows:
    if "limitCount" not in node and "limitOffset" not in node:
        return rows
    limit = expression.evaluate(node["limitCount"], env) if "limitCount" in node else None
    offset = (expression.evaluate(node["limitOffset"], env) if "limitOffset" in node else 0) or 0
    values = rows.certain()
    kept = Rows(names=rows.names, ordered=True)
    end = len(values) if limit is None else offset + limit
    chosen = values[offset:end]
    if len(chosen) < len(values) and not rows.ordered and chosen:
        chosen = [[one_of(column) for column in zip(*values, strict=True)] for _ in chosen]
    for row in chosen:
        kept.add(row)
    return kept
