"""Bodies of routines: a string as it is written, or SQL of the standard in canonical text."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.build import mentions, spans
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, items, strings
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.canonical import canonical, canonical_query
from policytool.catalog.expression.names import Names, Relation
from policytool.catalog.model import Function

_STRING: Final = "as"
_QUERIES: Final = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})


def of(state: State, node: Node, function: Function) -> dict[str, Any]:
    """The fields of a function that its body fills."""
    source = next((o for o in elements(node.get("options", [])) if o["defname"] == _STRING), None)
    if "sql_body" in node:
        if source is not None:
            raise Refused("42P13", "duplicate function body specified")
        if function.language != "sql":
            raise Refused("42P13", "inline SQL function body only valid for language SQL")
        mentions.assume_relations(state, node["sql_body"])
        text = standard(node["sql_body"], names_of(state), function)
        return {"body": text, "atomic": True, "body_at": state.at}
    if source is None:
        raise Refused("42P13", "no function body specified")
    parts = strings(items(source["arg"]))
    if len(parts) > 1 and function.language != "c":
        raise Refused("42P13", f'only one AS item needed for language "{function.language}"')
    # The second string of a C function is its link symbol, which is what pg_proc.prosrc holds.
    body = function.name if function.language == "c" and len(parts) == 1 else parts[-1]
    return {"body": body, "atomic": False, "body_at": spans.string_body(state, source.get("arg_location", 0))}


def standard(node: Node, names: Names, function: Function) -> str:
    """The canonical text of RETURN … or BEGIN ATOMIC … END."""
    plain = _plain(node, function)
    variables = tuple((a.name, a.type) for a in function.arguments if a.name is not None)
    extra = (Relation("", "", variables),)
    if "ReturnStmt" in plain:
        return f"RETURN {canonical(plain['ReturnStmt']['returnval'], names, extra=extra)}"
    statements = [inner for part in items(plain) for inner in (items(part) or [part]) if inner]
    written = [f"{_statement(statement, names, extra)};" for statement in statements]
    return " ".join(("BEGIN ATOMIC", *written, "END"))


def _statement(node: Node, names: Names, extra: tuple[Relation, ...]) -> str:
    if "ReturnStmt" in node:
        return f"RETURN {canonical(node['ReturnStmt']['returnval'], names, extra=extra)}"
    kind = next(iter(node))
    if kind not in _QUERIES:
        raise Refused("0A000", f"{kind.removesuffix('Stmt')} is not yet supported in unquoted function body")
    return canonical_query(node, names, extra=extra)


def _plain(node: Any, function: Function) -> Any:
    """The tree with `$1` and `function.argument` written as plain argument names, as Postgres may show either."""
    if isinstance(node, list):
        return [_plain(item, function) for item in node]
    if not isinstance(node, dict):
        return node
    named = {a.name for a in function.arguments if a.name is not None}
    match node:
        case {"ParamRef": {"number": int(number)}}:
            inputs = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
            name = inputs[number - 1].name if number <= len(inputs) else None
            return {"ColumnRef": {"fields": [{"String": {"sval": name}}]}} if name else node
        case {"ColumnRef": {"fields": [{"String": {"sval": str(first)}}, {"String": {"sval": str(second)}}]}}:
            if first == function.name and second in named:
                return {"ColumnRef": {"fields": [{"String": {"sval": second}}]}}
    return {key: _plain(value, function) for key, value in node.items()}
