"""The statements that make what is missing and alter what stays, in an order that works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.ddl import everything, foundation, roles
from policytool.catalog.ddl.order import Tangled, ordered
from policytool.catalog.ddl.publications import changed, made
from policytool.catalog.ddl.step import Key, Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Membership, Sequence, Table
from policytool.catalog.objects import Catalog
from policytool.diff.actions import objects, tables

STORES: Final = (
    "extensions", "tables", "views", "sequences", "functions", "enums", "domains", "composites", "ranges",
    "event_triggers", "wrappers", "servers", "others",
)  # fmt: skip


def role_steps(before: Catalog, after: Catalog) -> tuple[Step, ...]:
    """Roles, their settings and memberships."""
    given = {("membership", m.role, m.member) for m in after.memberships if _comes_with_the_role(m, before)}
    return ordered(one for one in roles.steps(before, after) if one.key not in given and _known(one, after))


def _comes_with_the_role(membership: Membership, before: Catalog) -> bool:
    """Whether CREATE ROLE gives it to whoever makes the role; nobody can grant that to himself."""
    options = (membership.admin, membership.inherit, membership.set)
    fresh = membership.role not in before.roles
    return fresh and membership.member == "postgres" and options == (True, False, False)


def _known(one: Step, after: Catalog) -> bool:
    return one.key[0] != "membership" or (one.key[1] in after.roles and one.key[2] in after.roles)


def foundation_steps(before: Catalog, after: Catalog, role: str) -> Iterator[Step]:
    """Schemas and extensions that are not there."""
    for name, schema in sorted(after.schemas.items()):
        if name not in before.schemas and schema.origin is None:
            yield step(Phase.SCHEMAS, ("schema", name), foundation.create_schema(schema, role), schema=name)
    for name, extension in sorted(after.extensions.items()):
        if name not in before.extensions:
            home = after.schemas.get(extension.schema)
            own = home is not None and home.origin == "extension"
            sql = foundation.create_extension(extension, own_schema=own)
            yield step(Phase.EXTENSIONS, ("extension", name), sql, schema=extension.schema)


def structure(world: World, before: Catalog) -> tuple[Step, ...]:
    """All steps; where they need one another in a circle, defaults and constraints come by themselves."""
    bare: frozenset[Key] = frozenset()
    while True:
        attempt = World(catalog=world.catalog, role=world.role, major_version=world.major_version, bare=bare)
        try:
            return ordered(_steps(attempt, before))
        except Tangled as tangled:
            more = frozenset(key for key in tangled.keys if _can_be_bare(world.catalog, key)) - bare
            if not more:
                raise
            bare |= more


def _can_be_bare(catalog: Catalog, key: Key) -> bool:
    name = (key[1], key[2]) if len(key) > 2 else ("", "")
    return (key[0] == "relation" and name in catalog.tables) or (key[0] == "type" and name in catalog.domains)


def _steps(world: World, before: Catalog) -> Iterator[Step]:
    after = world.catalog
    yield from everything.created(world, before)
    identities = _identities(before)
    for store in STORES:
        old, new = getattr(before, store), getattr(after, store)
        for key in sorted(new):
            if key in old and old[key] is not new[key] and not _extensions(old[key], new[key]):
                yield from _changed(world, old[key], new[key], identities)
    for name, publication in sorted(after.publications.items()):
        if name in before.publications:
            yield from changed(before.publications[name], publication, world.parents)
        else:
            yield made(publication, world.parents)


def _extensions(before: Any, after: Any) -> bool:
    """Whether it comes with an extension, as whose version has it; users hang things on tables only."""
    origins = {getattr(item, "origin", None) for item in (before, after)}
    return origins == {"extension"} and not isinstance(after, Table)


def _changed(world: World, before: Any, after: Any, identities: dict[Any, dict[str, Sequence]]) -> Iterator[Step]:
    if isinstance(after, Table):
        name = (after.schema, after.name)
        yield from (one for one in tables.steps(world, before, after, identities.get(name, {})) if one.sql)
        return
    yield from (one for one in objects.steps(world, before, after) if one.sql)


def _identities(catalog: Catalog) -> dict[Any, dict[str, Sequence]]:
    found: dict[Any, dict[str, Sequence]] = {}
    for sequence in catalog.sequences.values():
        if sequence.identity and sequence.owned_by is not None:
            schema, table, column = sequence.owned_by
            found.setdefault((schema, table), {})[column] = sequence
    return found
