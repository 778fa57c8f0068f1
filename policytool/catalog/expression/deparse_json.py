"""SQL text of the SQL/JSON expressions."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.deparse import ANY_LEVEL, IS, NOT, Handler, enclosed, listed, write
from policytool.catalog.expression.deparse_calls import filtered
from policytool.catalog.expression.deparse_tables import alias
from policytool.catalog.expression.deparse_types import type_text
from policytool.catalog.spelling import identifier

Body = dict[str, Any]

_WRAPPERS: Final = {
    "JSW_NONE": " WITHOUT WRAPPER",
    "JSW_CONDITIONAL": " WITH CONDITIONAL WRAPPER",
    "JSW_UNCONDITIONAL": " WITH WRAPPER",
}
_QUOTES: Final = {"JS_QUOTES_KEEP": " KEEP QUOTES", "JS_QUOTES_OMIT": " OMIT QUOTES"}
_FUNCTIONS: Final = {
    "JSON_EXISTS_OP": "JSON_EXISTS",
    "JSON_QUERY_OP": "JSON_QUERY",
    "JSON_VALUE_OP": "JSON_VALUE",
}
_ITEMS: Final = {"JS_TYPE_OBJECT": " OBJECT", "JS_TYPE_ARRAY": " ARRAY", "JS_TYPE_SCALAR": " SCALAR"}


def _format(body: Body) -> str:
    if body.get("format_type") != "JS_FORMAT_JSON":
        return ""
    encoding = body.get("encoding", "JS_ENC_DEFAULT").removeprefix("JS_ENC_")
    return " FORMAT JSON" + ("" if encoding == "DEFAULT" else f" ENCODING {encoding}")


def _value(body: Body) -> str:
    return write(body["raw_expr"], ANY_LEVEL) + _format(body.get("format", {}))


def _output(body: Body) -> str:
    if "output" not in body:
        return ""
    output = body["output"]
    return f" RETURNING {type_text(output['typeName'])}{_format(output.get('returning', {}).get('format', {}))}"


def _call(name: str, *parts: str) -> str:
    return f"{name}({' '.join(part.strip() for part in parts if part)})"


def _nulls(body: Body, usual: bool) -> str:
    absent = bool(body.get("absent_on_null"))
    return "" if absent == usual else " ABSENT ON NULL" if absent else " NULL ON NULL"


def _unique(body: Body) -> str:
    return " WITH UNIQUE KEYS" if body.get("unique") or body.get("unique_keys") else ""


def key_value(body: Body, level: int) -> str:
    """key: value."""
    return f"{write(body['key'], ANY_LEVEL)}: {_value(body['value'])}"


def object_constructor(body: Body, level: int) -> str:
    """JSON_OBJECT."""
    pairs = listed(body.get("exprs", ()))
    return _call("JSON_OBJECT", pairs, _nulls(body, False), _unique(body), _output(body))


def array_constructor(body: Body, level: int) -> str:
    """JSON_ARRAY of values."""
    nulls = _nulls(body, True) if "exprs" in body else ""
    return _call("JSON_ARRAY", listed(body.get("exprs", ())), nulls, _output(body))


def array_query(body: Body, level: int) -> str:
    """JSON_ARRAY of a query."""
    return _call("JSON_ARRAY", write(body["query"], ANY_LEVEL), _format(body.get("format", {})), _output(body))


def object_aggregate(body: Body, level: int) -> str:
    """JSON_OBJECTAGG."""
    inner, pair = body["constructor"], key_value(body["arg"], ANY_LEVEL)
    return _call("JSON_OBJECTAGG", pair, _nulls(body, False), _unique(body), _output(inner)) + filtered(inner)


def array_aggregate(body: Body, level: int) -> str:
    """JSON_ARRAYAGG."""
    inner = body["constructor"]
    order = f"ORDER BY {listed(inner['agg_order'])}" if "agg_order" in inner else ""
    return _call("JSON_ARRAYAGG", _value(body["arg"]), order, _nulls(body, True), _output(inner)) + filtered(inner)


def is_json(body: Body, level: int) -> str:
    """IS JSON."""
    words = _ITEMS.get(body.get("item_type", ""), "")
    return enclosed(f"{write(body['expr'], IS + 1)} IS JSON{words}{_unique(body)}", IS, level)


def _behavior(body: Body, key: str) -> str:
    if key not in body:
        return ""
    kind = body[key]["btype"].removeprefix("JSON_BEHAVIOR_").replace("_", " ")
    value = f" {write(body[key]['expr'], NOT)}" if "expr" in body[key] else ""
    return f" {kind}{value} {key.upper().replace('_', ' ')}"


def _passing(body: Body) -> str:
    arguments = [node["JsonArgument"] for node in body.get("passing", ())]
    parts = [f"{_value(argument['val'])} AS {identifier(argument['name'])}" for argument in arguments]
    return f" PASSING {', '.join(parts)}" if parts else ""


def function(body: Body, level: int) -> str:
    """JSON_VALUE, JSON_QUERY, JSON_EXISTS."""
    return _call(
        _FUNCTIONS[body["op"]],
        f"{_value(body['context_item'])}, {write(body['pathspec'], ANY_LEVEL)}",
        _passing(body),
        _output(body),
        _WRAPPERS.get(body.get("wrapper", ""), ""),
        _QUOTES.get(body.get("quotes", ""), ""),
        _behavior(body, "on_empty"),
        _behavior(body, "on_error"),
    )


def parse(body: Body, level: int) -> str:
    """JSON(…)."""
    return _call("JSON", _value(body["expr"]), _unique(body))


def scalar(body: Body, level: int) -> str:
    """JSON_SCALAR."""
    return _call("JSON_SCALAR", write(body["expr"], ANY_LEVEL))


def serialize(body: Body, level: int) -> str:
    """JSON_SERIALIZE."""
    return _call("JSON_SERIALIZE", _value(body["expr"]), _output(body))


def _path(body: Body) -> str:
    name = f" AS {identifier(body['name'])}" if "name" in body else ""
    return write(body["string"], ANY_LEVEL) + name


def table(body: Body, level: int) -> str:
    """JSON_TABLE in FROM."""
    lateral = "LATERAL " if body.get("lateral") else ""
    columns = f"COLUMNS ({listed(body['columns'])})"
    source = f"{_value(body['context_item'])}, {_path(body['pathspec'])}"
    return lateral + _call("JSON_TABLE", source, _passing(body), columns, _behavior(body, "on_error")) + alias(body)


def column(body: Body, level: int) -> str:
    """A column of JSON_TABLE."""
    kind = body["coltype"]
    path = f" PATH {_path(body['pathspec'])}" if "pathspec" in body else ""
    if kind == "JTC_NESTED":
        return f"NESTED{path} COLUMNS ({listed(body['columns'])})"
    name = identifier(body["name"])
    if kind == "JTC_FOR_ORDINALITY":
        return f"{name} FOR ORDINALITY"
    exists = kind == "JTC_EXISTS"
    text = f"{name} {type_text(body['typeName'])}{' EXISTS' if exists else ''}{_format(body.get('format', {}))}{path}"
    if not exists:
        text += _WRAPPERS.get(body.get("wrapper", ""), "") + _QUOTES.get(body.get("quotes", ""), "")
    return text + _behavior(body, "on_empty") + _behavior(body, "on_error")


HANDLERS: Final[dict[str, Handler]] = {
    "JsonKeyValue": key_value,
    "JsonValueExpr": lambda body, level: _value(body),
    "JsonObjectConstructor": object_constructor,
    "JsonArrayConstructor": array_constructor,
    "JsonArrayQueryConstructor": array_query,
    "JsonObjectAgg": object_aggregate,
    "JsonArrayAgg": array_aggregate,
    "JsonIsPredicate": is_json,
    "JsonFuncExpr": function,
    "JsonParseExpr": parse,
    "JsonScalarExpr": scalar,
    "JsonSerializeExpr": serialize,
    "JsonTable": table,
    "JsonTableColumn": column,
}
