"""Tenants: which tables reach them by foreign keys, which rows are whose, and who is a member of what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from policytool.catalog.keys import primary_key
from policytool.catalog.model import Constraint, Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import constant, identifier
from policytool.postgres.seeding import Harvest, Planted, Wanted, plant
from policytool.postgres.session import Session
from policytool.testing.running.world import World, named
from policytool.testing.suites.lookup import USERS
from policytool.testing.suites.suite import Handle, Isolation

_MOST = 20  # rows of a tenant that are tried in each table


class Way(Struct, frozen=True, kw_only=True):
    """The foreign key by which a table comes nearer to its tenant."""

    columns: tuple[str, ...]
    to: Name
    far: tuple[str, ...]


class Tenancy(Struct, frozen=True, kw_only=True):
    """Rows by table and tenant, why there are none, and the tenants of each actor."""

    rows: Mapping[tuple[Name, Handle], tuple[Handle, ...]]
    failed: Mapping[tuple[Name, Handle], str]
    tenants: tuple[Handle, ...]
    member_of: Mapping[str, frozenset[Handle]]


def tables_of_tenants(isolation: Isolation, catalog: Catalog) -> tuple[Name, ...]:
    """The tenants' own table, and those that reach it, the nearest first; not those that all may see."""
    found = (isolation.tenant, *ways(isolation, catalog))
    return tuple(table for table in found if table not in isolation.shared)


def ways(isolation: Isolation, catalog: Catalog) -> dict[Name, Way]:
    """The shortest way of each table to the tenant; what is shared is on none."""
    found: dict[Name, Way] = {}
    level = [isolation.tenant]
    while level:
        following = []
        for name, table in catalog.tables.items():
            if name in found or name == isolation.tenant or name in isolation.shared or table.origin is not None:
                continue
            if table.partition_of is not None:
                continue
            if (way := _way(table.constraints, level)) is not None:
                found[name] = way
                following.append(name)
        level = following
    return found


def _way(constraints: tuple[Constraint, ...], level: list[Name]) -> Way | None:
    for constraint in constraints:
        reference = constraint.reference
        if reference is not None and (reference.schema, reference.table) in level:
            to = (reference.schema, reference.table)
            return Way(columns=constraint.columns, to=to, far=reference.columns)
    return None


def settle(session: Session, world: World, isolation: Isolation) -> tuple[World, Tenancy]:
    """Find the rows of each tenant, and make one in every table where there is none."""
    settler = _Settler(session, world, isolation)
    settler.settle()
    tenancy = Tenancy(
        rows=settler.rows,
        failed=settler.failed,
        tenants=settler.tenants,
        member_of=dict(settler.members()),
    )
    return settler.world, tenancy


class _Settler:
    def __init__(self, session: Session, world: World, isolation: Isolation) -> None:
        self._session = session
        self._isolation = isolation
        self._ways = ways(isolation, world.catalog)
        self.world = world
        self.tenants = tuple(h for h in world.suite.handles(isolation.tenant) if h.key in world.rows)
        self.rows: dict[tuple[Name, Handle], tuple[Handle, ...]] = {(isolation.tenant, t): (t,) for t in self.tenants}
        self.failed: dict[tuple[Name, Handle], str] = {}

    def settle(self) -> None:
        for table, way in self._ways.items():
            for tenant in self.tenants:
                found = self._find(table, way, tenant)
                if not found:
                    self._make(table, way, tenant)
                    found = self._find(table, way, tenant)
                self.rows[table, tenant] = found

    def _find(self, table: Name, way: Way, tenant: Handle) -> tuple[Handle, ...]:
        """The rows of a tenant; those without a name get one."""
        parents = [self.world.row(handle) for handle in self.rows.get((way.to, tenant), ())]
        keys = [[constant(parent[far]) for far in way.far] for parent in parents]
        if not keys:
            return ()
        names = [c.name for c in self.world.table(table).columns]
        near = ", ".join(map(identifier, way.columns))
        shown = ", ".join(f"{identifier(name)}::text" for name in names)
        among = ", ".join(f"({', '.join(key)})" for key in keys)
        query = (
            f"select ctid::text, {shown} from {named(table)} where ({near}) in ({among}) order by ctid limit {_MOST}"
        )
        with self._session.transaction():
            answer = self._session.bypass(query)
        return tuple(
            self._named(table, tenant, dict(zip(("ctid", *names), row, strict=True)), number)
            for number, row in enumerate(answer.values, start=1)
        )

    def _named(self, table: Name, tenant: Handle, row: dict[str, str | None], number: int) -> Handle:
        keys = primary_key(self.world.table(table)) or ("ctid",)
        for key, planted in self.world.rows.items():
            if planted.table == table and all(planted.row[k] == row[k] for k in keys):
                return Handle(table, key.partition("/")[2])
        handle = Handle(table, f"{tenant.name}'s {number}")
        planted = Planted(table=table, handle=handle.key, row=row)
        self.world = self.world.with_rows(Harvest(rows={handle.key: planted}))
        return handle

    def _make(self, table: Name, way: Way, tenant: Handle) -> None:
        parents = self.rows.get((way.to, tenant), ())
        if not parents:
            self.failed[table, tenant] = f"{tenant} has no row of {named(way.to)} to refer to"
            return
        parent = self.world.row(parents[0])
        given = {near: parent[far] for near, far in zip(way.columns, way.far, strict=True)}
        required = {c.name for c in self.world.table(table).columns if c.not_null and c.default is None}
        others: list[dict[str, str | None]] = []
        for columns, values in self._keys(table, tenant):
            if required.issuperset(columns):
                given = {**values, **given}
            else:
                others.append(values)
        # Where a row must refer to one of several, that one is to be the tenant's own.
        for extra in ({}, *others):
            why = self._planted(table, tenant, {**extra, **given})
            if not why:
                return
            self.failed.setdefault((table, tenant), why)

    def _keys(self, table: Name, tenant: Handle) -> Iterator[tuple[tuple[str, ...], dict[str, str | None]]]:
        """The foreign keys to tables where the tenant has rows, and what such a row says."""
        for constraint in self.world.table(table).constraints:
            reference = constraint.reference
            there = self.rows.get(((reference.schema, reference.table), tenant)) if reference else None
            if reference and there:
                parent = self.world.row(there[0])
                pairs = zip(constraint.columns, reference.columns, strict=True)
                yield constraint.columns, {near: parent[far] for near, far in pairs}

    def _planted(self, table: Name, tenant: Handle, given: dict[str, str | None]) -> str:
        with self._session.seeded() as connection:
            wanted = Wanted(table=table, handle=Handle(table, f"{tenant.name}'s").key, given=given)
            harvest = plant(connection, self.world.catalog, [wanted])
        return "; ".join(harvest.failed.values())

    # --- members ----------------------------------------------------------------------------------------------------

    def members(self) -> Iterator[tuple[str, frozenset[Handle]]]:
        """Which tenants each actor is a member of, as the rows say."""
        isolation = self._isolation
        far = self._far(isolation.members, isolation.tenant_column, isolation.tenant)
        by_key = {self.world.row(tenant)[far]: tenant for tenant in self.tenants} if far else {}
        query = (
            f"select {identifier(isolation.tenant_column)}::text, {identifier(isolation.user_column)}::text"
            f" from {named(isolation.members)}"
        )
        numbers = [number_of(self.world, isolation, name) for name in self.world.suite.actors]
        among = ", ".join(constant(number) for number in numbers if number)
        query += f" where {identifier(isolation.user_column)}::text in ({among})" if among else " limit 0"
        with self._session.transaction():
            rows = self._session.bypass(query).values
        for name in self.world.suite.actors:
            number = number_of(self.world, isolation, name)
            yield name, frozenset(by_key[t] for t, user in rows if user == number and user and t in by_key)

    def _far(self, table: Name, column: str, to: Name) -> str | None:
        for constraint in self.world.table(table).constraints:
            reference = constraint.reference
            if reference and column in constraint.columns and (reference.schema, reference.table) == to:
                return reference.columns[constraint.columns.index(column)]
        keys = primary_key(self.world.table(to))
        return keys[0] if keys else None


def number_of(world: World, isolation: Isolation, actor: str) -> str | None:
    """What the members' table knows an actor by."""
    table, column, seen = isolation.members, isolation.user_column, set[Name]()
    while table not in seen:
        seen.add(table)
        found = next(
            (
                ((r.schema, r.table), r.columns[c.columns.index(column)])
                for c in world.table(table).constraints
                if (r := c.reference) and column in c.columns
            ),
            None,
        )
        if found is None:
            break
        table, column = found
        planted = world.rows.get(Handle(table, actor).key)
        if planted is not None:
            return planted.row[column]
        if table == USERS or table not in world.catalog.tables:
            break
    return world.suite.actors[actor].user
