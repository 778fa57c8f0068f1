"""The name that an output column gets by itself, as FigureColname() in PostgreSQL's parse_target.c chooses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from policytool.catalog.expression.names import Node

UNNAMED: Final = "?column?"
_INTERNAL: Final = {
    "bit varying": "varbit",
    "boolean": "bool",
    "character": "bpchar",
    "character varying": "varchar",
    "real": "float4",
    "double precision": "float8",
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "time without time zone": "time",
    "time with time zone": "timetz",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}
_FIXED: Final = {
    "A_ArrayExpr": "array",
    "RowExpr": "row",
    "CoalesceExpr": "coalesce",
    "GroupingFunc": "grouping",
    "XmlSerialize": "xmlserialize",
    "JsonParseExpr": "json",
    "JsonScalarExpr": "json_scalar",
    "JsonSerializeExpr": "json_serialize",
    "JsonObjectConstructor": "json_object",
    "JsonArrayConstructor": "json_array",
    "JsonArrayQueryConstructor": "json_array",
    "JsonObjectAgg": "json_objectagg",
    "JsonArrayAgg": "json_arrayagg",
}
_XML: Final = {
    "IS_XMLCONCAT": "xmlconcat",
    "IS_XMLELEMENT": "xmlelement",
    "IS_XMLFOREST": "xmlforest",
    "IS_XMLPARSE": "xmlparse",
    "IS_XMLPI": "xmlpi",
    "IS_XMLROOT": "xmlroot",
    "IS_DOCUMENT": "",
}
_JSON: Final = {"JSON_EXISTS_OP": "json_exists", "JSON_QUERY_OP": "json_query", "JSON_VALUE_OP": "json_value"}


def figure(node: Node) -> str:
    """The name of an output column that says none."""
    return _figure(node)[0] or UNNAMED


def _figure(node: Node) -> tuple[str, int]:
    """A name and how good it is: 2 chosen, 1 for want of a better one, 0 none."""
    for kind, body in node.items():
        if kind in _FIXED:
            return _FIXED[kind], 2
        namer = _NAMERS.get(kind)
        return namer(body) if namer is not None else ("", 0)
    return "", 0


def _column(body: dict[str, Any]) -> tuple[str, int]:
    field = body["fields"][-1]
    return (field["String"].get("sval", ""), 2) if "String" in field else ("", 0)


def _indirection(body: dict[str, Any]) -> tuple[str, int]:
    fields = [step["String"].get("sval", "") for step in body["indirection"] if "String" in step]
    return (fields[-1], 2) if fields else _figure(body["arg"])


def _call(body: dict[str, Any]) -> tuple[str, int]:
    return body["funcname"][-1]["String"]["sval"], 2


def _operator(body: dict[str, Any]) -> tuple[str, int]:
    return ("nullif", 2) if body["kind"] == "AEXPR_NULLIF" else ("", 0)


def _cast(body: dict[str, Any]) -> tuple[str, int]:
    name, quality = _figure(body["arg"])
    return (name, quality) if quality > 1 else (internal(body["typeName"]), 1)


def internal(node: dict[str, Any]) -> str:
    """The name of a type in pg_type, without schema and without [] of an array."""
    if "spelled" not in node:
        return str(node["names"][-1]["String"]["sval"])
    spelled = re.sub(r"\([^()]*\)", "", node["spelled"]).removesuffix("[]")
    if spelled.startswith("interval"):
        return "interval"
    last = re.search(r'(?:"((?:[^"]|"")*)"|([^."]+))\Z', spelled)
    plain = spelled if last is None else (last[1] or "").replace('""', '"') or last[2]
    return _INTERNAL.get(plain, plain)


def _collation(body: dict[str, Any]) -> tuple[str, int]:
    return _figure(body["arg"])


def _query(body: dict[str, Any]) -> tuple[str, int]:
    kind = body["subLinkType"]
    if kind in ("EXISTS_SUBLINK", "ARRAY_SUBLINK"):
        return ("exists" if kind == "EXISTS_SUBLINK" else "array"), 2
    targets = body["subselect"].get("SelectStmt", {}).get("targetList")
    if kind != "EXPR_SUBLINK" or not targets:
        return "", 0
    target = targets[0]["ResTarget"]
    return (target["name"], 2) if "name" in target else _figure(target["val"])


def _case(body: dict[str, Any]) -> tuple[str, int]:
    name, quality = _figure(body["defresult"]) if "defresult" in body else ("", 0)
    return (name, quality) if quality > 1 else ("case", 1)


def _session(body: dict[str, Any]) -> tuple[str, int]:
    return body["op"].removeprefix("SVFOP_").removesuffix("_N").lower(), 2


def _least(body: dict[str, Any]) -> tuple[str, int]:
    return ("greatest" if body["op"] == "IS_GREATEST" else "least"), 2


_NAMERS: Final[dict[str, Callable[[dict[str, Any]], tuple[str, int]]]] = {
    "ColumnRef": _column,
    "A_Indirection": _indirection,
    "FuncCall": _call,
    "A_Expr": _operator,
    "TypeCast": _cast,
    "CollateClause": _collation,
    "SubLink": _query,
    "CaseExpr": _case,
    "SQLValueFunction": _session,
    "MinMaxExpr": _least,
    "XmlExpr": lambda body: (_XML.get(body["op"], ""), 2),
    "JsonFuncExpr": lambda body: (_JSON.get(body["op"], ""), 2),
}
