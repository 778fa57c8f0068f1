"""CREATE AGGREGATE."""

from __future__ import annotations

from typing import Final

from policytool.catalog.build import functions
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, option_name, option_text, split_name
from policytool.catalog.build.parameters import arguments_of
from policytool.catalog.build.routines import argument_type
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.types import type_name
from policytool.catalog.model import Argument, Function
from policytool.catalog.spelling import literal, qualified

_FUNCTIONS: Final = frozenset(
    {"sfunc", "finalfunc", "combinefunc", "serialfunc", "deserialfunc", "msfunc", "minvfunc", "mfinalfunc", "sortop"}
)
_TYPES: Final = frozenset({"stype", "mstype"})
_OLD_NAMES: Final = {"sfunc1": "sfunc", "stype1": "stype", "initcond1": "initcond"}
_LEFT_OUT: Final = frozenset({"basetype", "parallel"})


def create(state: State, node: Node) -> None:
    """CREATE [OR REPLACE] AGGREGATE, a DefineStmt of OBJECT_AGGREGATE."""
    schema, name = split_name(node["defnames"])
    parts = {_part(element): element for element in elements(node.get("definition", []))}
    for needed in ("stype", "sfunc"):
        if needed not in parts:
            raise Refused("42P13", f"aggregate {needed} must be specified")
    parallel = option_text(parts["parallel"]) if "parallel" in parts else "unsafe"
    aggregate = Function(
        schema=state.creation_schema(schema),
        name=name,
        owner=state.session.role,
        kind="aggregate",
        arguments=_arguments(state, node, parts),
        returns=_returns(state, parts),
        language="internal",
        volatility="IMMUTABLE",
        parallel=functions.parallel(parallel or ""),
        body="aggregate_dummy",
        definition=", ".join(f"{key.upper()} = {_value(state, key, parts[key])}" for key in _order(parts)),
    )
    functions.store(state, aggregate, replacing=bool(node.get("replace")))


def _part(element: Node) -> str:
    name: str = element["defname"]
    return _OLD_NAMES.get(name, name)


def _order(parts: dict[str, Node]) -> list[str]:
    """The parts in an order that does not depend on how they were written."""
    first = [name for name in ("sfunc", "stype") if name in parts]
    return first + sorted(name for name in parts if name not in first and name not in _LEFT_OUT)


def _arguments(state: State, node: Node, parts: dict[str, Node]) -> tuple[Argument, ...]:
    if node.get("oldstyle"):
        base = parts.get("basetype")
        if base is None:
            raise Refused("42P13", "aggregate input type must be specified")
        if (option_text(base) or "").lower() == "any":
            return ()
        return (Argument(type=argument_type(state, base["arg"]["TypeName"], assumed=True)),)
    given = node.get("args", [{}])[0].get("List", {}).get("items", [])
    return arguments_of(state, {"parameters": given})


def _returns(state: State, parts: dict[str, Node]) -> str | None:
    """What the final function returns, or the state itself; None where the final function is not known."""
    final = parts.get("finalfunc")
    if final is None:
        return argument_type(state, parts["stype"]["arg"]["TypeName"])
    schema, name = option_name(final) or (None, "")
    found = state.find_functions(schema, name)
    return state.functions[found[0]].returns if found else None


def _value(state: State, key: str, element: Node) -> str:
    if key in _TYPES and "TypeName" in element.get("arg", {}):
        return type_name(element["arg"]["TypeName"], names_of(state))
    if key in _FUNCTIONS:
        schema, name = option_name(element) or (None, "")
        if key != "sortop":
            schema, name = names_of(state).function(schema, name, None) or (schema, name)
        return qualified(None if schema == "pg_catalog" else schema, name)
    text = option_text(element)
    if key in ("initcond", "minitcond"):
        return literal(text or "")
    return "TRUE" if text is None else text.upper()
