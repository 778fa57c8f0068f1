"""What comes before the user's objects: roles, schemas, extensions, and what of the platform's is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.ddl import described, privileges, roles
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.model import Schema
from policytool.catalog.objects import Catalog, Extension
from policytool.catalog.spelling import identifier, literal
from policytool.source.bootstrap import extension_file

_VERSION: Final = re.compile(r"-- \S+:.*? version = ([^,\s]+)")
# In the order in which they are dropped: what needs others first.
_DROPPED: Final = ("publications", "event_triggers", "servers", "wrappers", "views", "tables", "functions", "sequences",
                   "domains", "composites", "ranges", "enums", "others", "schemas")  # fmt: skip


def steps(platform: Catalog, catalog: Catalog, role: str) -> Iterator[Step]:
    """The steps from an empty database of the platform to one that the user's objects can be made in."""
    yield from roles.steps(platform, catalog)
    yield from _drops(platform, catalog)
    yield from privileges.withdrawn(platform.default_privileges, role, _schemas_of_own(catalog))
    for name in sorted(catalog.schemas):
        schema, was = catalog.schemas[name], platform.schemas.get(name)
        if schema.origin is None and (was is None or is_remade(was, schema)):
            yield step(Phase.SCHEMAS, ("schema", name), create_schema(schema, role), schema=name)
    for name in sorted(catalog.extensions):
        extension, before = catalog.extensions[name], platform.extensions.get(name)
        if before is None or is_remade(before, extension) or before.schema != extension.schema:
            home = catalog.schemas.get(extension.schema)
            own_schema = home is not None and home.origin == "extension"
            sql = create_extension(extension, own_schema=own_schema)
            yield step(Phase.EXTENSIONS, ("extension", name), sql, schema=extension.schema)


def _schemas_of_own(catalog: Catalog) -> frozenset[str]:
    stores: tuple[dict[Any, Any], ...] = (catalog.tables, catalog.views, catalog.sequences, catalog.functions)
    return frozenset(key[0] for store in stores for key, item in store.items() if item.origin is None)


def create_schema(schema: Schema, role: str) -> str:
    """CREATE SCHEMA."""
    owner = f" authorization {identifier(schema.owner)}" if schema.owner != role else ""
    return f"create schema {identifier(schema.name)}{owner}"


def create_extension(extension: Extension, *, own_schema: bool = False) -> str:
    """CREATE EXTENSION, which may make its schema; the version only where it is not the one that comes by itself."""
    file = extension_file(extension.name)
    usual = _VERSION.match(file.text) if file is not None else None
    text = f"create extension {identifier(extension.name)}"
    if not own_schema:
        text += f" with schema {identifier(extension.schema)}"
    if extension.version is None or (usual is not None and usual[1] == extension.version):
        return text
    return f"{text} version {literal(extension.version)}"


def _drops(platform: Catalog, catalog: Catalog) -> Iterator[Step]:
    for name, extension in platform.extensions.items():
        now = catalog.extensions.get(name)
        if now is None or is_remade(extension, now) or now.schema != extension.schema:
            yield _drop(extension)
    for field in _DROPPED:
        held = getattr(catalog, field)
        for key, item in getattr(platform, field).items():
            if item.origin == "platform" and (key not in held or is_remade(item, held[key])):
                yield _drop(item)


def is_remade(before: Any, after: Any) -> bool:
    """Whether the user dropped an object of the platform and made one of the same name."""
    return before.origin == "platform" and after.origin is None


def _drop(item: Any) -> Step:
    key = ("drop", "last" if isinstance(item, Schema) else "first", described.full(item))
    sql = f"drop {described.noun(item)} if exists {described.name(item)} cascade"
    return step(Phase.DROPS, key, sql, schema=described.schema_of(item))
