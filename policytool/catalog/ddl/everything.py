"""Every step of a catalog beyond its foundation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.ddl import (
    about,
    existing,
    foreign,
    functions,
    others,
    policies,
    privileges,
    publications,
    sequences,
    tables,
    triggers,
    types,
    views,
)
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import literal

_STORES: Final = (
    "roles", "schemas", "extensions", "tables", "views", "sequences", "functions", "enums", "domains", "composites",
    "ranges", "base_types", "event_triggers", "publications", "wrappers", "servers", "others",
)  # fmt: skip


def steps(world: World, before: Catalog) -> Iterator[Step]:
    """From what is there before, the platform's and the extensions' objects, to the whole catalog."""
    yield from created(world, before)
    for field in _STORES:
        old, new = getattr(before, field), getattr(world.catalog, field)
        for key in sorted(new):
            if key in old:
                yield from existing.steps(world, old[key], new[key])
            if key in old or new[key].origin is None:
                yield from about.steps(world, old.get(key), new[key])
    yield from _publications(world, before)
    yield from privileges.default_steps(world, before.default_privileges, world.catalog.default_privileges)
    yield from event_triggers(world, before)
    yield from buckets(before, world.catalog)


def created(world: World, before: Catalog) -> Iterator[Step]:
    """The statements that make what is not there yet, without owners, privileges and comments."""
    yield from _types(world, before)
    yield from _relations(world, before)
    yield from _foreign(world, before)


def _new(store: dict[Any, Any], before: dict[Any, Any]) -> list[Any]:
    """The user's objects that are not there yet."""
    return [store[key] for key in sorted(store) if store[key].origin is None and key not in before]


def _types(world: World, before: Catalog) -> Iterator[Step]:
    now = world.catalog
    for item in (
        *_new(now.enums, before.enums),
        *_new(now.domains, before.domains),
        *_new(now.composites, before.composites),
        *_new(now.ranges, before.ranges),
        *_new(now.base_types, before.base_types),
    ):
        yield from types.steps(world, item)
    for function in _new(now.functions, before.functions):
        yield functions.step(function, world.references)
    for other in _new(now.others, before.others):
        yield others.step(world, other)


def _relations(world: World, before: Catalog) -> Iterator[Step]:
    for sequence in _new(world.catalog.sequences, before.sequences):
        yield from sequences.steps(sequence)
    new_tables = _new(world.catalog.tables, before.tables)
    yield from tables.steps(world, new_tables)
    for table in new_tables:
        yield from policies.security_step(table)
        yield from (policies.policy_step(table, policy) for policy in table.policies)
        yield from triggers.steps(world.catalog, table)
    for view in _new(world.catalog.views, before.views):
        yield from views.steps(view, world.references)
        yield from triggers.steps(world.catalog, view)


def _foreign(world: World, before: Catalog) -> Iterator[Step]:
    for wrapper in _new(world.catalog.wrappers, before.wrappers):
        yield foreign.wrapper_step(wrapper, world.references)
    for server in _new(world.catalog.servers, before.servers):
        yield foreign.server_step(server)


def _publications(world: World, before: Catalog) -> Iterator[Step]:
    for name, publication in sorted(world.catalog.publications.items()):
        if name in before.publications:
            yield from publications.changed(before.publications[name], publication, world.parents)
        elif publication.origin is None:
            yield publications.made(publication, world.parents)


def event_triggers(world: World, before: Catalog) -> Iterator[Step]:
    """The event triggers that are not there yet."""
    for trigger in _new(world.catalog.event_triggers, before.event_triggers):
        yield triggers.event_step(trigger, *about.statements(world, trigger))


def buckets(before: Catalog, after: Catalog) -> Iterator[Step]:
    """The storage buckets that are not there yet."""
    for name, bucket in sorted(after.buckets.items()):
        if name not in before.buckets:
            values = f"{literal(name)}, {literal(name)}, {str(bucket.public).lower()}"
            sql = f"insert into storage.buckets (id, name, public) values ({values})"
            yield step(Phase.ROWS, ("bucket", name), sql, schema="storage")
