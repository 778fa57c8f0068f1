"""Functions, procedures and aggregates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policytool.catalog.ddl import words
from policytool.catalog.ddl.names import References, function_key
from policytool.catalog.ddl.step import Phase, Step
from policytool.catalog.model import Argument, Function
from policytool.catalog.spelling import identifier, qualified

_INPUT: Final = ("IN", "INOUT", "VARIADIC")


def create(function: Function, *, replacing: bool = False) -> str:
    """CREATE FUNCTION, PROCEDURE or AGGREGATE; a remark where the catalog does not hold what that takes."""
    name = qualified(function.schema, function.name)
    if function.kind == "aggregate":
        return _aggregate(function, name)
    if _is_assumed(function):
        return f"-- function {described(function)} was made by no migration: only its arguments are known"
    if function.language == "c":
        return f"-- function {described(function)} is written in C: the catalog does not say in which library"
    kind = "procedure" if function.kind == "procedure" else "function"
    arguments = ", ".join(_argument(a) for a in function.arguments if a.mode != "TABLE")
    lines = [f"create {'or replace ' if replacing else ''}{kind} {name}({arguments})"]
    if kind == "function":
        lines.append(f"returns {_returns(function)}")
    lines += [f"language {identifier(function.language)}", *_attributes(function)]
    lines.append(function.body if function.atomic else f"as {words.dollar_quoted(function.body)}")
    return "\n".join(lines)


def _is_assumed(function: Function) -> bool:
    """Whether no migration made it: then nothing is known but its arguments, and that triggers can call it."""
    returns = function.returns in ("trigger", "event_trigger") and function.language == "sql"
    return function.kind != "procedure" and (function.returns is None or returns)


def _argument(argument: Argument) -> str:
    parts = [] if argument.mode == "IN" else [argument.mode.lower()]
    parts += [identifier(argument.name)] if argument.name else []
    parts.append(argument.type)
    return " ".join(parts) + (f" default {argument.default}" if argument.default is not None else "")


def _returns(function: Function) -> str:
    columns = [f"{identifier(a.name or '')} {a.type}" for a in function.arguments if a.mode == "TABLE"]
    if columns:
        return f"table ({', '.join(columns)})"
    returns = function.returns or ""
    return f"setof {returns.removeprefix('SETOF ')}" if returns.startswith("SETOF ") else returns


def _attributes(function: Function) -> Iterator[str]:
    if function.kind == "window":
        yield "window"
    if function.volatility != "VOLATILE":
        yield function.volatility.lower()
    if function.strict:
        yield "strict"
    if function.leakproof:
        yield "leakproof"
    if function.security_definer:
        yield "security definer"
    if function.parallel != "UNSAFE":
        yield f"parallel {function.parallel.lower()}"
    if function.cost is not None:
        yield f"cost {_number(function.cost)}"
    if function.rows is not None:
        yield f"rows {_number(function.rows)}"
    if function.support is not None:
        yield f"support {qualified(*function.support)}"
    for entry in function.settings:
        yield f"set {words.setting(entry)}"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _aggregate(function: Function, name: str) -> str:
    arguments = ", ".join(_argument(a) for a in function.arguments) or "*"
    parallel = f", PARALLEL = {function.parallel}" if function.parallel != "UNSAFE" else ""
    return f"create aggregate {name}({arguments}) ({function.definition}{parallel})"


def described(function: Function) -> str:
    """The name with the types of the input arguments, as ALTER, GRANT and COMMENT ON take it."""
    schema, name, types = function.signature
    shown = ", ".join(types) or ("*" if function.kind == "aggregate" else "")
    return f"{qualified(schema, name)}({shown})"


def step(function: Function, references: References, *, replacing: bool = False) -> Step:
    """The function. What a body of text names is only wished for, as its check is off."""
    texts = [a.type for a in function.arguments] + [a.default for a in function.arguments if a.default is not None]
    texts += [function.returns or "", function.definition or ""]
    bodies = references.of([function.body])
    needs = references.of(texts) | (bodies if function.atomic else frozenset())
    if function.support is not None:
        needs |= references.of([qualified(*function.support)])
    key = function_key(function)
    return Step(
        phase=Phase.FUNCTIONS,
        key=key,
        sql=(create(function, replacing=replacing),),
        schema=function.schema,
        needs=needs - {key},
        wants=frozenset(other for other in bodies if other[0] != "function"),
    )


def is_written(function: Function) -> bool:
    """Whether `create` gives a statement and no remark."""
    return not create(function).startswith("--")
