"""Casts: which of them only restate what the surroundings say anyway, and how the others are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from policytool.catalog.expression.kinds import (
    TIMES,
    TOWER,
    array_of,
    base,
    element,
    highest,
    is_text,
    is_text_array,
    modified,
    same,
)
from policytool.catalog.expression.literals import constant
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.rewrite import Typed

_TIMES: Final = ("time without time zone", "time with time zone", "time with time zone")


def constant_of(node: Node) -> dict[str, Any] | None:
    """The body of a constant, cast or not; None for anything else."""
    body = node.get("A_Const")
    if body is None and "TypeCast" in node:
        body = node["TypeCast"]["arg"].get("A_Const")
    return body


def is_number(node: Node) -> bool:
    """Whether it is a bare number."""
    body = node.get("A_Const")
    return body is not None and ("ival" in body or "fval" in body)


def natural(node: Node) -> str:
    """The type that a bare number has by itself."""
    body = node["A_Const"]
    if "ival" in body:
        return "integer"
    text = body["fval"]["fval"]
    return "bigint" if text.lstrip("-").isdigit() and -(2**63) <= int(text) < 2**63 else "numeric"


def wrapped(node: Node, own: str | None, target: str) -> Node:
    """A cast, spelled; `of` keeps the type of what is cast for those who want to take the cast off again."""
    return {"TypeCast": {"arg": node, "typeName": {"spelled": target}, "of": own}}


def cast(item: Typed, target: str) -> Typed:
    """A value cast to a type, as Postgres would keep it."""
    node, own = item
    if target == "unknown":
        return item
    body = node.get("A_Const")
    if body is not None:
        return _constant_cast(node, body, own, target)
    inner = node.get("TypeCast")
    if inner is not None and (again := _cast_again(inner, target)) is not None:
        return again
    array = node.get("A_ArrayExpr")
    if array is not None and target.endswith("[]"):
        return array_cast(array.get("elements", []), target, array.get("types", ()))
    if own == target:
        return item
    return wrapped(node, own, target), target


def _constant_cast(node: Node, body: dict[str, Any], own: str | None, target: str) -> Typed:
    if "sval" in body:
        bare = constant(body["sval"].get("sval", ""), target)
        if "sval" in bare["A_Const"]:
            target = "interval" if target.startswith("interval ") else target
            return wrapped(bare, None, target), target
        node, body, own = bare, bare["A_Const"], ("boolean" if "boolval" in bare["A_Const"] else natural(bare))
    if own == target:
        return node, target
    return wrapped(node, own, target), target


def _cast_again(inner: dict[str, Any], target: str) -> Typed | None:
    """The cast of a cast constant, where the first of the two casts says nothing."""
    body, first = inner["arg"].get("A_Const"), inner["typeName"]["spelled"]
    if body is None:
        constants = all(
            constant_of(node) is not None for node in inner["arg"].get("A_ArrayExpr", {}).get("elements", ())
        )
        if "A_ArrayExpr" in inner["arg"] and constants and is_text_array(first) and is_text_array(target):
            return array_cast(inner["arg"]["A_ArrayExpr"].get("elements", []), target)
        return None
    if "isnull" in body or first == target:
        return cast((inner["arg"], None), target)
    if not modified(first) and (same(first, target) or (is_text(first) and is_text(target))):
        return cast((inner["arg"], inner["of"]), target)
    return None


def fit(item: Typed, context: str | None, beside_constant: bool = False) -> Node:
    """A value without the cast that its surroundings bring on: `context` is the type that they want, if known."""
    node = item[0]
    body = node.get("A_Const")
    if body is not None:
        return constant(body["sval"].get("sval", ""), context) if context is not None and "sval" in body else node
    inner = node.get("TypeCast")
    return node if inner is None else _uncast(node, inner, context, beside_constant)


def _uncast(node: Node, inner: dict[str, Any], context: str | None, beside_constant: bool) -> Node:
    target, arg = inner["typeName"]["spelled"], inner["arg"]
    body = arg.get("A_Const")
    if body is not None:
        return arg if _restates(target, context, body) else node
    own = inner["of"]
    if own is None or modified(target):
        return node
    if is_text(target) and is_text(own) and (context is None or is_text(context)):
        # Blanks at the end count in text and not in character(n): beside a constant that cast was written.
        written = beside_constant and base(own) == "bpchar" and target == "text"
        return node if written else fit((arg, own), context, beside_constant)
    implied = (is_text_array(target) and is_text_array(own)) or (target == "oid" and own.startswith("reg"))
    return arg if implied or (own, target, context) == _TIMES else node


def _restates(target: str, context: str | None, body: dict[str, Any]) -> bool:
    if "sval" in body or "isnull" in body:
        return context is None or same(target, context) or (is_text(target) and is_text(context))
    return target in TOWER and (context is None or context in TOWER)


def unify(items: Sequence[Typed]) -> tuple[list[Node], str | None]:
    """Values that Postgres brings to one type, as in COALESCE, CASE or ARRAY, without the casts of doing so.

    Where all of them have the same length or precision, it stays.
    """
    nodes, own = _unified(items)
    types = {each for _, each in items}
    return nodes, types.pop() if len(types) == 1 and None not in types else own


def _unified(items: Sequence[Typed]) -> tuple[list[Node], str | None]:
    known = [own for node, own in items if own is not None and constant_of(node) is None]
    types = [own for node, own in items if own is not None]
    if types and all(own in TOWER for own in map(base, types)):
        return unify_numbers(items)
    if types and all(own in TIMES for own in map(base, types)):
        cores = [core(item, TIMES) for item in items]
        mixed = {base(own) for node, own in cores if own is not None and constant_of(node) is None}
        if len(mixed) > 1:
            widest = max(mixed, key=TIMES.__getitem__)
            return [fit(item, widest) for item in cores], widest
    if known:
        context: str | None = known[0]
    else:
        context = None if any(constant_of(node) is None for node, _ in items) else _common(types)
    nodes = [fit(item, context) for item in items]
    if context is not None and is_text(context):
        return nodes, "text" if "text" in known or not known else base(context)
    if known or types:
        return nodes, context if known else types[0]
    return nodes, "text" if all("A_Const" in node for node in nodes) else None


def _common(types: list[str]) -> str | None:
    # Constants alone: text is what they become by themselves, any other type has to stay visible.
    return "text" if all(is_text(own) for own in types) else "unknown"


def unify_numbers(items: Sequence[Typed]) -> tuple[list[Node], str | None]:
    """The same for numbers: the widest type wins, and one value at most must show it."""
    target = highest([base(own) for _, own in items if own is not None])
    cores = [core(item) for item in items]
    wide = [own for _, own in cores if own is not None and base(own) == target]
    strings = [constant(n["A_Const"]["sval"].get("sval", ""), target) if _bare_string(n) else n for n, _ in cores]
    if not wide and cores:
        first = next((i for i, (_, own) in enumerate(cores) if own is not None), 0)
        strings[first] = wrapped(strings[first], cores[first][1], target)
    return strings, target


def _bare_string(node: Node) -> bool:
    return "sval" in node.get("A_Const", {})


def core(item: Typed, tower: Mapping[str, int] = TOWER) -> Typed:
    """A number, or a time, without a cast to a wider type, and the type that it then has."""
    node, _ = item
    inner = node.get("TypeCast")
    if inner is None or inner["typeName"]["spelled"] not in tower:
        return item
    own = natural(inner["arg"]) if is_number(inner["arg"]) else inner["of"]
    if "isnull" in inner["arg"].get("A_Const", {}):
        return inner["arg"], None
    if own is None or base(own) not in tower or tower[base(own)] >= tower[inner["typeName"]["spelled"]]:
        return item
    return inner["arg"], own


def array(items: Sequence[Typed]) -> Typed:
    """ARRAY[…]; casts that all its constants share are written once, behind it."""
    nodes = [node for node, _ in items]
    shared = {node["TypeCast"]["typeName"]["spelled"] for node in nodes if _cast_constant(node)}
    if len(shared) == 1 and all(_cast_constant(node) or "isnull" in node.get("A_Const", {}) for node in nodes):
        (target,) = shared
        bare = [node["TypeCast"]["arg"] if "TypeCast" in node else node for node in nodes]
        made = {"A_ArrayExpr": {"elements": bare}}
        kept = target == "text" or (base(target) in TOWER and all(natural(n) == target for n in bare if is_number(n)))
        spelled = array_of(target) or target
        return (made, spelled) if kept else (wrapped(made, None, spelled), spelled)
    unified, own = unify(items)
    types = [type_ for _, type_ in items]
    return {"A_ArrayExpr": {"elements": unified, "types": types} if unified else {}}, array_of(own)


def _cast_constant(node: Node) -> bool:
    return "TypeCast" in node and "A_Const" in node["TypeCast"]["arg"]


def array_cast(elements: Sequence[Node], target: str, types: Sequence[str | None] = ()) -> Typed:
    """ARRAY[…]::type[], which Postgres reads as a cast of each element."""
    inner = element(target) or target
    if not elements:
        return wrapped({"A_ArrayExpr": {}}, None, target), target
    if any("A_ArrayExpr" in node for node in elements):
        return wrapped({"A_ArrayExpr": {"elements": list(elements)}}, None, target), target
    known = [*types, *[None] * (len(elements) - len(types))]
    pairs = zip(elements, known, strict=False)
    return array([cast((node, natural(node) if is_number(node) else own), inner) for node, own in pairs])


def settle(item: Typed, expected: str | None) -> Node:
    """A whole expression, such as a default: a constant shows its type unless it is that of a plain number or truth."""
    node, own = item
    body = constant_of(node)
    if body is None:
        return node
    bare = node["TypeCast"]["arg"] if "TypeCast" in node else node
    if "isnull" in body:
        return bare if expected is None or own is None or same(own, expected) else node
    if "sval" in body and expected is not None and "A_Const" in node:
        node, own = cast(item, base(expected))
        bare = node["TypeCast"]["arg"] if "TypeCast" in node else node
    number = expected is not None and own is not None and base(own) in TOWER and base(expected) in TOWER
    return bare if number and "sval" not in bare.get("A_Const", {}) else node
