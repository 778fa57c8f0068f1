"""A database for the tests of seeding: some SQL, and rows that are wanted in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import Platform, platform_of
from policytool.catalog.objects import Catalog
from policytool.postgres.entitled import actors, entitled
from policytool.postgres.seeding import Harvest, Ref, Wanted, World, cover, plant
from policytool.postgres.server import Server

Given = Mapping[str, str | Ref | None]


class Plot(Struct, frozen=True):
    """A database that rows are planted in, past row level security and by no superuser."""

    server: Server
    database: str
    known: Platform | None = None

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL as the role that owns the project's tables; the rows of the last statement."""
        with self.server.connect(self.database) as connection:
            cursor = connection.execute(f"set role postgres; {sql}".encode())
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def catalog(self) -> Catalog:
        """What is there."""
        with self.server.administer(self.database) as connection:
            return introspect(connection, platform=self.known)

    def plant(self, *wanted: tuple[str, str, Given]) -> Harvest:
        """Plant rows: table, handle, what is given."""
        catalog = self.catalog()
        wishes = [
            Wanted(table=_name(table), handle=handle, given=given) for table, handle, given in wanted
        ]  # fmt: skip
        with entitled(self.server) as user, actors(self.server, self.database, user).login() as connection:
            connection.execute("set role policytool_bypass")
            return plant(connection, catalog, wishes)

    def cover(self, *worlds: World) -> list[Harvest]:
        """Plant worlds."""
        catalog = self.catalog()
        with entitled(self.server) as user, actors(self.server, self.database, user).login() as connection:
            connection.execute("set role policytool_bypass")
            return [cover(connection, catalog, world) for world in worlds]

    def row(self, columns: str, given: Given | None = None) -> dict[str, str | None]:
        """The one row that is planted in a table of these columns."""
        self.run(f"create table t ({columns})")
        return self.one("t", given)

    def one(self, table: str, given: Given | None = None) -> dict[str, str | None]:
        """One row of a table."""
        harvest = self.plant((table, "one", given or {}))
        assert harvest.failed == {}
        return harvest.rows["one"].row


def plain(server: Server) -> Plot:
    """A fresh database of plain Postgres."""
    return Plot(server, server.create_database("postgres_plain", owner="postgres"))


def supabase(server: Server) -> Plot:
    """A fresh Supabase project."""
    name = server.create_database("supabase_legacy", owner="postgres")
    with server.administer(name) as connection:
        return Plot(server, name, platform_of("supabase", introspect(connection)))


def _name(table: str) -> tuple[str, str]:
    schema, _, name = table.rpartition(".")
    return (schema or "public", name)
