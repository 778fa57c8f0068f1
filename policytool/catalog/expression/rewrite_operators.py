"""Canonical operators in all their forms: IN, ANY, BETWEEN, IS DISTINCT FROM, NULLIF, AND, OR, NOT."""

from __future__ import annotations

from typing import Final

from policytool.catalog.expression.kinds import TOWER, array_of, base, element
from policytool.catalog.expression.literals import array_elements, constant, string
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.operators import bare_number, binary, either, operation, prefix, true
from policytool.catalog.expression.rewrite import Body, Rewriter, Typed, rewrite, untyped
from policytool.catalog.expression.rewrite_casts import cast, constant_of, fit, is_number, natural, wrapped
from policytool.catalog.expression.scope import Scope


def a_expr(body: Body, scope: Scope) -> Typed:
    """An operator in one of its forms. The schema of an operator is not kept: a server shows it, no one writes it."""
    name = body["name"][-1]["String"]["sval"]
    kind = body["kind"]
    if kind in ("AEXPR_OP", "AEXPR_LIKE", "AEXPR_ILIKE"):
        right = rewrite(body["rexpr"], scope)
        return binary(name, rewrite(body["lexpr"], scope), right) if "lexpr" in body else prefix(name, right)
    form = _FORMS.get(kind)
    return form(name, body, scope) if form is not None else ({"A_Expr": untyped(body, scope)}, None)


def in_list(name: str, body: Body, scope: Scope) -> Typed:
    """IN (…): constants stay a list, columns become comparisons of their own, as Postgres reads it."""
    left = rewrite(body["lexpr"], scope)
    listed: list[Typed] = []
    single: list[Typed] = []
    for node in body["rexpr"]["List"]["items"]:
        before = scope.uses
        item = rewrite(node, scope)
        (listed if scope.uses == before and "RowExpr" not in item[0] else single).append(item)
    if len(listed) == 1:
        single.insert(0, listed.pop())
    parts = [among(name, left, listed)] if listed else []
    parts += [binary(name, left, item)[0] for item in single]
    if len(parts) == 1:
        return parts[0], "boolean"
    return (either(flat("OR_EXPR", parts)) if name == "=" else true(flat("AND_EXPR", parts))), "boolean"


def among(name: str, left: Typed, items: list[Typed]) -> Node:
    """x [NOT] IN (…)."""
    context = left[1] if constant_of(left[0]) is None else None
    known = [own for node, own in items if own is not None and constant_of(node) is None]
    nodes = [_member(item, context) for item in items]
    subject = fit(left, known[0] if known else context, beside_constant=True)
    return operation(name, subject, {"List": {"items": nodes}}, "AEXPR_IN")


def _member(item: Typed, context: str | None) -> Node:
    bare = bare_number(item) if context is None or base(context) in TOWER else None
    return bare or fit(item, context)


def any_all(name: str, body: Body, scope: Scope) -> Typed:
    """x op ANY/ALL (array); over a list of constants that is IN or NOT IN."""
    left = rewrite(body["lexpr"], scope)
    before = scope.uses
    right = rewrite(body["rexpr"], scope)
    if (name, body["kind"]) in (("=", "AEXPR_OP_ANY"), ("<>", "AEXPR_OP_ALL")):
        items = members(right, left[1]) if scope.uses == before else None
        if items is not None:
            return binary(name, left, items[0]) if len(items) == 1 else (among(name, left, items), "boolean")
    node = right[0]
    if "SubLink" in node and "TypeCast" in body["rexpr"] and right[1] is not None:
        # Without the cast the query would be read as a set of rows.
        node = wrapped(node, right[1], right[1])
    elif not ("TypeCast" in node and "SubLink" in node["TypeCast"]["arg"]):
        constant_left = constant_of(left[0]) is not None
        node = numbers_bare(right) or fit(right, array_of(left[1]) if not constant_left else None)
    return operation(name, fit(left, element(right[1])), node, body["kind"]), "boolean"


def numbers_bare(item: Typed) -> Node | None:
    """An array of plain numbers without the cast of its elements."""
    arg: Node = item[0].get("TypeCast", {}).get("arg", {})
    elements = arg.get("A_ArrayExpr", {}).get("elements", ())
    return arg if elements and all(map(is_number, elements)) else None


def members(item: Typed, own: str | None) -> list[Typed] | None:
    """The elements of an array that is spelled out; None for any other."""
    node = item[0]
    spelled = element(item[1])
    if "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    if "A_ArrayExpr" in node:
        elements = node["A_ArrayExpr"].get("elements")
        if not elements or any("A_ArrayExpr" in e for e in elements):
            return None
        return [_typed(e, spelled) for e in elements]
    text = node.get("A_Const", {}).get("sval", {}).get("sval")
    parts = array_elements(text) if text is not None else None
    if not parts or None in parts:
        return None
    return [_typed(constant(p, spelled) if spelled else string(p), spelled) for p in parts if p is not None]


def _typed(node: Node, spelled: str | None) -> Typed:
    if is_number(node):
        return (node, spelled) if natural(node) == spelled or spelled is None else cast((node, natural(node)), spelled)
    if "A_Const" in node and "sval" in node["A_Const"] and spelled is not None:
        return wrapped(node, None, spelled), spelled
    return node, spelled


def between(name: str, body: Body, scope: Scope) -> Typed:
    """BETWEEN, as the two comparisons that it is."""
    subject = rewrite(body["lexpr"], scope)
    low, high = (rewrite(item, scope) for item in body["rexpr"]["List"]["items"])
    kind = body["kind"]
    pairs = [(low, high), (high, low)] if kind.endswith("_SYM") else [(low, high)]
    parts = []
    for lower, upper in pairs:
        if "NOT" in kind:
            parts.append(either([binary("<", subject, lower)[0], binary(">", subject, upper)[0]]))
        else:
            parts.append(true([binary(">=", subject, lower)[0], binary("<=", subject, upper)[0]]))
    return (parts[0] if len(parts) == 1 else true(parts) if "NOT" in kind else either(parts)), "boolean"


def distinct(name: str, body: Body, scope: Scope) -> Typed:
    """IS [NOT] DISTINCT FROM."""
    left, right = rewrite(body["lexpr"], scope), rewrite(body["rexpr"], scope)
    differs = body["kind"] == "AEXPR_DISTINCT"
    for one, other in ((left, right), (right, left)):
        if "isnull" in other[0].get("A_Const", ()):
            return {"NullTest": {"arg": one[0], "nulltesttype": "IS_NOT_NULL" if differs else "IS_NULL"}}, "boolean"
    if "RowExpr" in left[0] and "RowExpr" in right[0]:
        pairs = zip(left[0]["RowExpr"]["args"], right[0]["RowExpr"]["args"], strict=False)
        parts = [operation("=", a, b, "AEXPR_DISTINCT") for a, b in pairs]
        return (either(parts) if differs else {"BoolExpr": {"boolop": "NOT_EXPR", "args": [either(parts)]}}), "boolean"
    made = binary("=", left, right)[0]["A_Expr"]
    return operation("=", made["lexpr"], made["rexpr"], body["kind"]), "boolean"


def nullif(name: str, body: Body, scope: Scope) -> Typed:
    """NULLIF."""
    left = rewrite(body["lexpr"], scope)
    made = binary("=", left, rewrite(body["rexpr"], scope))[0]["A_Expr"]
    return operation("=", made["lexpr"], made["rexpr"], "AEXPR_NULLIF"), left[1]


def similar(name: str, body: Body, scope: Scope) -> Typed:
    """SIMILAR TO, which is a regular expression made by a function."""
    return binary(name, rewrite(body["lexpr"], scope), rewrite(body["rexpr"], scope))


_FORMS: Final = {
    "AEXPR_OP_ANY": any_all,
    "AEXPR_OP_ALL": any_all,
    "AEXPR_IN": in_list,
    "AEXPR_DISTINCT": distinct,
    "AEXPR_NOT_DISTINCT": distinct,
    "AEXPR_NULLIF": nullif,
    "AEXPR_SIMILAR": similar,
    "AEXPR_BETWEEN": between,
    "AEXPR_NOT_BETWEEN": between,
    "AEXPR_BETWEEN_SYM": between,
    "AEXPR_NOT_BETWEEN_SYM": between,
}


def flat(kind: str, arguments: list[Node]) -> list[Node]:
    """Conditions without parentheses around those that are of the same kind."""
    result: list[Node] = []
    for node in arguments:
        inner = node.get("BoolExpr")
        result.extend(inner["args"] if inner is not None and inner["boolop"] == kind else [node])
    return result


def bool_expr(body: Body, scope: Scope) -> Typed:
    """AND, OR, NOT."""
    kind = body["boolop"]
    arguments = [rewrite(arg, scope)[0] for arg in body["args"]]
    if kind != "NOT_EXPR":
        return {"BoolExpr": {"boolop": kind, "args": flat(kind, arguments)}}, "boolean"
    inner = arguments[0].get("A_Expr")
    if inner is not None and inner["kind"] == "AEXPR_IN":
        name = "<>" if inner["name"][0]["String"]["sval"] == "=" else "="
        return operation(name, inner["lexpr"], inner["rexpr"], "AEXPR_IN"), "boolean"
    if inner is not None and inner["kind"] in ("AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"):
        kind = "AEXPR_NOT_DISTINCT" if inner["kind"] == "AEXPR_DISTINCT" else "AEXPR_DISTINCT"
        return operation("=", inner["lexpr"], inner["rexpr"], kind), "boolean"
    return {"BoolExpr": {"boolop": kind, "args": arguments}}, "boolean"


REWRITERS: Final[dict[str, Rewriter]] = {"A_Expr": a_expr, "BoolExpr": bool_expr}
