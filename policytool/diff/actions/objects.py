"""Everything that stays and is no table: views, functions, sequences, types, extensions, foreign servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from policytool.catalog.ddl import described, functions, triggers, types, views
from policytool.catalog.ddl.names import type_key
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Function, Sequence, View
from policytool.catalog.objects import (
    Composite,
    Domain,
    Enum,
    EventTrigger,
    Extension,
    ForeignDataWrapper,
    ForeignServer,
    Other,
)
from policytool.catalog.spelling import identifier, literal, qualified
from policytool.diff.actions import columns, tables
from policytool.diff.same import differing, named, same


def steps(world: World, before: Any, after: Any) -> Iterator[Step]:
    """What ALTER, or CREATE OR REPLACE, makes of an object."""
    match after:
        case View():
            yield from _view(world, before, after)
        case Function() if not same(before, after):
            yield functions.step(after, world.references, replacing=True)
        case Sequence() if not after.identity:
            yield from _sequence(before, after)
        case Domain():
            yield from _domain(world, before, after)
        case Composite():
            yield from _composite(world, before, after)
        case EventTrigger() if before.enabled != after.enabled:
            yield step(Phase.EVENT_TRIGGERS, ("event trigger", after.name), triggers.enable_event(after))
        case Extension():
            yield from _extension(before, after)
        case ForeignServer() | ForeignDataWrapper():
            yield from _foreign(before, after)
        case Other(kind="subscription") if before.definition != after.definition:
            head = f"alter subscription {identifier(after.name)} set {after.definition}"
            yield step(Phase.PUBLICATIONS, ("subscription", after.name), f"{head} with (refresh = false)")


def _view(world: World, before: View, after: View) -> Iterator[Step]:
    fields = set(differing(before, after)) - {"indexes", "triggers", "rules", "populated"}
    kind = "materialized view" if after.materialized else "view"
    head = f"alter {kind} {qualified(after.schema, after.name)}"
    sql: list[str] = []
    if before.definition != after.definition:
        whole = views.steps(after, world.references, replacing=True)[0]
        sql.append(whole.sql[0])
    elif fields:
        sql += tables.option_changes(head, before.options, after.options)
    sql += _view_columns(head, before, after)
    if sql:
        made = views.steps(after, world.references, replacing=True)[0]
        yield replace(made, sql=tuple(sql))
    yield from tables.index_steps(world, before, after)
    yield from tables.trigger_steps(world, before, after)


def _view_columns(head: str, before: View, after: View) -> Iterator[str]:
    old = named(before.columns)
    for column in after.columns:
        was = old.get(column.name)
        default, statistics = (was.default, was.statistics) if was is not None else (None, None)
        place = f"{head} alter column {identifier(column.name)}"
        if column.default != default:
            yield f"{place} drop default" if column.default is None else f"{place} set default {column.default}"
        if column.statistics != statistics:
            yield f"{place} set statistics {-1 if column.statistics is None else column.statistics}"


def _sequence(before: Sequence, after: Sequence) -> Iterator[Step]:
    head = f"alter sequence {qualified(after.schema, after.name)}"
    parts = [f"as {after.type}"] if before.type != after.type else []
    parts += columns.options(before, after)
    sql = [f"{head} {' '.join(parts)}"] if parts else []
    if before.persistence != after.persistence:
        sql.append(f"{head} set {'unlogged' if after.persistence == 'unlogged' else 'logged'}")
    if sql:
        yield step(Phase.OWNED, ("sequence", after.schema, after.name), *sql, schema=after.schema)
    if before.owned_by != after.owned_by:
        owner = "none"
        if after.owned_by is not None:
            owner = f"{qualified(*after.owned_by[:2])}.{identifier(after.owned_by[2])}"
        yield step(Phase.OWNED, ("owned", after.schema, after.name), f"{head} owned by {owner}", schema=after.schema)


def enum_values(before: Enum, after: Enum) -> list[str]:
    """ADD VALUE for each new label, placed where it stands."""
    labels, sql = list(before.labels), []
    for position, label in enumerate(after.labels):
        if label in labels:
            continue
        place = ""
        if position < len(labels):
            place = f" before {literal(labels[position])}"
        sql.append(f"alter type {qualified(after.schema, after.name)} add value {literal(label)}{place}")
        labels.insert(position, label)
    return sql


def _domain(world: World, before: Domain, after: Domain) -> Iterator[Step]:
    old, new = named(before.constraints), named(after.constraints)
    head = f"alter domain {qualified(after.schema, after.name)}"
    gone = [n for n, c in old.items() if n not in new or not _kept(c, new[n])]
    sql = [f"{head} drop constraint {identifier(name)}" for name in gone]
    made = tuple(c for n, c in new.items() if n not in old or n in gone)
    sql += types.domain_additions(replace(after, default=None, constraints=made), plain=True)
    for name, constraint in new.items():
        if name in old and name not in gone and constraint.validated and not old[name].validated:
            sql.append(f"{head} validate constraint {identifier(name)}")
    if before.default != after.default:
        sql.append(f"{head} {'drop default' if after.default is None else f'set default {after.default}'}")
    if before.not_null != after.not_null:
        sql.append(f"{head} {'set' if after.not_null else 'drop'} not null")
    if sql:
        needs = world.references.of([after.default, *(c.expression for c in after.constraints)])
        yield step(Phase.CONSTRAINTS, ("domain", after.schema, after.name), *sql, schema=after.schema, needs=needs)


def _kept(before: Any, after: Any) -> bool:
    return same(replace(before, validated=before.validated or after.validated), after)


def _composite(world: World, before: Composite, after: Composite) -> Iterator[Step]:
    old, new = named(before.columns), named(after.columns)
    head = f"alter type {qualified(after.schema, after.name)}"
    sql = [f"{head} drop attribute {identifier(name)} cascade" for name in old if name not in new]
    for name, column in new.items():
        if name not in old:
            collation = f" collate {column.collation}" if column.collation else ""
            sql.append(f"{head} add attribute {identifier(name)} {column.type}{collation} cascade")
    if sql:
        needs = world.references.of([c.type for c in after.columns])
        yield step(Phase.TYPES, type_key((after.schema, after.name)), *sql, schema=after.schema, needs=needs)


def _extension(before: Extension, after: Extension) -> Iterator[Step]:
    head = f"alter extension {identifier(after.name)}"
    sql = [f"{head} set schema {identifier(after.schema)}"] if before.schema != after.schema else []
    if after.version is not None and before.version is not None and before.version != after.version:
        sql.append(f"{head} update to {literal(after.version)}")
    if sql:
        yield step(Phase.EXTENSIONS, ("extension", after.name), *sql)


def _foreign(before: Any, after: Any) -> Iterator[Step]:
    head = f"alter {described.full(after)}"
    sql = []
    if isinstance(after, ForeignServer) and before.version != after.version:
        sql.append(f"{head} version {literal(after.version or '')}")
    if isinstance(after, ForeignDataWrapper):
        for noun in ("handler", "validator"):
            was, now = getattr(before, noun), getattr(after, noun)
            if was != now:
                sql.append(f"{head} {f'no {noun}' if now is None else f'{noun} {qualified(*now)}'}")
    if changed := columns.generic(before.options, after.options):
        sql.append(f"{head} {changed}")
    if sql:
        yield step(Phase.SERVERS, ("altered", described.full(after)), *sql)
