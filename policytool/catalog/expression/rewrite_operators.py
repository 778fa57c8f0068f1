"""Canonical operators, comparisons, IN, BETWEEN, AND, OR, NOT."""

from __future__ import annotations

from typing import Final

from policytool.catalog.expression.kinds import DATETIMES, TOWER, array_of, base, element, implied, is_text, outcome
from policytool.catalog.expression.literals import array_elements, constant, string
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.rewrite import Body, Rewriter, Typed, rewrite, untyped
from policytool.catalog.expression.rewrite_casts import cast, constant_of, core, fit, is_number, natural, wrapped
from policytool.catalog.expression.scope import Scope

_COMPARISONS: Final = frozenset(("=", "<>", "<", ">", "<=", ">="))
_ARITHMETIC: Final = frozenset(("+", "-", "*", "/", "%", "^"))
_LIKE: Final = {"~~": "AEXPR_LIKE", "!~~": "AEXPR_LIKE", "~~*": "AEXPR_ILIKE", "!~~*": "AEXPR_ILIKE"}
# What a constant on the right of these is, whatever stands on the left.
_RIGHT: Final = {
    **dict.fromkeys(("~~", "!~~", "~~*", "!~~*", "~", "~*", "!~", "!~*", "^@", "->", "->>", "?"), "text"),
    **dict.fromkeys(("#>", "#>>", "#-", "?|", "?&"), "text[]"),
    **dict.fromkeys(("@?",), "jsonpath"),
}
_TESTS: Final = "~~ !~~ ~~* !~~* ~ ~* !~ !~* ^@ ? ?| ?& @> <@ && @@ @? <<= >>="
_BOOLEAN: Final = _COMPARISONS | frozenset(_TESTS.split())
_TEXTS: Final = frozenset(("->>", "#>>"))
_SAME: Final = frozenset(("->", "#>", "#-", "&", "|", "#", "<<", ">>"))


def true(arguments: list[Node]) -> Node:
    """AND of conditions."""
    return {"BoolExpr": {"boolop": "AND_EXPR", "args": arguments}}


def either(arguments: list[Node]) -> Node:
    """OR of conditions."""
    return {"BoolExpr": {"boolop": "OR_EXPR", "args": arguments}}


def operation(name: str, left: Node, right: Node, kind: str = "AEXPR_OP") -> Node:
    """An operator between two values."""
    return {"A_Expr": {"kind": kind, "name": [{"String": {"sval": name}}], "lexpr": left, "rexpr": right}}


def a_expr(body: Body, scope: Scope) -> Typed:
    """An operator in one of its forms. The schema of an operator is not kept: a server shows it, no one writes it."""
    name = body["name"][-1]["String"]["sval"]
    kind = body["kind"]
    if kind in ("AEXPR_OP", "AEXPR_LIKE", "AEXPR_ILIKE"):
        right = rewrite(body["rexpr"], scope)
        return binary(name, rewrite(body["lexpr"], scope), right) if "lexpr" in body else prefix(name, right)
    form = _FORMS.get(kind)
    return form(name, body, scope) if form is not None else ({"A_Expr": untyped(body, scope)}, None)


def prefix(name: str, item: Typed) -> Typed:
    """An operator before its operand."""
    return {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": name}}], "rexpr": item[0]}}, item[1]


def binary(name: str, left: Typed, right: Typed) -> Typed:
    """An operator between two values, and the type of what it yields."""
    kind = _LIKE.get(name, "AEXPR_OP")
    if "RowExpr" in left[0] and "RowExpr" in right[0] and name in ("=", "<>"):
        return _rows(name, left[0]["RowExpr"]["args"], right[0]["RowExpr"]["args"])
    if name in _ARITHMETIC or name in _COMPARISONS:
        numbers = _numbers(name, left, right)
        if numbers is not None:
            return numbers
    first, second = operands(name, left, right)
    return operation(name, first, second, kind), _result(name, left[1], right[1])


def _rows(name: str, left: list[Node], right: list[Node]) -> Typed:
    pairs = [binary(name, (a, None), (b, None))[0] for a, b in zip(left, right, strict=False)]
    return (pairs[0] if len(pairs) == 1 else true(pairs) if name == "=" else either(pairs)), "boolean"


def _numbers(name: str, left: Typed, right: Typed) -> Typed | None:
    if left[1] is None or right[1] is None:
        return _half_known(name, left, right)
    a, b = base(left[1]), base(right[1])
    if a not in TOWER or b not in TOWER:
        return None
    if a == b and name in _COMPARISONS:
        left, right = _alike(left, right), _alike(right, left)
    casts = implied(name, a, b)
    left = left if casts[0] is None else (wrapped(left[0], left[1], casts[0]), casts[0])
    right = right if casts[1] is None else (wrapped(right[0], right[1], casts[1]), casts[1])
    result = "boolean" if name in _COMPARISONS else outcome(name, casts[0] or a, casts[1] or b)
    return operation(name, *_least_casts(name, left, right)), result


def _alike(item: Typed, other: Typed) -> Typed:
    """A constant without the cast to the type of what it is compared with."""
    inner = item[0].get("TypeCast")
    return item if inner is None or "A_Const" not in inner["arg"] or "A_Const" in other[0] else (inner["arg"], item[1])


def _least_casts(name: str, left: Typed, right: Typed) -> tuple[Node, Node]:
    """Both operands without as many casts as Postgres would put back."""
    for first, second in ((core(left), core(right)), (left, core(right)), (core(left), right)):
        wanted = tuple(None if a is b else b[1] for a, b in ((first, left), (second, right)))
        if first[1] is None or second[1] is None:
            continue
        if implied(name, base(first[1]), base(second[1])) == wanted:
            return first[0], second[0]
    return left[0], right[0]


def _half_known(name: str, left: Typed, right: Typed) -> Typed | None:
    """A constant beside something of unknown type: the cast of the constant is taken for Postgres's own."""
    first, second = _bare_number(left), _bare_number(right)
    if first is None and second is None:
        return None
    if constant_of(left[0]) is not None and constant_of(right[0]) is not None:
        return None
    known = left[1] or right[1]
    result = "boolean" if name in _COMPARISONS else None
    return (operation(name, first or left[0], second or right[0]), result) if known in TOWER else None


def _bare_number(item: Typed) -> Node | None:
    node = item[0]
    if "TypeCast" in node and item[1] in TOWER and is_number(node["TypeCast"]["arg"]):
        arg: Node = node["TypeCast"]["arg"]
        return arg
    return None


def operands(name: str, left: Typed, right: Typed) -> tuple[Node, Node]:
    """Both operands without the casts that Postgres adds so that they meet."""
    first, second = constant_of(left[0]) is not None, constant_of(right[0]) is not None
    for_left, for_right = _contexts(name, left[1] if not first else None, right[1] if not second else None)
    if name in ("*", "/") and "interval" in (left[1], right[1]):
        return core(left)[0], core(right)[0]
    if name in ("+", "-") and not (first and second) and left[1] != "jsonb":
        return _moment(name, left, for_left), _moment(name, right, for_right)
    if first and second:
        known = left[1] or right[1]
        shown = known is not None and not is_text(known)
        return (left[0] if shown and left[1] else fit(left, known)), fit(right, known if left[1] or not shown else "")
    return fit(left, for_left, second), fit(right, for_right, first)


def _contexts(name: str, left: str | None, right: str | None) -> tuple[str | None, str | None]:
    if name in _RIGHT:
        return left if name[0] in "-#?@" else "text", _RIGHT[name]
    if left == "jsonb" and name in ("@@", "-") and right is None:
        return None, "jsonpath" if name == "@@" else "text"
    if name == "||":
        kept = [own for own in (left, right) if own is not None and (own.endswith("[]") or own in _JOINED)]
        return (kept[0], kept[0]) if kept else ("text", "text")
    return right, left


_JOINED: Final = frozenset(("jsonb", "bytea", "tsvector", "tsquery", "bit", "bit varying"))


def _moment(name: str, item: Typed, other: str | None) -> Node:
    """An operand of + or -: '1 day' beside a point in time is an interval, and shows it."""
    node, own = item
    body = node.get("A_Const")
    if body is not None and "sval" in body and name == "+" and other is not None and base(other) in DATETIMES:
        return cast(item, "interval")[0]
    if own == "interval" and other != "interval":
        return node
    return fit(item, other)


def _result(name: str, left: str | None, right: str | None) -> str | None:
    if name in _BOOLEAN:
        return "boolean"
    if name in _TEXTS:
        return "text"
    if name in _SAME:
        return left
    if name == "||":
        kept = [own for own in (left, right) if own is not None and (own.endswith("[]") or own in _JOINED)]
        texts = [own for own in (left, right) if own is not None and is_text(own)]
        return kept[0] if kept else "text" if texts or None not in (left, right) else None
    if name in ("<->", "<=>", "<#>"):
        return "double precision"
    if name in ("+", "-") and left is not None:
        return _moment_result(name, base(left), base(right) if right is not None else None)
    return None


def _moment_result(name: str, left: str, right: str | None) -> str | None:
    if right is not None and left == right and left in DATETIMES and name == "-":
        return "integer" if left == "date" else "interval"
    if left in DATETIMES:
        return "timestamp without time zone" if left == "date" and right == "interval" else left
    if left == "interval":
        return right if right in DATETIMES else "interval"
    return left if left == "jsonb" else None


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
    bare = _bare_number(item) if context is None or base(context) in TOWER else None
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
