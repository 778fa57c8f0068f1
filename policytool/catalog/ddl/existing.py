"""What the user did to objects that the platform or an extension made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.ddl import columns, functions, indexes, policies, tables, triggers, types, views
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Function, Policy, Table, View
from policytool.catalog.objects import Domain, Enum, EventTrigger
from policytool.catalog.spelling import identifier, literal, qualified

Part = TypeVar("Part", bound=Struct)


def steps(world: World, before: Any, after: Any) -> Iterator[Step]:
    """The statements that an object has been through, apart from its owner, its privileges and its comments."""
    match after:
        case Table():
            yield from _table(world, before, after)
        case View():
            if stripped(before) != stripped(after):
                yield from _view(world, before, after)
        case Function():
            if _definition(before) != _definition(after):
                yield functions.step(after, world.references, replacing=True)
        case Enum():
            yield from _enum(before, after)
        case Domain():
            yield from _domain(world, before, after)
        case EventTrigger() if before.enabled != after.enabled:
            yield step(Phase.EVENT_TRIGGERS, ("event trigger", after.name), triggers.enable_event(after))


def stripped(item: Any) -> Any:
    """An object or part without its places, its comments, and what else is compared apart."""
    cleared: dict[str, Any] = {
        name: None
        for name in item.__struct_fields__
        if name in ("made", "changed", "comment", "origin") or name.endswith("_at")
    }
    cleared |= {name: () for name in ("grants", "triggers", "rules", "indexes") if name in item.__struct_fields__}
    if "columns" in item.__struct_fields__ and isinstance(item, (Table, View)):
        cleared["columns"] = tuple(stripped(column) for column in item.columns)
    return replace(item, **cleared)


def _definition(function: Function) -> str:
    return functions.create(replace(function, owner="", grants=()))


def _table(world: World, before: Table, after: Table) -> Iterator[Step]:
    name = (after.schema, after.name)
    head = f"alter table {qualified(*name)}"
    yield from _columns(world, before, after)
    for gone, _ in _pairs(before.constraints, after.constraints)[0]:
        key = ("constraint", *name, gone.name)
        yield step(Phase.DROPS, key, f"{head} drop constraint {identifier(gone.name)} cascade", schema=after.schema)
    for constraint in _pairs(before.constraints, after.constraints)[1]:
        yield tables.constraint_step(world, after, constraint)
    yield from _indexes(world, before, after)
    yield from _triggers(world, before, after)
    yield from policies.security_step(after, enabled=before.rls_enabled, forced=before.rls_forced)
    yield from _policies(before, after)


def _pairs(before: tuple[Part, ...], after: tuple[Part, ...]) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """The parts that are gone or changed, each with what it has become, and those that are new or changed."""
    old = {getattr(part, "name", ""): part for part in before}
    new = {getattr(part, "name", ""): part for part in after}
    gone = [(part, new.get(n)) for n, part in old.items() if n not in new or stripped(part) != stripped(new[n])]
    made = [part for n, part in new.items() if n not in old or stripped(part) != stripped(old[n])]
    return gone, made


def _columns(world: World, before: Table, after: Table) -> Iterator[Step]:
    known = {column.name: column for column in before.columns}
    head = f"alter table {qualified(after.schema, after.name)}"
    sql: list[str] = []
    for column in after.columns:
        old = known.pop(column.name, None)
        if old is None:
            sql.append(f"{head} add column {columns.definition(column, sequence=world.identity(after, column))}")
        elif stripped(old) != stripped(column):
            sql += columns.changes(after, old, column)
    sql += [f"{head} drop column {identifier(name)} cascade" for name in known]
    if sql:
        key = ("columns", after.schema, after.name)
        needs = world.references.of(columns.texts(after.columns))
        yield step(Phase.CONSTRAINTS, key, *sql, schema=after.schema, needs=needs)


def _indexes(world: World, before: Table, after: Table) -> Iterator[Step]:
    gone, made = _pairs(before.indexes, after.indexes)
    for index, _ in gone:
        if index.constraint is None:
            sql = f"drop index {qualified(after.schema, index.name)}"
            yield step(Phase.DROPS, ("drop index", after.schema, index.name), sql, schema=after.schema)
    names = {index.name for index in made}
    yield from (s for s in indexes.steps(after, world.references) if s.key[-1] in names)


def _triggers(world: World, before: Table, after: Table) -> Iterator[Step]:
    gone, made = _pairs(before.triggers, after.triggers)
    for trigger, now in gone:
        if now is None or stripped(replace(now, enabled=trigger.enabled)) != stripped(trigger):
            sql = f"drop trigger {identifier(trigger.name)} on {qualified(after.schema, after.name)}"
            key = ("drop trigger", after.schema, after.name, trigger.name)
            yield step(Phase.DROPS, key, sql, schema=after.schema)
        else:
            key = ("trigger", after.schema, after.name, now.name)
            yield step(Phase.TRIGGERS, key, triggers.enable(after, now), schema=after.schema)
            made = [part for part in made if part is not now]
    for trigger in made:
        yield from triggers.trigger_steps(world.catalog, after, trigger)


def _policies(before: Table, after: Table) -> Iterator[Step]:
    gone, made = _pairs(before.policies, after.policies)
    names = {policy.name for policy in made}
    for policy, _ in gone:
        if policy.name not in names:
            key = ("policy", after.schema, after.name, policy.name)
            yield step(Phase.POLICIES, key, policies.drop(after, policy), schema=after.schema)
    replaced: dict[str, Policy] = {policy.name: policy for policy, now in gone if now is not None}
    for policy in made:
        drop = [policies.drop(after, replaced[policy.name])] if policy.name in replaced else []
        yield policies.policy_step(after, policy, *drop)


def _view(world: World, before: View, after: View) -> Iterator[Step]:
    if after.materialized:
        remark = f"-- materialized view {qualified(after.schema, after.name)} was changed: this is not written"
        yield step(Phase.MATERIALIZED, ("remark", after.schema, after.name), remark, schema=after.schema)
    else:
        yield from views.steps(after, world.references, replacing=True)


def _enum(before: Enum, after: Enum) -> Iterator[Step]:
    """ADD VALUE for the labels that are new, each after the one before it."""
    labels, sql = list(before.labels), []
    for position, label in enumerate(after.labels):
        if label in labels:
            continue
        place = f" after {literal(after.labels[position - 1])}" if position else f" before {literal(labels[0])}"
        sql.append(f"alter type {qualified(after.schema, after.name)} add value {literal(label)}{place}")
        labels.insert(position, label)
    if sql:
        yield step(Phase.TYPES, ("type", after.schema, after.name), *sql, schema=after.schema)


def _domain(world: World, before: Domain, after: Domain) -> Iterator[Step]:
    gone, made = _pairs(before.constraints, after.constraints)
    head = f"alter domain {qualified(after.schema, after.name)}"
    sql = [f"{head} drop constraint {identifier(constraint.name)}" for constraint, _ in gone]
    sql += types.domain_additions(replace(after, default=None, constraints=tuple(made)), plain=True)
    if before.default != after.default:
        sql.append(f"{head} {'drop default' if after.default is None else f'set default {after.default}'}")
    if before.not_null != after.not_null:
        sql.append(f"{head} {'set' if after.not_null else 'drop'} not null")
    if sql:
        yield step(Phase.CONSTRAINTS, ("domain", after.schema, after.name), *sql, schema=after.schema)
