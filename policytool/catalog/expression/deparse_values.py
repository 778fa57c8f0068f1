"""SQL text of constants, names, casts, arrays, rows and CASE."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.deparse import (
    ANY_LEVEL,
    CAST,
    COLLATE,
    MINUS,
    SUBSCRIPT,
    Handler,
    dotted,
    enclosed,
    listed,
    write,
)
from policytool.catalog.expression.deparse_types import type_text
from policytool.catalog.spelling import identifier, literal

Body = dict[str, Any]


def a_const(body: Body, level: int) -> str:
    """A constant."""
    if "sval" in body:
        return literal(body["sval"].get("sval", ""))
    if "ival" in body:
        return _number(str(body["ival"].get("ival", 0)), level)
    if "boolval" in body:
        return "TRUE" if body["boolval"].get("boolval") else "FALSE"
    if "fval" in body:
        return _number(body["fval"].get("fval", "0"), level)
    if "bsval" in body:
        bits = body["bsval"].get("bsval", "b")
        return f"{bits[:1].upper()}'{bits[1:]}'"
    return "NULL"


def _number(text: str, level: int) -> str:
    return enclosed(text, MINUS, level) if text[0] == "-" else text


def column_ref(body: Body, level: int) -> str:
    """A column, or a star."""
    return ".".join([identifier(f["String"].get("sval", "")) if "String" in f else "*" for f in body["fields"]])


def param_ref(body: Body, level: int) -> str:
    """A numbered parameter."""
    return f"${body.get('number', 0)}"


def a_indirection(body: Body, level: int) -> str:
    """Subscripts and fields of a value."""
    arg, steps = body["arg"], body["indirection"]
    bare = "ParamRef" in arg or ("ColumnRef" in arg and "A_Indices" in steps[0])
    text = write(arg, ANY_LEVEL)
    if not bare and not ("SubLink" in arg and arg["SubLink"]["subLinkType"] == "EXPR_SUBLINK"):
        text = f"({text})"
    return enclosed(text + indirection(steps), SUBSCRIPT, level) if level > CAST else text + indirection(steps)


def indirection(steps: list[Body]) -> str:
    """What follows a name or value: `[1]`, `[1:2]`, `.field`, `.*`."""
    return "".join(map(_step, steps))


def _step(step: Body) -> str:
    match step:
        case {"A_Indices": indices}:
            upper = write(indices["uidx"], ANY_LEVEL) if "uidx" in indices else ""
            lower = write(indices["lidx"], ANY_LEVEL) if "lidx" in indices else ""
            return f"[{lower}:{upper}]" if indices.get("is_slice") else f"[{upper}]"
        case {"String": text}:
            return f".{identifier(text.get('sval', ''))}"
    return ".*"


def type_cast(body: Body, level: int) -> str:
    """A cast."""
    return enclosed(f"{write(body['arg'], CAST)}::{type_text(body['typeName'])}", CAST, level)


def collate_clause(body: Body, level: int) -> str:
    """COLLATE."""
    return enclosed(f"{write(body['arg'], COLLATE)} COLLATE {dotted(body['collname'])}", COLLATE, level)


def case_expr(body: Body, level: int) -> str:
    """CASE."""
    parts = ["CASE"]
    if "arg" in body:
        parts.append(write(body["arg"], ANY_LEVEL))
    for branch in body["args"]:
        when = branch["CaseWhen"]
        parts.append(f"WHEN {write(when['expr'], ANY_LEVEL)} THEN {write(when['result'], ANY_LEVEL)}")
    if "defresult" in body:
        parts.append(f"ELSE {write(body['defresult'], ANY_LEVEL)}")
    return " ".join([*parts, "END"])


def row_expr(body: Body, level: int) -> str:
    """ROW(…), or a list in parentheses."""
    word = "" if body.get("row_format") == "COERCE_IMPLICIT_CAST" else "ROW"
    return f"{word}({listed(body.get('args', ()))})"


def a_array_expr(body: Body, level: int) -> str:
    """ARRAY[…]."""
    return f"ARRAY[{listed(body.get('elements', ()))}]"


def current_of(body: Body, level: int) -> str:
    """WHERE CURRENT OF."""
    return f"CURRENT OF {identifier(body.get('cursor_name', ''))}"


def _constant(text: str) -> Handler:
    return lambda body, level: text


HANDLERS: Final[dict[str, Handler]] = {
    "A_Const": a_const,
    "ColumnRef": column_ref,
    "ParamRef": param_ref,
    "A_Indirection": a_indirection,
    "TypeCast": type_cast,
    "CollateClause": collate_clause,
    "CaseExpr": case_expr,
    "RowExpr": row_expr,
    "A_ArrayExpr": a_array_expr,
    "CurrentOfExpr": current_of,
    "SetToDefault": _constant("DEFAULT"),
    "A_Star": _constant("*"),
    "String": lambda body, level: identifier(body.get("sval", "")),
    "List": lambda body, level: f"({listed(body.get('items', ()))})",
}
