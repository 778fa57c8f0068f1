"""Functions and procedures: CREATE, OR REPLACE and ALTER."""

from __future__ import annotations

from typing import Any, Final, Literal, cast

from msgspec.structs import replace

from policytool.catalog.build import assume, guc, routine_body
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, items, option_text, split_name, strings
from policytool.catalog.build.parameters import arguments_of, returns_of
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.routines import argument_types, kinds_of, resolve_function
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.model import Argument, Function, Name, Signature

_FAST_LANGUAGES: Final = frozenset({"internal", "c"})  # one call costs 1 there, 100 elsewhere
_NOT_OF_PROCEDURES: Final = frozenset(
    {"strict", "volatility", "leakproof", "support", "parallel", "cost", "rows", "window"}
)
_INPUT: Final = ("IN", "INOUT", "VARIADIC")


def create(state: State, node: Node) -> None:
    """CREATE [OR REPLACE] FUNCTION or PROCEDURE."""
    schema, name = split_name(node["funcname"])
    procedure = bool(node.get("is_procedure"))
    arguments = arguments_of(state, node)
    returns = None if procedure else returns_of(state, node, arguments)
    options = elements(node.get("options", []))
    language = _language(options, node)
    function = Function(
        schema=_schema(state, schema),
        name=name,
        owner=state.session.role,
        kind="procedure" if procedure else "function",
        arguments=arguments,
        returns=returns,
        language=language,
    )
    function = _with_options(state, function, options, creating=True)
    function = replace(function, **routine_body.of(state, node, function))
    store(state, function, replacing=bool(node.get("replace")))


def store(state: State, function: Function, *, replacing: bool) -> None:
    """Add a routine, or put it in the place of the one with the same arguments."""
    signature = function.signature
    old = state.functions.get(signature)
    if old is None:
        if signature[0] == "pg_temp":
            state.temporary.add(signature)
        grants = initial_grants(state, "FUNCTIONS", function.schema, function.owner)
        state.create("functions", signature, replace(function, grants=grants))
        return
    if not replacing and not _is_assumed(old):
        raise Refused("42723", f'function "{function.name}" already exists with same argument types')
    _check_replaced(old, function)
    changes = {f: getattr(function, f) for f in Function.__struct_fields__ if f not in _KEPT}
    state.update("functions", signature, **changes)


# What OR REPLACE leaves as it is; all the rest comes from the new statement.
_KEPT: Final = frozenset({"schema", "name", "owner", "grants", "comment", "origin", "made", "changed"})


def _schema(state: State, schema: str | None) -> str:
    return schema if schema == "pg_temp" else state.creation_schema(schema)


def _language(options: list[Node], node: Node) -> str:
    for option in options:
        if option["defname"] == "language":
            return option_text(option) or ""
    if "sql_body" in node:
        return "sql"
    if any(option["defname"] == "as" for option in options):
        raise Refused("42P13", "no language specified")
    raise Refused("42P13", "no function body specified")


def _check_replaced(old: Function, new: Function) -> None:
    if _is_assumed(old):
        return
    if old.kind != new.kind:
        raise Refused("42809", "cannot change routine kind")
    if old.returns != new.returns or _row(old) != _row(new):
        raise Refused("42P13", "cannot change return type of existing function")
    before, after = _inputs(old), _inputs(new)
    for one, other in zip(before, after, strict=True):
        if one.name is not None and one.name != other.name:
            raise Refused("42P13", f'cannot change name of input parameter "{one.name}"')
    if sum(a.default is not None for a in after) < sum(a.default is not None for a in before):
        raise Refused("42P13", "cannot remove parameter defaults from existing function")


def _is_assumed(function: Function) -> bool:
    """Whether no statement made it, so that nothing of it is known but its arguments."""
    return function.kind == "function" and function.language == "sql" and not function.body and not function.atomic


def _inputs(function: Function) -> list[Argument]:
    return [argument for argument in function.arguments if argument.mode in _INPUT]


def _row(function: Function) -> list[tuple[str | None, str]]:
    """The columns of the row that a function's OUT parameters make; one alone is a plain value and has no name."""
    columns = [(a.name, a.type) for a in function.arguments if a.mode in ("OUT", "INOUT", "TABLE")]
    return columns if len(columns) > 1 else []


# --- options --------------------------------------------------------------------------------------------------------


def _with_options(state: State, function: Function, options: list[Node], *, creating: bool) -> Function:
    """The function after LANGUAGE, STABLE, SECURITY DEFINER, SET and the like."""
    seen: set[str] = set()
    for option in options:
        name = option["defname"]
        if name in seen and name != "set":
            raise Refused("42601", "conflicting or redundant options")
        seen.add(name)
        if function.kind == "procedure" and name in _NOT_OF_PROCEDURES:
            raise Refused("42P13", "invalid attribute in procedure definition")
        function = replace(function, **_option(state, function, name, option))
    if "rows" in seen and not _is_set(function):
        raise Refused("22023", "ROWS is not applicable when function does not return a set")
    if creating and function.kind == "function" and function.rows is not None and not _is_set(function):
        return replace(function, rows=None)
    return function


def _option(state: State, function: Function, name: str, option: Node) -> dict[str, Any]:
    match name:
        case "security":
            return {"security_definer": option_text(option) == "true"}
        case "strict" | "leakproof":
            return {name: option_text(option) == "true"}
        case "volatility":
            return {"volatility": (option_text(option) or "").upper()}
        case "parallel":
            return {"parallel": parallel(option_text(option) or "")}
        case "set":
            return {"settings": _settings(state, function, option)}
        case "cost":
            return {"cost": _number(option, default=1.0 if function.language in _FAST_LANGUAGES else 100.0)}
        case "rows":
            return {"rows": _number(option, default=1000.0)}
        case "support":
            return {"support": _support(state, option)}
        case "window":
            return {"kind": "window"}
        case "language" | "as" | "transform":
            return {}
    raise NotModelled(f"the function attribute {name} is not understood", security=False)


def parallel(text: str) -> Literal["UNSAFE", "RESTRICTED", "SAFE"]:
    """A value of PARALLEL."""
    if text not in ("unsafe", "safe", "restricted"):
        raise Refused("42601", 'parameter "parallel" must be SAFE, RESTRICTED, or UNSAFE')
    return cast("Literal['UNSAFE', 'RESTRICTED', 'SAFE']", text.upper())


def _settings(state: State, function: Function, option: Node) -> tuple[str, ...]:
    try:
        return guc.applied(state, function.settings, option["arg"]["VariableSetStmt"])
    except NotModelled as error:
        state.record(error.message, kind="CreateFunctionStmt", security=error.security)
        return function.settings


def _number(option: Node, *, default: float) -> float | None:
    """COST or ROWS; None where it is what Postgres takes anyway."""
    value = float(option_text(option) or 0)
    if value <= 0:
        raise Refused("22023", f"{option['defname'].upper()} must be positive")
    return None if value == default else value


def _support(state: State, option: Node) -> Name:
    schema, name = split_name(items(option["arg"]))
    found = names_of(state).function(schema, name, 1)
    return found if found is not None else (schema or "pg_catalog", name)


def _is_set(function: Function) -> bool:
    return (function.returns or "").startswith("SETOF ")


# --- ALTER ----------------------------------------------------------------------------------------------------------


def alter(state: State, node: Node) -> None:
    """ALTER FUNCTION, PROCEDURE or ROUTINE, apart from its name, owner and schema."""
    signature = _altered(state, node)
    function = state.functions[signature]
    if function.kind == "aggregate":
        raise Refused("42809", f'"{function.name}" is an aggregate function')
    changed = _with_options(state, function, elements(node.get("actions", [])), creating=False)
    changes = {f: getattr(changed, f) for f in Function.__struct_fields__ if f not in _KEPT}
    state.update("functions", signature, **changes)


def _altered(state: State, node: Node) -> Signature:
    """The function that a statement is about; assumed where no statement made any of that name."""
    kinds = kinds_of(node.get("objtype", "OBJECT_FUNCTION"))
    try:
        return resolve_function(state, node["func"], kinds)
    except Refused as refusal:
        schema, name = split_name(node["func"]["objname"])
        if refusal.sqlstate != "42883" or state.find_functions(schema, name):
            raise
        if schema in ("pg_catalog", "information_schema"):
            raise NotModelled(f"{'.'.join(strings(node['func']['objname']))} is Postgres's own") from refusal
        return assume.function(state, schema, name, argument_types(state, node["func"]))


HANDLERS: dict[str, Handler] = {"CreateFunctionStmt": create, "AlterFunctionStmt": alter}
