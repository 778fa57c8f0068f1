"""The rows that a policy test names, planted, and what each role may do to which columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from msgspec import Struct, structs

from policytool.catalog.keys import primary_key
from policytool.catalog.model import Column, Name, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import constant, identifier, literal, qualified
from policytool.errors import PolicytoolError
from policytool.postgres.seeding import Harvest, Planted, Wanted, plant
from policytool.postgres.seeding import Ref as PlantedRef
from policytool.postgres.session import Session
from policytool.testing.suites.suite import Handle, Ref, Row, Suite, Value

_PRIVILEGES: Final = """
select r.rolname::text, n.nspname::text, c.relname::text, a.attname::text,
  pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')::text,
  pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE')::text,
  pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT')::text
from pg_catalog.pg_roles r
cross join pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where r.rolname in ({roles}) and (n.nspname, c.relname) in ({tables})
"""
_ATTRIBUTES: Final = "select rolname::text, rolsuper::text, rolbypassrls::text from pg_catalog.pg_roles"


class Unseeded(Exception):
    """There is no row of that name, and why."""


class BadActor(PolicytoolError):
    """Somebody whom row security does not stop, or whom no request can become."""


class Held(Struct, frozen=True):
    """Columns of a table that a role may read, may update, and whether it may read them all."""

    select: frozenset[str]
    update: frozenset[str]
    whole: bool


_NOTHING: Final = Held(frozenset(), frozenset(), False)


class World(Struct, frozen=True, kw_only=True):
    """Rows and privileges; the same for every session on one database."""

    suite: Suite
    catalog: Catalog
    rows: Mapping[str, Planted]
    failed: Mapping[str, str]
    held: Mapping[tuple[str, Name], Held]
    gentle: bool = False  # others use the tables: whole ones are not touched

    def table(self, name: Name) -> Table:
        return self.catalog.tables[name]

    def row(self, handle: Handle) -> dict[str, str | None]:
        """The columns of a row. Raises Unseeded."""
        found = self.rows.get(handle.key)
        if found is None:
            raise Unseeded(f"{handle} could not be seeded: {self.failed.get(handle.key, 'it is not there')}")
        return found.row

    def value(self, value: Value) -> str | None:
        """What a value comes to."""
        if not isinstance(value, Ref):
            return value
        row = self.row(value.handle)
        return row[value.column or primary_key(self.table(value.handle.table))[0]]

    def values(self, given: Mapping[str, Value]) -> dict[str, str | None]:
        return {column: self.value(value) for column, value in given.items()}

    def rights(self, role: str, table: Name) -> Held:
        return self.held.get((role, table), _NOTHING)

    def where(self, handle: Handle, role: str | None = None) -> str:
        """The condition that finds a row by what the role may read; by its key past all policies."""
        table, row = self.table(handle.table), self.row(handle)
        held = self.rights(role, handle.table) if role else None
        keys = primary_key(table)
        if keys and (held is None or not held.select or held.select.issuperset(keys)):
            return " and ".join(f"{identifier(k)} = {constant(row[k])}" for k in keys)
        if held is None or held.whole or not held.select:
            return f"ctid = {constant(row['ctid'])}"
        comparable = [c for c in table.columns if c.name in held.select and c.type not in ("json", "xml", "point")]
        return " and ".join(f"{identifier(c.name)} is not distinct from {constant(row[c.name])}" for c in comparable)

    def with_rows(self, harvest: Harvest) -> World:
        """The same world with more rows."""
        return structs.replace(self, rows={**self.rows, **harvest.rows}, failed={**self.failed, **harvest.failed})


def named(table: Name) -> str:
    """A table in SQL."""
    return qualified(*table)


def settable(column: Column) -> bool:
    """Whether a statement may give the column a value."""
    return column.generated is None and column.identity != "ALWAYS"


def prepare(session: Session, suite: Suite, catalog: Catalog, extra: Collection[Row] = ()) -> World:
    """Plant the rows, for good, and ask the server who may do what. Raises BadActor."""
    check_actors(session, suite)
    wanted = [as_wanted(row) for row in (*suite.rows, *extra)]
    with session.seeded() as connection:
        harvest = plant(connection, catalog, wanted)
    with session.transaction():
        held = _held(session, suite, catalog)
    return World(suite=suite, catalog=catalog, rows=harvest.rows, failed=harvest.failed, held=held)


def add(session: Session, world: World, rows: Collection[Row]) -> World:
    """Plant more rows, in the transaction that there is."""
    wanted = [as_wanted(row, world) for row in rows]
    with session.seeded() as connection:
        return world.with_rows(plant(connection, world.catalog, wanted))


def as_wanted(row: Row, world: World | None = None) -> Wanted:
    """A row as seeding takes it; rows that are there already are named by their values."""
    given: dict[str, str | PlantedRef | None] = {}
    for column, value in row.given.items():
        if isinstance(value, Ref):
            there = world is not None and value.handle.key in world.rows
            given[column] = world.value(value) if there and world else PlantedRef(value.handle.key, value.column)
        else:
            given[column] = value
    return Wanted(table=row.handle.table, handle=row.handle.key, given=given)


def check_actors(session: Session, suite: Suite) -> None:
    """Raise BadActor for a role that is past row security without being meant so, or that cannot be acted as."""
    with session.transaction():
        found = session.bypass(_ATTRIBUTES).values
        attributes = {role: (superuser == "true", bypass == "true") for role, superuser, bypass in found}
        for actor in suite.actors.values():
            superuser, bypass = attributes.get(actor.role, (False, False))
            if superuser or (bypass and actor.name not in suite.meant):
                what = "a superuser" if superuser else "past row security (BYPASSRLS)"
                raise BadActor(
                    f"{suite.path}: {actor.name} acts as {actor.role}, which is {what} on the server",
                    hint="every denial would be wrong, and every test of one vacuous",
                )
            answer = session.attempt(actor.identity(), "select current_user")
            if answer.values != ((actor.role,),):
                raise BadActor(
                    f"{suite.path}: {actor.name} cannot act as {actor.role}: {answer.message or 'it is somebody else'}",
                    hint="no request comes as this role",
                )


def _held(session: Session, suite: Suite, catalog: Catalog) -> dict[tuple[str, Name], Held]:
    roles = {actor.role for actor in suite.actors.values()}
    tables = {table for table, found in catalog.tables.items() if found.origin is None}
    tables |= {row.handle.table for row in suite.rows} | set(_mentioned(suite))
    if not roles or not tables:
        return {}
    query = _PRIVILEGES.format(
        roles=", ".join(map(literal, sorted(roles))),
        tables=", ".join(f"({literal(schema)}, {literal(name)})" for schema, name in sorted(tables)),
    )
    answer = session.bypass(query)
    gathered: dict[tuple[str, Name], tuple[set[str], set[str], bool]] = {}
    for role, schema, name, column, select, update, whole in answer.values:
        key = (role or "", (schema or "", name or ""))
        entry = gathered.setdefault(key, (set(), set(), whole == "true"))
        for privilege, columns in ((select, entry[0]), (update, entry[1])):
            if privilege == "true":
                columns.add(column or "")
    return {key: Held(frozenset(s), frozenset(u), whole) for key, (s, u, whole) in gathered.items()}


def _mentioned(suite: Suite) -> Iterator[Name]:
    yield from (stated.table for stated in suite.stated)
    yield from (case.operation.table for case in suite.cases if case.operation.table)
    yield from (sees.table for sees in suite.sees)
