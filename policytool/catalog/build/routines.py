"""Which function a statement means: by its name and the types of its arguments, or by its name alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from policytool.catalog.build import assume
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, split_name, type_parts
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.types import is_built_in, type_name
from policytool.catalog.model import Function, Signature

FUNCTIONS: Final = frozenset({"function", "window", "aggregate"})  # what FUNCTION means in GRANT and COMMENT ON
PROCEDURES: Final = frozenset({"procedure"})
AGGREGATES: Final = frozenset({"aggregate"})
ROUTINES: Final = FUNCTIONS | PROCEDURES
_KINDS: Final = {
    "OBJECT_FUNCTION": FUNCTIONS,
    "OBJECT_PROCEDURE": PROCEDURES,
    "OBJECT_AGGREGATE": AGGREGATES,
    "OBJECT_ROUTINE": ROUTINES,
}
_INPUT_MODES: Final = frozenset({"FUNC_PARAM_IN", "FUNC_PARAM_INOUT", "FUNC_PARAM_VARIADIC", "FUNC_PARAM_DEFAULT"})
_MODIFIER: Final = re.compile(r"\([^()]*\)")


def kinds_of(object_type: str) -> frozenset[str]:
    """The kinds of routine that OBJECT_FUNCTION, OBJECT_PROCEDURE, OBJECT_AGGREGATE or OBJECT_ROUTINE covers."""
    return _KINDS.get(object_type, ROUTINES)


def resolve_function(state: State, node: Node, kinds: Collection[str]) -> Signature:
    """The function that an ObjectWithArgs names (LookupFuncWithArgs)."""
    schema, name = split_name(node["objname"])
    if node.get("args_unspecified"):
        return _by_name(state, schema, name, kinds)
    types = argument_types(state, node)
    for signature in _visible(state, schema, name):
        if signature[2] == types:
            return _of_kind(state.functions[signature], kinds)
    if "procedure" in kinds:
        for signature in _visible(state, schema, name):
            if _with_outputs(state.functions[signature]) == _all_types(state, node):
                return signature
    raise Refused("42883", f"{_noun(kinds)} {name}({', '.join(types)}) does not exist")


def argument_types(state: State, node: Node) -> tuple[str, ...]:
    """The types of the input arguments that an ObjectWithArgs spells out."""
    return tuple(argument_type(state, argument["TypeName"]) for argument in node.get("objargs", []) if argument)


def argument_type(state: State, node: Node, *, assumed: bool = False) -> str:
    """A type as a function's argument has it: without length or precision; `assumed` makes up one that is missing."""
    if assumed:
        assume_type(state, node)
    return without_modifiers(type_name(node, names_of(state)))


def without_modifiers(spelled: str) -> str:
    """A type's name without length or precision, as format_type() spells it when it is given no typmod."""
    if spelled.startswith("interval"):
        return "interval[]" if spelled.endswith("[]") else "interval"
    if "(" in spelled and '"' not in spelled:
        spelled = _MODIFIER.sub("", spelled)
    return {"bpchar": "character", "bpchar[]": "character[]"}.get(spelled, spelled)


def assume_type(state: State, node: Node) -> None:
    """Take the type that a TypeName names to exist, unless it does."""
    if node.get("pct_type"):
        return
    schema, name = type_parts(node)
    if schema in (None, "pg_catalog") and (is_built_in(name) or is_built_in(name[1:])):
        return
    if schema in ("pg_catalog", "information_schema") or is_multirange(state, schema, name):
        return
    assume.type(state, schema, name, node.get("location", 0))


def is_multirange(state: State, schema: str | None, name: str) -> bool:
    """Whether a range type of the user brought a multirange of that name."""
    schemas = (schema,) if schema is not None else state.path
    return any(r.multirange == name and r.schema in schemas for r in state.ranges.values())


def _visible(state: State, schema: str | None, name: str) -> list[Signature]:
    """The functions of a name; one that another with the same arguments hides in the search_path is left out."""
    seen: dict[tuple[str, ...], Signature] = {}
    for signature in state.find_functions(schema, name):
        seen.setdefault(signature[2], signature)
    return list(seen.values())


def _by_name(state: State, schema: str | None, name: str, kinds: Collection[str]) -> Signature:
    procedures = kinds == PROCEDURES
    found = [
        signature
        for signature in _visible(state, schema, name)
        if ("procedure" in kinds and "function" in kinds)
        or (state.functions[signature].kind == "procedure") == procedures
    ]
    if not found:
        raise Refused("42883", f'could not find a {_noun(kinds)} named "{name}"')
    if len(found) > 1:
        raise Refused("42725", f'{_noun(kinds)} name "{name}" is not unique')
    return _of_kind(state.functions[found[0]], kinds)


def _of_kind(function: Function, kinds: Collection[str]) -> Signature:
    if function.kind not in kinds:
        spelled = f"{function.name}({', '.join(function.signature[2])})"
        raise Refused("42809", f"{spelled} is not {'an' if kinds == AGGREGATES else 'a'} {_noun(kinds)}")
    return function.signature


def _all_types(state: State, node: Node) -> tuple[str, ...]:
    parameters = (parameter["FunctionParameter"] for parameter in node.get("objfuncargs", []))
    return tuple(argument_type(state, parameter["argType"]) for parameter in parameters)


def _with_outputs(function: Function) -> tuple[str, ...] | None:
    if function.kind != "procedure":
        return None
    return tuple(argument.type for argument in function.arguments)


def input_parameters(parameters: Iterable[Node]) -> list[Node]:
    """The parameters that a caller passes."""
    return [p for p in parameters if p["mode"] in _INPUT_MODES]


def _noun(kinds: Collection[str]) -> str:
    if kinds == AGGREGATES:
        return "aggregate"
    if kinds == PROCEDURES:
        return "procedure"
    return "routine" if "procedure" in kinds else "function"
