"""Function calls in expressions: built-in ones that are known, and those of the user, which are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

from policytool.catalog.build.plpgsql import aggregates, arrays, information, sets, strings
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.values import NotKnown, Value, unknown
from policytool.syntax.node import qualified

Node = dict[str, Any]
Evaluate = Callable[[Node, Env], Value]

# Schema-qualified functions of platforms that are not built in but are looked up like built-in ones.
_SIMPLE: Final[dict[str, Callable[..., Value]]] = {**strings.FUNCTIONS, **arrays.FUNCTIONS}


@cache
def built_in_names() -> frozenset[str]:
    """The names of all functions of pg_catalog."""
    text = files("policytool.catalog.build.plpgsql").joinpath("names", "functions.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def is_built_in(schema: str | None, name: str) -> bool:
    """Whether a call means a function of pg_catalog."""
    return schema in ("pg_catalog", "information_schema") or (schema is None and name in built_in_names())


def call(node: Node, env: Env, evaluate: Evaluate) -> Value:
    """The value of a function call."""
    schema, name = qualified(node["funcname"])
    if "over" in node:
        raise NotKnown("a window function")
    if not is_built_in(schema, name):
        return _of_user(schema, name, node, env, evaluate)
    if is_aggregate(node):
        if env.group is None:
            raise NotKnown(f"the aggregate {name} of an outer query")
        return aggregates.aggregate(name, node, env.group, evaluate)
    arguments = [evaluate(argument, env) for argument in node.get("args", ())]
    if node.get("func_variadic") and arguments and isinstance(arguments[-1], tuple):
        arguments = [*arguments[:-1], *arguments[-1]]
    simple = _SIMPLE.get(name)
    if simple is not None:
        return simple(*arguments) if _fits(simple, arguments) else _wrong(name)
    special = information.FUNCTIONS.get(name)
    if special is not None:
        return special(env, *arguments) if _fits(special, [env, *arguments]) else _wrong(name)
    raise NotKnown(f"the function {name}()")


def _fits(function: Callable[..., Value], arguments: list[Value]) -> bool:
    code = getattr(function, "__wrapped__", function).__code__
    if code.co_flags & 0x04:
        return True
    least = code.co_argcount - len(getattr(function, "__wrapped__", function).__defaults__ or ())
    return least <= len(arguments) <= code.co_argcount


def _wrong(name: str) -> Value:
    raise NotKnown(f"the function {name}() with these arguments")


def _of_user(schema: str | None, name: str, node: Node, env: Env, evaluate: Evaluate) -> Value:
    arguments: list[Value] = []
    named: dict[str, Value] = {}
    for argument in node.get("args", ()):
        inner = argument.get("NamedArgExpr")
        try:
            value = evaluate(inner["arg"] if inner is not None else argument, env)
        except NotKnown as error:
            value = unknown(error)
        if inner is not None:
            named[inner["name"]] = value
        else:
            arguments.append(value)
    return env.machine.call(schema, name, arguments, named)


def is_aggregate(node: Node) -> bool:
    """Whether a call is that of an aggregate."""
    schema, name = qualified(node["funcname"])
    return schema in (None, "pg_catalog") and name in aggregates.NAMES and "over" not in node


def row_names(name: str) -> tuple[str, ...] | None:
    """The columns of a function that returns rows; () where they are called after its alias; None for any other."""
    return sets.COLUMNS.get(name)


def rows(node: Node, env: Env, evaluate: Evaluate) -> Iterator[tuple[list[Value], NotKnown | None]]:
    """The rows of a function in FROM or in a select list."""
    schema, name = qualified(node["funcname"])
    if is_built_in(schema, name) and name in sets.FUNCTIONS:
        arguments = [evaluate(argument, env) for argument in node.get("args", ())]
        for row, doubt in sets.FUNCTIONS[name](env, *arguments):
            yield list(row), doubt
        return
    try:
        yield [call(node, env, evaluate)], None
    except NotKnown as error:
        yield [unknown(error)], error
