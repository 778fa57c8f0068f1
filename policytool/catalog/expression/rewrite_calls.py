"""Canonical function calls."""

from __future__ import annotations

from typing import Final

from policytool.catalog.expression.functions import ANY_TYPE, ARGUMENTS, FRACTIONAL, OF_RELATION, is_built_in, result
from policytool.catalog.expression.kinds import TOWER, base, is_text, is_text_array
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.rewrite import Body, Rewriter, Typed, rewrite, untyped, value
from policytool.catalog.expression.rewrite_casts import fit, is_number, natural
from policytool.catalog.expression.rewrite_operators import numbers_bare
from policytool.catalog.expression.rewrite_values import relation_constant
from policytool.catalog.expression.scope import Scope
from policytool.catalog.model import Name

_CASE: Final = "COERCE_SQL_SYNTAX"


def func_call(body: Body, scope: Scope) -> Typed:
    """A call: the function's name qualified unless it is built in, its arguments without the casts that it implies."""
    nodes = body.get("args", ())
    name = called(body["funcname"], len(nodes), scope)
    items = [rewrite(node, scope) for node in nodes]
    made: Body = {"funcname": spelled(name, body)}
    if items:
        made["args"] = _arguments(name, items, scope)
    for key in ("agg_filter", "over"):
        if key in body:
            made[key] = untyped(body[key], scope)
    if "agg_order" in body:
        made["agg_order"] = [_aggregate_key(key, scope) for key in body["agg_order"]]
    if name[1] == "substring" and body.get("funcformat") == _CASE and _pattern(items):
        made |= {"funcname": [{"String": {"sval": "substring"}}], "funcformat": "COERCE_EXPLICIT_CALL"}
        return {"FuncCall": made}, "text"
    for key in ("agg_within_group", "agg_star", "agg_distinct", "func_variadic", "funcformat"):
        if key in body:
            made[key] = body[key]
    if name[0]:
        types = [natural(node) if is_number(node) else own for node, own in items]
        return {"FuncCall": made}, scope.plain(_bare(scope.facts.result(name, len(nodes), types)))
    return {"FuncCall": made}, result(name[1], [own for _, own in items])


def _bare(spelled: str | None) -> str | None:
    return spelled.removeprefix("SETOF ") if spelled is not None else None


def _aggregate_key(node: Node, scope: Scope) -> Node:
    made = rewrite(node, scope)[0]["SortBy"]
    return {"SortBy": {**made, "node": argument((made["node"], None), None)}}


def _pattern(items: list[Typed]) -> bool:
    """Whether it is SUBSTRING(text FROM pattern): a server shows that one as a plain call."""
    node, own = items[1] if len(items) > 1 else ({}, None)
    return "sval" in node.get("A_Const", ()) or (own is not None and is_text(own))


def called(parts: list[Node], arity: int, scope: Scope) -> Name:
    """The function that is meant: its schema, empty where it is built in or unknown, and its name."""
    names = [part["String"]["sval"] for part in parts]
    if len(names) > 1 and names[-2] == "pg_catalog":
        return "", names[-1]
    if len(names) == 1 and is_built_in(names[0]):
        return "", names[0]
    found = scope.names.function(names[-2] if len(names) > 1 else None, names[-1], arity)
    if found is not None:
        return ("", found[1]) if found[0] == "pg_catalog" else found
    return (names[-2] if len(names) > 1 else ""), names[-1]


def spelled(name: Name, body: Body) -> list[Node]:
    """The name as the tree holds it; functions with a syntax of their own keep the pg_catalog that marks them."""
    if body.get("funcformat") == _CASE:
        return list(body["funcname"])
    return [{"String": {"sval": part}} for part in name if part]


def _arguments(name: Name, items: list[Typed], scope: Scope) -> list[Node]:
    if not name[0]:
        return [_built_in(name[1], number, item, scope) for number, item in enumerate(items)]
    types = scope.facts.arguments(name, len(items))
    wanted = [*types, *[None] * (len(items) - len(types))]
    return [argument(item, own) for item, own in zip(items, wanted, strict=False)]


def _built_in(name: str, number: int, item: Typed, scope: Scope) -> Node:
    node, own = item
    if name in OF_RELATION and number == 0:
        bare = fit(item, None)
        return relation_constant(bare, scope) if "sval" in bare.get("A_Const", {}) else bare
    if name == "generate_series" and "TypeCast" in node and node["TypeCast"]["of"] == "date":
        return argument(item, None)
    if name in ANY_TYPE:
        return fit(item, "text") if own is not None and is_text(own) else node
    wanted = ARGUMENTS.get(name, ())
    if "TypeCast" in node and name not in FRACTIONAL and own in TOWER and not is_number(node["TypeCast"]["arg"]):
        return node
    return argument(item, wanted[number] if number < len(wanted) else None)


def argument(item: Typed, wanted: str | None) -> Node:
    """An argument without the cast that the function brings on."""
    node = item[0]
    if "NamedArgExpr" in node:
        inner = node["NamedArgExpr"]
        return {"NamedArgExpr": {**inner, "arg": argument((inner["arg"], None), None)}}
    inner = node.get("TypeCast")
    if inner is None or "A_Const" in inner["arg"]:
        return fit(item, None) if wanted is None or inner is not None else fit(item, wanted)
    target, source = inner["typeName"]["spelled"], inner["of"]
    arg: Node = inner["arg"]
    if "A_ArrayExpr" in arg:
        return numbers_bare(item) or node
    return arg if source is not None and _implicit(base(source), target) else node


def _implicit(source: str, target: str) -> bool:
    if source in TOWER and target in TOWER:
        return TOWER[source] < TOWER[target]
    if is_text(source) and is_text(target):
        return True
    if source == "date" and target == "timestamp with time zone":
        return True
    return is_text_array(source) and is_text_array(target)


def named_arg(body: Body, scope: Scope) -> Typed:
    """name => value."""
    node, own = rewrite(body["arg"], scope)
    return {"NamedArgExpr": {"name": body["name"], "arg": node}}, own


def sort_by(body: Body, scope: Scope) -> Typed:
    """One key of an ORDER BY, with what goes without saying left out."""
    made: Body = {"node": value(body["node"], scope)}
    direction, nulls = body.get("sortby_dir"), body.get("sortby_nulls")
    if direction == "SORTBY_USING":
        made |= {"sortby_dir": direction, "useOp": body["useOp"][-1:]}
        direction = {"<": "SORTBY_ASC", ">": "SORTBY_DESC"}.get(body["useOp"][-1]["String"]["sval"])
    if direction in ("SORTBY_DESC", "SORTBY_ASC"):
        made.pop("useOp", None)
        made["sortby_dir"] = direction if direction == "SORTBY_DESC" else "SORTBY_DEFAULT"
    usual = "SORTBY_NULLS_FIRST" if direction == "SORTBY_DESC" else "SORTBY_NULLS_LAST"
    if nulls in ("SORTBY_NULLS_FIRST", "SORTBY_NULLS_LAST") and nulls != usual:
        made["sortby_nulls"] = nulls
    return {"SortBy": made}, None


REWRITERS: Final[dict[str, Rewriter]] = {"FuncCall": func_call, "SortBy": sort_by, "NamedArgExpr": named_arg}
