"""Types: enumerations, composite types, domains, ranges."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.ddl import constraints, words
from policytool.catalog.ddl.names import type_key
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Name
from policytool.catalog.objects import BaseType, Composite, Domain, Enum, Range
from policytool.catalog.spelling import identifier, literal, qualified


def enum(item: Enum) -> str:
    """CREATE TYPE … AS ENUM."""
    labels = ", ".join(literal(label) for label in item.labels)
    return f"create type {qualified(item.schema, item.name)} as enum ({labels})"


def composite(item: Composite) -> str:
    """CREATE TYPE … AS (…)."""
    parts = [
        f"{identifier(c.name)} {c.type}" + (f" collate {c.collation}" if c.collation else "") for c in item.columns
    ]
    return f"create type {qualified(item.schema, item.name)} as {words.bracketed(parts) if parts else '()'}"


def range_type(item: Range) -> str:
    """CREATE TYPE … AS RANGE."""
    parts = [f"subtype = {item.subtype}", *(f"{name} = {value}" for name, _, value in _pairs(item.options))]
    parts.append(f"multirange_type_name = {qualified(item.schema, item.multirange)}")
    return f"create type {qualified(item.schema, item.name)} as range ({', '.join(parts)})"


def _pairs(options: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    return (option.partition("=") for option in options)


def domain(item: Domain, *, plain: bool = False) -> str:
    """CREATE DOMAIN; `plain` leaves out its default and its constraints."""
    text = f"create domain {qualified(item.schema, item.name)} as {item.type}"
    if item.collation is not None:
        text += f" collate {item.collation}"
    if item.default is not None and not plain:
        text += f" default {words.bare(item.default)}"
    if item.not_null:
        text += " not null"
    for constraint in item.constraints if not plain else ():
        if constraint.validated:
            text += f"\n  {constraints.definition(constraint)}"
    return text


def domain_additions(item: Domain, *, plain: bool) -> Iterator[str]:
    """What CREATE DOMAIN did not say."""
    head = f"alter domain {qualified(item.schema, item.name)}"
    if plain and item.default is not None:
        yield f"{head} set default {item.default}"
    for constraint in item.constraints:
        if plain or not constraint.validated:
            pending = "" if constraint.validated else " not valid"
            yield f"{head} add {constraints.definition(constraint)}{pending}"


def steps(world: World, item: Enum | Composite | Domain | Range | BaseType) -> Iterator[Step]:
    """The type with what it is made of."""
    name: Name = (item.schema, item.name)
    of = world.references.of
    match item:
        case Enum():
            yield step(Phase.TYPES, type_key(name), enum(item), schema=item.schema)
        case Composite():
            needs = of([t for c in item.columns for t in (c.type, c.collation)])
            yield step(Phase.TYPES, type_key(name), composite(item), schema=item.schema, needs=needs)
        case Range():
            needs = of([item.subtype, *item.options])
            yield step(Phase.TYPES, type_key(name), range_type(item), schema=item.schema, needs=needs)
        case Domain():
            yield from _domain(world, item, name)
        case BaseType():
            remark = f"-- type {qualified(*name)}: the catalog holds no more than its name"
            yield step(Phase.TYPES, type_key(name), remark, schema=item.schema)


def _domain(world: World, item: Domain, name: Name) -> Iterator[Step]:
    plain = type_key(name) in world.bare
    texts = [item.default, *(c.expression for c in item.constraints)]
    needs = world.references.of([item.type, item.collation, *(() if plain else texts)])
    yield step(Phase.TYPES, type_key(name), domain(item, plain=plain), schema=item.schema, needs=needs)
    additions = list(domain_additions(item, plain=plain))
    if additions:
        needs = world.references.of(texts)
        yield step(Phase.CONSTRAINTS, ("domain", *name), *additions, schema=item.schema, needs=needs)
