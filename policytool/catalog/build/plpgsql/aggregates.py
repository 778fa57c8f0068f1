"""Aggregates over rows that are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Any, Final

from policytool.catalog.build.plpgsql.compare import equal, less
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.rows import freeze
from policytool.catalog.build.plpgsql.text import text_of
from policytool.catalog.build.plpgsql.values import Json, NotKnown, Untyped, Value

Node = dict[str, Any]
Evaluate = Callable[[Node, Env], Value]
NAMES: Final = frozenset(
    """count string_agg array_agg bool_or bool_and every max min sum avg jsonb_agg json_agg jsonb_object_agg
    json_object_agg any_value stddev variance percentile_cont percentile_disc mode""".split()  # noqa: SIM905
)


def aggregate(name: str, node: Node, group: Sequence[Env], evaluate: Evaluate) -> Value:
    """The value of an aggregate over the rows of a group."""
    members = [env for env in group if "agg_filter" not in node or evaluate(node["agg_filter"], env) is True]
    if node.get("agg_star"):
        return len(members)
    if "agg_order" in node:
        members = _sorted(node["agg_order"], members, evaluate)
    rows = [[evaluate(argument, env) for argument in node.get("args", ())] for env in members]
    if node.get("agg_distinct"):
        rows = list({freeze(row[0]): row for row in rows}.values())
    return _combined(name, rows)


def _sorted(clauses: Sequence[Node], members: Sequence[Env], evaluate: Evaluate) -> list[Env]:
    def compare(left: Env, right: Env) -> int:
        for clause in clauses:
            sort = clause["SortBy"]
            one, other = evaluate(sort["node"], left), evaluate(sort["node"], right)
            if one is None or other is None:
                raise NotKnown("an order with nulls")
            if isinstance(one, str) and isinstance(other, str) and one != other:
                return -1 if (one < other) != (sort["sortby_dir"] == "SORTBY_DESC") else 1
            if not equal(one, other):
                return -1 if less(one, other) != (sort["sortby_dir"] == "SORTBY_DESC") else 1
        return 0

    return sorted(members, key=cmp_to_key(compare))


def _combined(name: str, rows: Sequence[Sequence[Value]]) -> Value:
    values = [row[0] for row in rows if row[0] is not None]
    match name:
        case "count":
            return len(values)
        case "array_agg":
            return tuple(str(r[0]) if isinstance(r[0], Untyped) else r[0] for r in rows) if rows else None
        case "jsonb_agg" | "json_agg":
            return Json([row[0] for row in rows]) if rows and all(_plain(row[0]) for row in rows) else _no(name)
    if not values:
        return None
    match name:
        case "string_agg":
            return "".join(_separated([row for row in rows if row[0] is not None]))
        case "bool_or":
            return any(values)
        case "bool_and" | "every":
            return all(values)
        case "max" | "min":
            best = values[0]
            for value in values[1:]:
                best = value if less(*((best, value) if name == "max" else (value, best))) else best
            return best
        case "sum":
            return sum(values)
    return _no(name)


def _plain(value: Value) -> bool:
    return value is None or isinstance(value, bool | int | str)


def _no(name: str) -> Value:
    raise NotKnown(f"the aggregate {name}")


def _separated(rows: Sequence[Sequence[Value]]) -> list[str]:
    parts = []
    for position, row in enumerate(rows):
        if position and row[1] is not None:
            parts.append(text_of(row[1]))
        parts.append(text_of(row[0]))
    return parts
