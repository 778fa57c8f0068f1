"""Canonical constants, columns, casts, arrays, rows, CASE and the like."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.kinds import element
from policytool.catalog.expression.literals import number, plain_number
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.rewrite import Body, Rewriter, Typed, rewrite, value, values
from policytool.catalog.expression.rewrite_casts import array, cast, constant_of, fit, natural, unify, wrapped
from policytool.catalog.expression.scope import Entry, Scope
from policytool.catalog.expression.types import type_name
from policytool.catalog.spelling import qualified


def a_const(body: Body, scope: Scope) -> Typed:
    """A constant; a string has no type yet."""
    if "sval" in body or "isnull" in body:
        return {"A_Const": body}, None
    if "ival" in body:
        return {"A_Const": body}, "integer"
    if "boolval" in body:
        return {"A_Const": body}, "boolean"
    if "fval" in body:
        return _decimal(body["fval"]["fval"].replace("_", ""))
    return _bits(body["bsval"].get("bsval", "b")), "bit"


def _decimal(text: str) -> Typed:
    plain = plain_number(text) or text
    node = {"A_Const": {"fval": {"fval": plain}}}
    # 1e3 and 5. are decimals though they come out whole.
    whole = "." not in plain and not text.lstrip("-").isdigit()
    return (wrapped(number(plain), "integer", "numeric"), "numeric") if whole else (node, natural(node))


def _bits(text: str) -> Node:
    digits = text[1:] if text[0] == "b" else "".join(f"{int(digit, 16):04b}" for digit in text[1:])
    return wrapped({"A_Const": {"sval": {"sval": digits}}}, None, '"bit"')


def column_ref(body: Body, scope: Scope) -> Typed:
    """A column, under the name that its table has here; at the level of a table's own expressions without it."""
    fields = body["fields"]
    if "A_Star" in fields[-1]:
        return _star(fields, scope)
    parts = [field["String"].get("sval", "") for field in fields]
    name = parts[-1]
    if len(parts) == 1:
        owner = scope.column(name)
        if owner is not None:
            return scope.written(owner, name), scope.plain(owner.type_of(name))
        row = scope.entry(name)
        if row is not None and row.scalar:
            return scope.written(row, row.columns[0][0]), scope.plain(row.columns[0][1])
        if row is not None:
            return whole_row(row), row.row_type()
        scope.uses += 1
        return {"ColumnRef": {"fields": fields}}, None
    entry = scope.entry(parts[-2], parts[-3] if len(parts) > 2 else None)
    if entry is None:
        scope.uses += 1
        return {"ColumnRef": {"fields": fields}}, None
    return scope.written(entry, name), scope.plain(entry.type_of(name))


def whole_row(entry: Entry) -> Node:
    """The row of a table as one value."""
    return {"ColumnRef": {"fields": [{"String": {"sval": entry.name}}, {"A_Star": {}}]}}


def _star(fields: list[Node], scope: Scope) -> Typed:
    if len(fields) == 1:
        return {"ColumnRef": {"fields": fields}}, None
    parts = [field["String"].get("sval", "") for field in fields[:-1]]
    entry = scope.entry(parts[-1], parts[-2] if len(parts) > 1 else None)
    return ({"ColumnRef": {"fields": fields}}, None) if entry is None else (whole_row(entry), entry.row_type())


def type_cast(body: Body, scope: Scope) -> Typed:
    """A cast."""
    spelled = spelled_type(body["typeName"], scope)
    item = rewrite(body["arg"], scope)
    if spelled == "regclass" and "sval" in item[0].get("A_Const", {}):
        item = (relation_constant(item[0], scope), None)
    node, own = cast(item, spelled)
    return node, scope.plain(own)


def spelled_type(node: Body, scope: Scope) -> str:
    """The canonical spelling of a type name."""
    return str(node["spelled"]) if "spelled" in node else type_name(node, scope.names)


def relation_constant(node: Node, scope: Scope) -> Node:
    """The name of a table or sequence in a string, qualified."""
    text = node["A_Const"]["sval"].get("sval", "")
    parts = [part.strip('"') if part[:1] == '"' else part.lower() for part in text.split(".")]
    if not 1 <= len(parts) <= 2 or not all(parts):
        return node
    found = scope.names.relation(parts[-2] if len(parts) > 1 else None, parts[-1])
    schema, name = (found.schema, found.name) if found else (parts[-2] if len(parts) > 1 else None, parts[-1])
    return {"A_Const": {"sval": {"sval": qualified(schema, name)}}}


def a_array_expr(body: Body, scope: Scope) -> Typed:
    """ARRAY[…]."""
    return array([rewrite(item, scope) for item in body.get("elements", ())])


def a_indirection(body: Body, scope: Scope) -> Typed:
    """Subscripts and fields of a value."""
    arg, own = rewrite(body["arg"], scope)
    steps: list[Any] = []
    for step in body["indirection"]:
        if "A_Indices" in step:
            own = own if own == "jsonb" or step["A_Indices"].get("is_slice") else element(own)
            steps.append({"A_Indices": {k: _subscript(v, scope) for k, v in step["A_Indices"].items()}})
        else:
            name = step.get("String", {}).get("sval")
            whole: list[Node] = arg.get("ColumnRef", {}).get("fields", []) if not steps else []
            if len(whole) > 1 and "A_Star" in whole[-1] and name is not None:
                arg, own = column_ref({"fields": [*whole[:-1], step]}, scope)
                continue
            own = _field(own, name, scope)
            steps.append(step)
    if not steps:
        return arg, own
    return {"A_Indirection": {"arg": arg, "indirection": steps}}, own


def _field(own: str | None, name: str | None, scope: Scope) -> str | None:
    """The type of a field of a composite value."""
    schema, _, kind = (own or "").rpartition(".")
    found = scope.names.relation(schema, kind) if schema and name is not None else None
    types = dict(found.columns) if found is not None else {}
    return scope.plain(types.get(name or ""))


def _subscript(item: Any, scope: Scope) -> Any:
    return fit(rewrite(item, scope), None) if isinstance(item, dict) else item


def row_expr(body: Body, scope: Scope) -> Typed:
    """ROW(…)."""
    return {"RowExpr": {"args": [fit(rewrite(a, scope), "text") for a in body.get("args", ())]}}, "record"


def coalesce(body: Body, scope: Scope) -> Typed:
    """COALESCE."""
    nodes, own = unify([rewrite(arg, scope) for arg in body["args"]])
    return {"CoalesceExpr": {"args": nodes}}, own


def min_max(body: Body, scope: Scope) -> Typed:
    """GREATEST, LEAST."""
    nodes, own = unify([rewrite(arg, scope) for arg in body["args"]])
    return {"MinMaxExpr": {"op": body["op"], "args": nodes}}, own


def case_expr(body: Body, scope: Scope) -> Typed:
    """CASE; ELSE NULL goes without saying."""
    branches = [branch["CaseWhen"] for branch in body["args"]]
    results = [rewrite(branch["result"], scope) for branch in branches]
    default = rewrite(body["defresult"], scope) if "defresult" in body else None
    if default is not None and "isnull" in (constant_of(default[0]) or ()):
        default = None
    nodes, own = unify(results if default is None else [*results, default])
    subject = rewrite(body["arg"], scope) if "arg" in body else None
    conditions = [_condition(branch["expr"], subject, scope) for branch in branches]
    pairs = zip(conditions, nodes, strict=False)
    made: Body = {"args": [{"CaseWhen": {"expr": expr, "result": result}} for expr, result in pairs]}
    if subject is not None:
        made["arg"] = fit(subject, None)
    if default is not None:
        made["defresult"] = nodes[-1]
    return {"CaseExpr": made}, own


def _condition(node: Node, subject: Typed | None, scope: Scope) -> Node:
    item = rewrite(node, scope)
    return item[0] if subject is None else fit(item, subject[1])


def grouping(body: Body, scope: Scope) -> Typed:
    """GROUPING(…)."""
    return {"GroupingFunc": {"args": values(body["args"], scope)}}, "integer"


def collate_clause(body: Body, scope: Scope) -> Typed:
    """COLLATE."""
    names = body["collname"]
    if len(names) > 1 and names[0]["String"]["sval"] == "pg_catalog":
        names = names[1:]
    arg, own = rewrite(body["arg"], scope)
    return {"CollateClause": {"arg": fit((arg, own), None), "collname": names}}, own


def null_test(body: Body, scope: Scope) -> Typed:
    """IS [NOT] NULL."""
    return {"NullTest": {"arg": value(body["arg"], scope), "nulltesttype": body["nulltesttype"]}}, "boolean"


def boolean_test(body: Body, scope: Scope) -> Typed:
    """IS [NOT] TRUE, FALSE, UNKNOWN."""
    return {"BooleanTest": {"arg": value(body["arg"], scope), "booltesttype": body["booltesttype"]}}, "boolean"


_SESSION: Final = {
    "CURRENT_DATE": "date",
    "CURRENT_TIME": "time with time zone",
    "CURRENT_TIMESTAMP": "timestamp with time zone",
    "LOCALTIME": "time without time zone",
    "LOCALTIMESTAMP": "timestamp without time zone",
}


def sql_value_function(body: Body, scope: Scope) -> Typed:
    """CURRENT_USER, CURRENT_TIMESTAMP and their like."""
    name = body["op"].removeprefix("SVFOP_").removesuffix("_N")
    return {"SQLValueFunction": body}, _SESSION.get(name, "name")


def expressions(body: Body, scope: Scope) -> Typed:
    """A bare list."""
    return {"List": {"items": values(body.get("items", ()), scope)}}, None


REWRITERS: Final[dict[str, Rewriter]] = {
    "A_Const": a_const,
    "ColumnRef": column_ref,
    "TypeCast": type_cast,
    "A_ArrayExpr": a_array_expr,
    "A_Indirection": a_indirection,
    "RowExpr": row_expr,
    "CoalesceExpr": coalesce,
    "MinMaxExpr": min_max,
    "CaseExpr": case_expr,
    "CollateClause": collate_clause,
    "GroupingFunc": grouping,
    "NullTest": null_test,
    "BooleanTest": boolean_test,
    "SQLValueFunction": sql_value_function,
    "List": expressions,
    "TypeName": lambda body, scope: ({"TypeName": {"spelled": spelled_type(body, scope)}}, None),
}
