"""What can be said of a query before it is run: its targets, and how many rows aggregates make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policytool.access.claims import claim_path
from policytool.syntax.node import int_of, names, string_of, walk

Node = Mapping[str, Any]
_AGGREGATES = frozenset(
    {"count", "bool_or", "bool_and", "every", "sum", "max", "min", "avg", "array_agg", "json_agg", "jsonb_agg",
     "string_agg", "json_object_agg", "jsonb_object_agg", "bit_and", "bit_or", "bit_xor", "any_value", "range_agg",
     "xmlagg", "mode", "percentile_cont", "percentile_disc", "stddev", "variance"}
)  # fmt: skip


def targets(select: Node) -> list[Node]:
    """The expressions that a query puts out."""
    return [t.get("ResTarget", {}).get("val", {}) for t in select.get("targetList", ())]


def target_calls(select: Node) -> Iterator[Node]:
    """The calls in a query's targets that may be aggregates or return sets: all but those that read claims."""
    for kind, body in walk(targets(select)):
        if kind == "FuncCall" and claim_path({kind: body}) is None:
            yield body


def aggregate(call: Node) -> bool:
    """Whether a call makes one row of all, as an aggregate that is no window function does."""
    name: str = (names(call.get("funcname")) or ("",))[-1]
    return name in _AGGREGATES and "over" not in call


def is_text(node: Node) -> bool:
    """Whether a node is plainly text: a string, a cast to text, or two of them joined."""
    joined = node.get("A_Expr", {})
    if names(joined.get("name")) == ("||",):
        return is_text(joined.get("lexpr", {})) and is_text(joined.get("rexpr", {}))
    if "TypeCast" in node:
        target = node["TypeCast"].get("typeName", {})
        return names(target.get("names"))[-1:] in (("text",), ("varchar",)) and "arrayBounds" not in target
    return string_of(node) is not None


def is_zero(node: Node) -> bool:
    """Whether a node is the number 0."""
    return int_of(node) == 0
