"""Parameters and results of a routine, as CREATE FUNCTION gives them."""

from __future__ import annotations

from typing import Final, Literal

from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.routines import argument_type
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.model import Argument

Mode = Literal["IN", "OUT", "INOUT", "VARIADIC", "TABLE"]
_MODES: Final[dict[str, Mode]] = {
    "FUNC_PARAM_DEFAULT": "IN",
    "FUNC_PARAM_IN": "IN",
    "FUNC_PARAM_OUT": "OUT",
    "FUNC_PARAM_INOUT": "INOUT",
    "FUNC_PARAM_VARIADIC": "VARIADIC",
    "FUNC_PARAM_TABLE": "TABLE",
}
_OUTPUT: Final = ("OUT", "INOUT", "TABLE")


def arguments_of(state: State, node: Node) -> tuple[Argument, ...]:
    """The arguments of a routine (interpret_function_parameter_list)."""
    arguments = tuple(_argument(state, parameter["FunctionParameter"]) for parameter in node.get("parameters", []))
    _check_order(arguments, procedure=bool(node.get("is_procedure")))
    for inputs in (True, False):
        modes = ("IN", "INOUT", "VARIADIC") if inputs else _OUTPUT
        names = [a.name for a in arguments if a.mode in modes and a.name is not None]
        for name in names:
            if names.count(name) > 1:
                raise Refused("42P13", f'parameter name "{name}" used more than once')
    return arguments


def _argument(state: State, node: Node) -> Argument:
    kind = argument_type(state, node["argType"], assumed=True)
    mode = _MODES[node["mode"]]
    if node["argType"].get("setof"):
        raise Refused("42P13", "functions cannot accept set arguments")
    if mode == "VARIADIC" and not kind.endswith("[]") and kind not in ("anyarray", "anycompatiblearray", '"any"'):
        raise Refused("42P13", "VARIADIC parameter must be an array")
    default = None
    if "defexpr" in node:
        if mode in ("OUT", "TABLE"):
            raise Refused("42P13", "only input parameters can have default values")
        default = canonical(node["defexpr"], names_of(state), expected=kind)
    return Argument(type=kind, name=node.get("name"), mode=mode, default=default)


def _check_order(arguments: tuple[Argument, ...], *, procedure: bool) -> None:
    variadic = defaulted = False
    for argument in arguments:
        if argument.mode in ("OUT", "TABLE"):
            if procedure and variadic:
                raise Refused("42P13", "VARIADIC parameter must be the last parameter")
            if procedure and defaulted:
                raise Refused("42P13", "procedure OUT parameters cannot appear after one with a default value")
            continue
        if variadic:
            raise Refused("42P13", "VARIADIC parameter must be the last input parameter")
        if defaulted and argument.default is None:
            raise Refused("42P13", "input parameters after one with a default value must also have defaults")
        variadic = argument.mode == "VARIADIC"
        defaulted = defaulted or argument.default is not None


def returns_of(state: State, node: Node, arguments: tuple[Argument, ...]) -> str:
    """The type that a function returns, with SETOF before it where it returns a set."""
    implied = _implied(arguments)
    given = node.get("returnType")
    if given is None:
        if implied is None:
            raise Refused("42P13", "function result type must be specified")
        return implied
    kind = argument_type(state, given, assumed=True)
    if any(argument.mode == "TABLE" for argument in arguments):
        return f"SETOF {implied}"  # the grammar says SETOF record, whatever the columns are
    if implied is not None and kind != implied:
        raise Refused("42P13", f"function result type must be {implied} because of OUT parameters")
    if kind == "trigger" and any(argument.mode in ("IN", "INOUT", "VARIADIC") for argument in arguments):
        raise Refused("42P13", "trigger functions cannot have declared arguments")
    return f"SETOF {kind}" if given.get("setof") else kind


def _implied(arguments: tuple[Argument, ...]) -> str | None:
    outputs = [argument for argument in arguments if argument.mode in _OUTPUT]
    if len(outputs) > 1:
        return "record"
    return outputs[0].type if outputs else None
