"""Operators: comparison, arithmetic, concatenation, membership, patterns, json."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from policytool.catalog.build.plpgsql.compare import equal, less, like, number, regex
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.text import array_in, text_of
from policytool.catalog.build.plpgsql.values import Between, Json, NotKnown, Opaque, Spelled, Untyped, Value, known
from policytool.catalog.build.state import Refused
from policytool.syntax.node import names

Node = dict[str, Any]
Evaluate = Callable[[Node, Env], Value]


def operation(node: Node, env: Env, evaluate: Evaluate) -> Value:
    """The value of an A_Expr."""
    kind, operator = node["kind"], names(node["name"])[-1]
    if kind in ("AEXPR_LIKE", "AEXPR_ILIKE"):
        return _like(node, env, evaluate, operator)
    if kind == "AEXPR_IN":
        return _in(node, env, evaluate, operator)
    left = evaluate(node["lexpr"], env) if "lexpr" in node else None
    match kind:
        case "AEXPR_OP":
            right = evaluate(node["rexpr"], env)
            if operator == "||" and (left is None or right is None):
                return _appended(node, env, left, right)
            return binary(operator, left, right) if "lexpr" in node else _unary(operator, right)
        case "AEXPR_OP_ANY" | "AEXPR_OP_ALL":
            array = _as_array(evaluate(node["rexpr"], env))
            return None if array is None else quantified(operator, left, array, every=kind == "AEXPR_OP_ALL")
        case "AEXPR_DISTINCT" | "AEXPR_NOT_DISTINCT":
            same = _same(left, evaluate(node["rexpr"], env))
            return same == (kind == "AEXPR_NOT_DISTINCT")
        case "AEXPR_NULLIF":
            right = evaluate(node["rexpr"], env)
            return None if left is not None and right is not None and equal(left, right) else left
        case _ if "BETWEEN" in kind:
            low, high = (evaluate(item, env) for item in node["rexpr"]["List"]["items"])
            return _between(left, low, high, negated="NOT" in kind, symmetric="SYM" in kind)
    raise NotKnown(f"the operator {operator}")


def _appended(node: Node, env: Env, left: Value, right: Value) -> Value:
    """`||` with a null: a null array counts as an empty one, and a null is an element like any other."""
    arrays = [isinstance(v, tuple) or _is_array(node[k], env) for v, k in ((left, "lexpr"), (right, "rexpr"))]
    if not any(arrays):
        return None
    if all(arrays):
        return right if left is None else left
    element = right if arrays[0] else left
    if isinstance(element, Untyped) or (element is None and "A_Const" in node["rexpr" if arrays[0] else "lexpr"]):
        element = array_in(element) if element is not None else None  # an untyped constant is read as an array
        return element if (left if arrays[0] else right) is None else binary("||", left, right)
    if arrays[0]:
        return (*(left or ()), element)
    return (element, *(right or ()))


def _is_array(node: Node, env: Env) -> bool:
    """Whether an expression that is null is so as an array."""
    cast, column = node.get("TypeCast"), node.get("ColumnRef")
    if cast is not None:
        return "arrayBounds" in cast["typeName"] or names(cast["typeName"]["names"])[-1].startswith("_")
    if column is None or "A_ArrayExpr" in node:
        return column is None and "A_ArrayExpr" in node
    kind = env.machine.variable_type(names(column["fields"]))
    return kind is not None and (kind.startswith("_") or kind.endswith("[]"))


def _same(left: Value, right: Value) -> bool:
    if left is None or right is None:
        return left is right
    return equal(left, right)


def _between(value: Value, low: Value, high: Value, *, negated: bool, symmetric: bool) -> bool | None:
    if None in (value, low, high):
        raise NotKnown("BETWEEN with a null")
    if symmetric and less(high, low):
        low, high = high, low
    return (not less(value, low) and not less(high, value)) != negated


def _in(node: Node, env: Env, evaluate: Evaluate, operator: str) -> bool | None:
    left = evaluate(node["lexpr"], env)
    items = node["rexpr"]["List"]["items"]
    if type(left) in (str, Untyped):  # a name in a list of names: the commonest question by far
        texts = [item["A_Const"]["sval"].get("sval", "") for item in items if "sval" in item.get("A_Const", ())]
        if len(texts) == len(items):
            return (left in texts) == (operator == "=")
    found: bool | None = False
    doubt: NotKnown | None = None
    for item in items:
        try:
            same = binary("=", left, evaluate(item, env))
        except NotKnown as error:
            doubt = doubt or error
            continue
        if same:
            return operator == "="
        if same is None:
            found = None
    if doubt is not None:
        raise doubt
    return found if found is None else found == (operator == "=")


def quantified(operator: str, left: Value, values: Sequence[Value], *, every: bool) -> bool | None:
    """`left op ANY (values)` and `left op ALL (values)`."""
    result: bool | None = every
    doubt: NotKnown | None = None
    for value in values:
        try:
            one = binary(operator, left, known(value))
        except NotKnown as error:
            doubt = doubt or error
            continue
        if one is (not every):
            return not every
        if one is None:
            result = None
    if doubt is not None:
        raise doubt
    return result


def _as_array(value: Value) -> tuple[Value, ...] | None:
    if isinstance(value, Untyped):
        return tuple(None if v is None else Untyped(v) for v in array_in(value))
    if value is None or isinstance(value, tuple):
        return value
    raise NotKnown("ANY of something that is no array")


def _like(node: Node, env: Env, evaluate: Evaluate, operator: str) -> bool | None:
    text, pattern, escape = evaluate(node["lexpr"], env), node["rexpr"], "\\"
    call = pattern.get("FuncCall", {})
    if call and names(call["funcname"])[-1] == "like_escape":
        pattern, escape = call["args"][0], evaluate(call["args"][1], env)
    wanted = evaluate(pattern, env)
    if text is None or wanted is None:
        return None
    if not isinstance(wanted, str):
        raise NotKnown("LIKE with a pattern that is no text")
    return like(text, wanted, escape=escape, fold="*" in operator) != operator.startswith("!")


def _unary(operator: str, value: Value) -> Value:
    if value is None:
        return None
    if operator in "+-" and type(value) in (int, Decimal):
        return -value if operator == "-" else value
    raise NotKnown(f"the operator {operator}")


def binary(operator: str, left: Value, right: Value) -> Value:
    """The value of a binary operator."""
    if left is None or right is None:
        if operator == "||" and (isinstance(left, tuple) or isinstance(right, tuple)):
            return left if isinstance(left, tuple) else right
        return None
    handler = _OPERATORS.get(operator)
    if handler is None:
        raise NotKnown(f"the operator {operator}")
    return handler(left, right)


def _concatenated(left: Value, right: Value) -> Value:
    match left, right:
        case (tuple(), tuple()):
            return left + right
        case (tuple(), Untyped()):
            return left + tuple(array_in(right))
        case (Untyped(), tuple()):
            return tuple(array_in(left)) + right
        case (tuple(), _):
            return (*left, right)
        case (_, tuple()):
            return (left, *right)
        case (Json(), Json()) if isinstance(left.data, dict) and isinstance(right.data, dict):
            return Json(left.data | right.data)
        case (Json(), _) | (_, Json()):
            raise NotKnown("json values are put together")
    joined = text_of(left) + text_of(right)
    for kind in (Opaque, Spelled):
        if isinstance(left, kind) or isinstance(right, kind):
            return kind(joined)
    return joined


def _arithmetic(operator: str) -> Callable[[Value, Value], Value]:
    def compute(left: Value, right: Value) -> Value:
        left = number(left) if isinstance(left, Untyped) else left
        right = number(right) if isinstance(right, Untyped) else right
        if operator == "/" and isinstance(left, Between) and type(right) is int and right > 0:
            low, high = left.low // right, left.high // right
            return low if low == high else Between(low, high)
        if type(left) not in (int, Decimal) or type(right) not in (int, Decimal):
            raise NotKnown("arithmetic on something that is no number")
        if operator in "/%" and right == 0:
            raise Refused("22012", "division by zero")
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "%" if type(left) is int and type(right) is int:
                return left - right * int(Decimal(left) / Decimal(right))
            case "/" if type(left) is int and type(right) is int:
                return int(Decimal(left) / Decimal(right))
        raise NotKnown("a division of numerics")

    return compute


def _pattern(operator: str) -> Callable[[Value, Value], bool]:
    def test(left: Value, right: Value) -> bool:
        if not isinstance(right, str):
            raise NotKnown("a pattern that is no text")
        if operator.lstrip("!").startswith("~~"):
            return like(left, right, fold="*" in operator) != operator.startswith("!")
        return regex(left, right, fold="*" in operator) != operator.startswith("!")

    return test


def _contains(left: Value, right: Value) -> bool:
    left, right = (_as_array(v) if isinstance(v, Untyped) else v for v in (left, right))
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        raise NotKnown("@> on something that is no array")
    return all(any(v is not None and w is not None and equal(v, w) for v in left) for w in right)


def _overlaps(left: Value, right: Value) -> bool:
    left, right = (_as_array(v) if isinstance(v, Untyped) else v for v in (left, right))
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        raise NotKnown("&& on something that is no array")
    return any(v is not None and w is not None and equal(v, w) for v in left for w in right)


def _json_part(left: Value, right: Value) -> Value:
    if not isinstance(left, Json) or isinstance(right, tuple):
        raise NotKnown("-> on something that is no json")
    try:
        data = left.data[int(right) if isinstance(left.data, list) else str(right)]
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return Json(data)


def _json_text(left: Value, right: Value) -> Value:
    return json_text(_json_part(left, right))


def json_text(part: Json | None) -> Value:
    """A json value as text: strings without their quotes, null as NULL."""
    if part is None or part.data is None:
        return None
    if isinstance(part.data, bool):
        return "true" if part.data else "false"
    if isinstance(part.data, str | int):
        return str(part.data)
    raise NotKnown("a json value written as text")


def _json_has(left: Value, right: Value) -> bool:
    if not isinstance(left, Json) or not isinstance(right, str) or not isinstance(left.data, dict | list):
        raise NotKnown("? on something that is no json")
    return right in left.data


def _starts(left: Value, right: Value) -> bool:
    if not isinstance(left, str) or not isinstance(right, str) or isinstance(left, Spelled | Opaque):
        raise NotKnown("^@ on something that is not known")
    return left.startswith(right)


_OPERATORS: Final[dict[str, Callable[[Value, Value], Value]]] = {
    "=": equal,
    "<>": lambda left, right: not equal(left, right),
    "!=": lambda left, right: not equal(left, right),
    "<": less,
    ">": lambda left, right: less(right, left),
    "<=": lambda left, right: not less(right, left),
    ">=": lambda left, right: not less(left, right),
    "||": _concatenated,
    "@>": _contains,
    "<@": lambda left, right: _contains(right, left),
    "&&": _overlaps,
    "->": _json_part,
    "->>": _json_text,
    "?": _json_has,
    "^@": _starts,
    **{operator: _arithmetic(operator) for operator in "+-*/%"},
    **{operator: _pattern(operator) for operator in ("~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*")},
}
WORDS: Final = re.compile(r"\w+")
