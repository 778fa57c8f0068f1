"""SQL text of operators, tests and sub-queries in expressions."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.deparse import (
    AND,
    ANY_LEVEL,
    COMPARE,
    IS,
    MATCH,
    MINUS,
    NOT,
    OR,
    OTHER,
    PLUS,
    POWER,
    RESTRICTED,
    TIMES,
    Handler,
    enclosed,
    listed,
    strings,
    write,
)
from policytool.catalog.spelling import identifier

Body = dict[str, Any]

_LEVELS: Final = {
    **dict.fromkeys(("<", ">", "=", "<=", ">=", "<>"), COMPARE),
    **dict.fromkeys(("+", "-"), PLUS),
    **dict.fromkeys(("*", "/", "%"), TIMES),
    "^": POWER,
}
_LIKE: Final = {"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE", "!~~*": "NOT ILIKE"}
_SIMILAR: Final = {"~": "SIMILAR TO", "!~": "NOT SIMILAR TO"}


def operator(names: list[Body]) -> tuple[str, int]:
    """The text and the binding of an operator."""
    if len(names) == 1:
        text = names[0]["String"]["sval"]
        return text, _LEVELS.get(text, OTHER)
    *schema, name = strings(names)
    return f"OPERATOR({'.'.join(map(identifier, schema))}.{name})", OTHER


def a_expr(body: Body, level: int) -> str:
    """An operator applied to its operands, in one of its many forms."""
    kind = body["kind"]
    if kind == "AEXPR_OP":
        return _plain(body, level)
    return _FORMS[kind](body, level)


def _plain(body: Body, level: int) -> str:
    text, binds = operator(body["name"])
    right = body["rexpr"]
    if "lexpr" not in body:
        if text in ("-", "+"):
            return enclosed(f"{text} {write(right, MINUS)}", MINUS, level)
        return enclosed(f"{text} {write(right, binds + 1)}", binds, level)
    left = write(body["lexpr"], binds + 1 if binds == COMPARE else binds)
    return enclosed(f"{left} {text} {write(right, binds + 1)}", binds, level)


def _any_all(body: Body, level: int) -> str:
    text, binds = operator(body["name"])
    text = _LIKE.get(text, text)
    quantifier = "ANY" if body["kind"] == "AEXPR_OP_ANY" else "ALL"
    # A bare sub-query in these parentheses would be read as a set of rows.
    right = write(body["rexpr"], ANY_LEVEL)
    return enclosed(f"{write(body['lexpr'], binds + 1)} {text} {quantifier} ({right})", binds, level)


def _in(body: Body, level: int) -> str:
    negated = "NOT IN" if body["name"][0]["String"]["sval"] == "<>" else "IN"
    items = listed(body["rexpr"]["List"]["items"])
    return enclosed(f"{write(body['lexpr'], MATCH + 1)} {negated} ({items})", MATCH, level)


def _distinct(body: Body, level: int) -> str:
    words = "IS NOT DISTINCT FROM" if body["kind"] == "AEXPR_NOT_DISTINCT" else "IS DISTINCT FROM"
    return enclosed(f"{write(body['lexpr'], IS + 1)} {words} {write(body['rexpr'], IS + 1)}", IS, level)


def _nullif(body: Body, level: int) -> str:
    return f"NULLIF({write(body['lexpr'], ANY_LEVEL)}, {write(body['rexpr'], ANY_LEVEL)})"


def _like(body: Body, level: int) -> str:
    words = _LIKE[body["name"][0]["String"]["sval"]]
    left, right, escape = write(body["lexpr"], MATCH + 1), body["rexpr"], ""
    call = right.get("FuncCall")
    if call and strings(call["funcname"]) == ["pg_catalog", "like_escape"]:
        right, escape = call["args"][0], f" ESCAPE {write(call['args'][1], MATCH + 1)}"
    return enclosed(f"{left} {words} {write(right, MATCH + 1)}{escape}", MATCH, level)


def _similar(body: Body, level: int) -> str:
    words = _SIMILAR[body["name"][0]["String"]["sval"]]
    args = body["rexpr"]["FuncCall"]["args"]
    escape = f" ESCAPE {write(args[1], MATCH + 1)}" if len(args) > 1 else ""
    return enclosed(f"{write(body['lexpr'], MATCH + 1)} {words} {write(args[0], MATCH + 1)}{escape}", MATCH, level)


def _between(body: Body, level: int) -> str:
    low, high = body["rexpr"]["List"]["items"]
    words = body["name"][0]["String"]["sval"]
    bounds = f"{write(low, RESTRICTED)} AND {write(high, MATCH + 1)}"
    return enclosed(f"{write(body['lexpr'], MATCH + 1)} {words} {bounds}", MATCH, level)


_FORMS: Final[dict[str, Handler]] = {
    "AEXPR_OP_ANY": _any_all,
    "AEXPR_OP_ALL": _any_all,
    "AEXPR_DISTINCT": _distinct,
    "AEXPR_NOT_DISTINCT": _distinct,
    "AEXPR_NULLIF": _nullif,
    "AEXPR_IN": _in,
    "AEXPR_LIKE": _like,
    "AEXPR_ILIKE": _like,
    "AEXPR_SIMILAR": _similar,
    "AEXPR_BETWEEN": _between,
    "AEXPR_NOT_BETWEEN": _between,
    "AEXPR_BETWEEN_SYM": _between,
    "AEXPR_NOT_BETWEEN_SYM": _between,
}


def bool_expr(body: Body, level: int) -> str:
    """AND, OR, NOT."""
    args = body["args"]
    kind = body["boolop"]
    if kind == "NOT_EXPR":
        link = args[0].get("SubLink")
        if link is not None and link["subLinkType"] == "ANY_SUBLINK" and "operName" not in link:
            return enclosed(_in_query("NOT IN", MATCH, link), MATCH, level)
        return enclosed(f"NOT {write(args[0], NOT)}", NOT, level)
    word, binds = (" AND ", AND) if kind == "AND_EXPR" else (" OR ", OR)
    return enclosed(word.join([write(arg, binds + 1) for arg in args]), binds, level)


def null_test(body: Body, level: int) -> str:
    """IS [NOT] NULL."""
    words = "IS NOT NULL" if body["nulltesttype"] == "IS_NOT_NULL" else "IS NULL"
    return enclosed(f"{write(body['arg'], IS + 1)} {words}", IS, level)


def boolean_test(body: Body, level: int) -> str:
    """IS [NOT] TRUE, FALSE, UNKNOWN."""
    return enclosed(f"{write(body['arg'], IS + 1)} {body['booltesttype'].replace('_', ' ')}", IS, level)


def sub_link(body: Body, level: int) -> str:
    """A sub-query in an expression."""
    query = f"({write(body['subselect'], ANY_LEVEL)})"
    kind = body["subLinkType"]
    if kind == "EXPR_SUBLINK":
        return query
    if kind == "EXISTS_SUBLINK":
        return f"EXISTS {query}"
    if kind == "ARRAY_SUBLINK":
        return f"ARRAY{query}"
    text, binds = operator(body["operName"]) if "operName" in body else ("IN", MATCH)
    if "operName" in body:
        text = f"{_LIKE.get(text, text)} {'ANY' if kind == 'ANY_SUBLINK' else 'ALL'}"
    return enclosed(_in_query(text, binds, body), binds, level)


def _in_query(text: str, binds: int, body: Body) -> str:
    return f"{write(body['testexpr'], binds + 1)} {text} ({write(body['subselect'], ANY_LEVEL)})"


HANDLERS: Final[dict[str, Handler]] = {
    "A_Expr": a_expr,
    "BoolExpr": bool_expr,
    "NullTest": null_test,
    "BooleanTest": boolean_test,
    "SubLink": sub_link,
}
