"""Objects of lesser kinds, as far as the catalog holds what makes them."""

from __future__ import annotations

import re
from typing import Final

from policytool.catalog.ddl import words
from policytool.catalog.ddl.step import Phase, Step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Function
from policytool.catalog.objects import Other
from policytool.catalog.spelling import identifier, qualified

_DEFINED: Final = (
    "collation", "text search configuration", "text search dictionary", "text search parser", "text search template",
)  # fmt: skip
_LATE: Final = ("statistics", "subscription", "tablespace")
_PARTNER: Final = re.compile(r"(?:COMMUTATOR|NEGATOR) = OPERATOR\([^)]*\)")
_METHOD: Final = re.compile(r"USING ([\w$]+|\"[^\"]*\")")
_FUNCTION: Final = re.compile(r'WITH FUNCTION ((?:"[^"]*"|[\w$]+)(?:\.(?:"[^"]*"|[\w$]+))?)')


def step(world: World, other: Other) -> Step:
    """The object, after what its definition names."""
    key = ("other", other.kind, other.schema or "", other.name)
    needs = world.references.of([_partnerless(other.definition), other.name]) - {key}
    if other.kind == "operator class":
        needs |= {("other", "operator family", other.schema or "", other.name)}
    return Step(
        phase=Phase.MATERIALIZED if other.kind in _LATE else Phase.LESSER,
        key=key,
        sql=tuple(create(world, other)),
        schema=other.schema,
        needs=needs,
    )


def _partnerless(definition: str) -> str:
    """A definition without the operators that need not be there yet."""
    return _PARTNER.sub("", definition)


def create(world: World, other: Other) -> list[str]:
    """The statements that make it; a remark where the catalog holds too little."""
    name, definition = described(other), other.definition
    match other.kind:
        case kind if kind in _DEFINED and definition:
            first, *changes = definition.split("; ")
            return [f"create {kind} {name} ({first})", *(_altered(other, change) for change in changes)]
        case "operator":
            return [_operator(other)]
        case "cast":
            return [f"create cast {other.name} {_cast(world, other)}"]
        case "statistics":
            whole, _, target = definition.partition("; ")
            sql = [f"create statistics {name} {whole}"]
            return [*sql, f"alter statistics {name} set {target.lower()}"] if target else sql
        case "operator family":
            return [f"create operator family {name}"]
        case "operator class" if " AS " in definition:
            return [f"create operator class {qualified(other.schema, other.name)} {definition}"]
        case "language" if definition not in ("", "TRUSTED"):
            trusted = "trusted " if definition.startswith("TRUSTED ") else ""
            return [f"create {trusted}language {name} {definition.removeprefix('TRUSTED ')}"]
        case "access method":
            return [f"create access method {name} {definition}"]
        case "user mapping":
            options = tuple(definition.split(", ")) if definition else ()
            return [f"create user mapping {_mapping(other)}{words.generic(options)}"]
    return [f"-- {other.kind} {name}: the catalog does not hold enough to make it"]


def described(other: Other) -> str:
    """The name as ALTER and COMMENT ON take it."""
    match other.kind:
        case "operator":
            operator, bracket, types = other.name.partition("(")
            return f"{identifier(other.schema or '')}.{operator} {bracket}{types}"
        case "cast" | "transform" | "user mapping":
            return other.name
        case "operator class" | "operator family":
            found = _METHOD.search(other.definition)
            return f"{qualified(other.schema, other.name)} using {found[1] if found is not None else 'btree'}"
    return qualified(other.schema, other.name)


def _altered(other: Other, change: str) -> str:
    head = f"alter {other.kind} {described(other)}"
    return f"{head} ({change})" if other.kind == "text search dictionary" else f"{head} {change}"


def _operator(other: Other) -> str:
    operator, _, types = other.name.removesuffix(")").partition("(")
    left, right = types.split(", ", 1) if not types.startswith("NONE, ") else ("", types.removeprefix("NONE, "))
    sides = [f"leftarg = {left}"] if left else []
    parts = ", ".join([other.definition, *sides, f"rightarg = {right}"])
    return f"create operator {identifier(other.schema or '')}.{operator} ({parts})"


def _cast(world: World, other: Other) -> str:
    """The definition, with the arguments of its function, whose name alone may not be unique."""
    found = _FUNCTION.match(other.definition)
    if found is None:
        return other.definition
    source = other.name[1:].partition(" AS ")[0]
    functions = [f for f in world.catalog.functions.values() if qualified(f.schema, f.name) == found[1]]
    types = next((f.signature[2] for f in functions if _takes(f, source)), (source,))
    return other.definition.replace(found[0], f"{found[0]}({', '.join(types)})", 1)


def _takes(function: Function, source: str) -> bool:
    types = function.signature[2]
    return types[:1] == (source,) and len(types) <= 3


def _mapping(other: Other) -> str:
    role, _, server = other.name.removeprefix("FOR ").rpartition(" SERVER ")
    return f"for {identifier(role)} server {identifier(server)}"
