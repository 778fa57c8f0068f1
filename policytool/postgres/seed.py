"""A few rows for every table, in the order in which foreign keys need them, made by a role that is no superuser."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, qualified
from policytool.postgres.seeding.facts import Key, order
from policytool.postgres.seeding.grower import Grower
from policytool.postgres.seeding.insert import Row
from policytool.postgres.seeding.model import Unfillable
from policytool.postgres.seeding.wish import Fill, Wish, seed_of

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

ROWS: Final = 3
_RIGHTS: Final = ("pg_read_all_data", "pg_write_all_data")
_SETTINGS: Final = {"statement_timeout": "5s", "lock_timeout": "2s", "client_min_messages": "error"}
_HELD: Final = b"""
select r.rolbypassrls, array(select g.rolname::text from pg_catalog.pg_auth_members m
  join pg_catalog.pg_roles g on g.oid = m.roleid where m.member = r.oid)
from pg_catalog.pg_roles r where r.rolname = 'postgres'
"""


class Seeded(Struct, frozen=True, kw_only=True):
    """The tables that have rows now, and why others have none."""

    rows: dict[Name, int] = field(default_factory=dict)
    empty: dict[Name, str] = field(default_factory=dict)


def seed(server: Server, database: str, before: Catalog, after: Catalog, *, skip: Collection[Name] = ()) -> Seeded:
    """Put rows into the user's tables of a database that holds `before`; no value is null that is not null in `after`.

    Triggers fire and keys are checked, as for any other row.
    """
    rows: dict[Name, int] = {}
    empty: dict[Name, str] = {}
    with _entitled(server), server.connect(database, "postgres", settings=_SETTINGS) as connection:
        connection.prepare_threshold = None
        seeder = _Seeder(connection, before, after)
        for key in order(before):
            why = "it was to have none" if key in skip else seeder.fill(key)
            count = connection.execute(f"select count(*) from only {qualified(*key)}".encode()).fetchone()
            if count and count[0]:
                rows[key] = count[0]
            else:
                empty[key] = why
    return Seeded(rows=rows, empty=empty)


@contextmanager
def _entitled(server: Server) -> Iterator[None]:
    """Let `postgres` write to all tables for a while: as a superuser it would run the project's functions as one."""
    with server.connect() as connection:
        bypasses, member_of = connection.execute(_HELD).fetchone() or (True, [])
        given = [role for role in _RIGHTS if role not in member_of]
        for role in given:
            connection.execute(f"grant {role} to postgres".encode())
        if not bypasses:
            connection.execute("alter role postgres bypassrls")
    try:
        yield
    finally:
        with server.connect() as connection:
            for role in given:
                connection.execute(f"revoke {role} from postgres".encode())
            if not bypasses:
                connection.execute("alter role postgres nobypassrls")


class _Seeder:
    def __init__(self, connection: Connection, before: Catalog, after: Catalog) -> None:
        self._grower = Grower(connection, before, _Rotating())
        self._after = after

    def fill(self, key: Name) -> str:
        """Insert rows, as many as can be; why the last one could not."""
        why = "it is empty"
        shape = self._grower.shapes[key]
        for row in range(1, ROWS + 1):
            # The last row has nulls where AFTER allows them, and so have all rows of the platform.
            fill: Fill = "keys" if row == ROWS or shape.table.origin is not None else "all"
            wish = Wish(shape=shape, seed=seed_of(key, str(row)), n=row, fill=fill, keep=self._not_null(key))
            try:
                self._grower.grow(wish, f"{qualified(*key)} {row}")
            except Unfillable as failed:
                why = str(failed)
        return why

    def _not_null(self, key: Name) -> frozenset[str]:
        """The columns that are to be NOT NULL in the end."""
        now = self._after.tables.get(key)
        return frozenset(column.name for column in now.columns if column.not_null) if now else frozenset()


class _Rotating:
    """Parents are the rows that are there: the first row has the first, the second the second."""

    def find(self, grower: Grower, wish: Wish, key: Key, fixed: Row, fresh: int) -> Mapping[str, str | None]:
        """A row of the other table; its columns that the key names."""
        columns = ", ".join(f"{identifier(name)}::text" for name in key.far)
        where = " and ".join(f"{identifier(far)}::text = %s" for far in fixed)
        query = f"select {columns} from {qualified(*key.to)}{' where ' if where else ''}{where} order by 1 limit {ROWS}"
        rows = grower.connection.execute(query.encode(), [*fixed.values()]).fetchall()
        if not rows:
            raise Unfillable(f"{qualified(*key.to)} has no row to refer to")
        return dict(zip(key.far, rows[(wish.n - 1 + fresh) % len(rows)], strict=True))
