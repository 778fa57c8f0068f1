"""Two values and an operator between them: what it yields, and which casts of the two go without saying."""

from __future__ import annotations

from typing import Final

from policytool.catalog.expression.kinds import DATETIMES, TOWER, base, implied, is_text, outcome
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.rewrite import Typed
from policytool.catalog.expression.rewrite_casts import cast, constant_of, core, fit, is_number, natural, wrapped

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
    own = _result(name, left[1], right[1])
    if own is None and name == "||" and (constant_of(left[0]) is None) is not (constant_of(right[0]) is None):
        own = "text" if left[1] or right[1] else None  # a constant beside a value that is no text makes it one
    return operation(name, first, second, kind), own


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
        a, b = base(left[1] or a), base(right[1] or b)
    casts = implied(name, a, b)
    left = left if casts[0] is None else (wrapped(left[0], left[1], casts[0]), casts[0])
    right = right if casts[1] is None else (wrapped(right[0], right[1], casts[1]), casts[1])
    result = "boolean" if name in _COMPARISONS else outcome(name, casts[0] or a, casts[1] or b)
    return operation(name, *_least_casts(name, left, right)), result


def _alike(item: Typed, other: Typed) -> Typed:
    """A constant without the cast to the type of what it is compared with."""
    inner = item[0].get("TypeCast")
    if inner is None or "A_Const" not in inner["arg"] or "A_Const" in other[0]:
        return item
    return inner["arg"], natural(inner["arg"]) if is_number(inner["arg"]) else item[1]


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
    first, second = bare_number(left), bare_number(right)
    if first is None and second is None:
        return None
    if constant_of(left[0]) is not None and constant_of(right[0]) is not None:
        return None
    known = left[1] or right[1]
    result = "boolean" if name in _COMPARISONS else None
    return (operation(name, first or left[0], second or right[0]), result) if known in TOWER else None


def bare_number(item: Typed) -> Node | None:
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
    if _named(left[0]) or _named(right[0]):
        return (left[0] if first else fit(left, "oid")), (right[0] if second else fit(right, "oid"))
    if first and second:
        known = left[1] or right[1]
        shown = known is not None and not is_text(known)
        return (left[0] if shown and left[1] else fit(left, known)), fit(right, known if left[1] or not shown else "")
    return fit(left, for_left, second), fit(right, for_right, first)


def _named(node: Node) -> bool:
    """Whether it is the name of something, as in 'posts'::regclass: compared as a number, it needs its cast."""
    inner = node.get("TypeCast")
    return inner is not None and inner["typeName"]["spelled"].startswith("reg") and "A_Const" in inner["arg"]


def _contexts(name: str, left: str | None, right: str | None) -> tuple[str | None, str | None]:
    if name in _RIGHT:
        return left if name[0] in "-#?@" else "text", _RIGHT[name]
    if left == "jsonb" and name in ("@@", "-") and right is None:
        return None, "jsonpath" if name == "@@" else "text"
    if name == "@@" and None in (left, right):
        return _SEARCHED.get(right or "", right), _SEARCHED.get(left or "", left)
    if name == "||":
        kept = [own for own in (left, right) if own is not None and (own.endswith("[]") or own in _JOINED)]
        return (kept[0], kept[0]) if kept else ("text", "text")
    return right, left


_SEARCHED: Final = {"tsvector": "tsquery", "tsquery": "tsvector"}
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
