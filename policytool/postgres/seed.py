"""A few rows for every table, in the order in which foreign keys need them, made by a role that is no superuser."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from policytool.catalog.model import Column, Constraint, Name, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, literal, qualified
from policytool.postgres.seed_values import ATTEMPTS, Generator

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


def order(catalog: Catalog) -> list[Name]:
    """The user's tables and those of the platform that they refer to, each after what it refers to."""
    wanted: dict[Name, set[Name]] = {}
    queue = [key for key, table in catalog.tables.items() if table.origin is None]
    while queue:
        key = queue.pop()
        if key in wanted or key not in catalog.tables:
            continue
        wanted[key] = {(r.schema, r.table) for _, r in _references(catalog.tables[key])} - {key}
        queue += wanted[key]
    plain = {key: parents for key, parents in sorted(wanted.items()) if catalog.tables[key].kind == "table"}
    while True:
        try:
            return [key for key in TopologicalSorter(plain).static_order() if key in plain]
        except CycleError as error:
            # One of the circle has to begin without the others: a table whose key to the one before may be null.
            steps = list(pairwise(error.args[1]))
            needed, table = next((step for step in steps if _may_be_null(catalog.tables[step[1]], step[0])), steps[0])
            plain[table] = plain[table] - {needed}


def _may_be_null(table: Table, other: Name) -> bool:
    """Whether a row need not refer to the other table."""
    required = {column.name for column in table.columns if column.not_null}
    keys = [c.columns for c, reference in _references(table) if (reference.schema, reference.table) == other]
    return not any(required.issuperset(columns) for columns in keys)


def _references(table: Table) -> Iterator[tuple[Constraint, Any]]:
    return ((c, c.reference) for c in table.constraints if c.reference is not None and c.enforced)


class _Seeder:
    def __init__(self, connection: Connection, before: Catalog, after: Catalog) -> None:
        self._connection = connection
        self._catalog = before
        self._after = after
        self._generator = Generator(before)

    def fill(self, key: Name) -> str:
        """Insert rows, as many as can be; why the last one could not."""
        why = "it is empty"
        for row in range(1, ROWS + 1):
            for attempt in range(ATTEMPTS):
                failed = self._insert(self._catalog.tables[key], row, attempt)
                if failed is None:
                    break
                why = failed
        return why

    def _insert(self, table: Table, row: int, attempt: int) -> str | None:
        import psycopg

        try:
            with self._connection.transaction():
                values = dict(self._values(table, row, attempt))
                names = ", ".join(map(identifier, values))
                what = f"({names}) values ({', '.join(values.values())})" if values else "default values"
                self._connection.execute(f"insert into {qualified(table.schema, table.name)} {what}".encode())
        except (psycopg.Error, _Unfillable) as error:
            primary = error.diag.message_primary if isinstance(error, psycopg.Error) else str(error)
            return primary or str(error).strip()
        return None

    def _values(self, table: Table, row: int, attempt: int) -> Iterator[tuple[str, str]]:
        keys = self._keys(table, row)
        single = {
            c.columns[0] for c in table.constraints if c.kind in ("PRIMARY KEY", "UNIQUE") and len(c.columns) == 1
        }
        single |= {i.keys[0].column or "" for i in table.indexes if i.unique and len(i.keys) == 1}
        for column in table.columns:
            if column.generated is not None or column.identity is not None:
                continue
            if column.name in keys:
                yield column.name, keys[column.name]
            elif self._left_to_default(table, column, single):
                continue
            elif not self._left_null(table, column, row, attempt):
                value = self._generator.value(table, column, row, attempt)
                if value is not None:
                    yield column.name, literal(value)
                elif column.not_null and column.default is None:
                    raise _Unfillable(f"no value is known for {column.name} of the type {column.type}")

    def _left_to_default(self, table: Table, column: Column, single: Collection[str | None]) -> bool:
        """Whether the column's default will do: not where each row needs its own, nor where a partition bounds it."""
        if column.default is None or (column.name in single and "(" not in column.default):
            return False
        return not self._generator.bounds(table, column.name)

    def _left_null(self, table: Table, column: Column, row: int, attempt: int) -> bool:
        """The last row has nulls where AFTER allows them; so have all rows of the platform, and the last attempts."""
        if column.not_null:
            return False
        now = self._after.tables.get((table.schema, table.name))
        later = next((c for c in now.columns if c.name == column.name), None) if now else None
        if later is not None and later.not_null:
            return False
        return row == ROWS or table.origin is not None or attempt >= 4

    def _keys(self, table: Table, row: int) -> dict[str, str]:
        """The columns of foreign keys, each with what a row of the other table holds."""
        found: dict[str, str] = {}
        nullable = {column.name for column in table.columns if not column.not_null}
        for constraint, reference in _references(table):
            if constraint.columns and all(name in found for name in constraint.columns):
                continue
            other = (reference.schema, reference.table)
            columns = ", ".join(f"{identifier(c)}::text" for c in reference.columns)
            query = f"select {columns} from {qualified(*other)} order by 1 limit {ROWS}"
            rows = self._connection.execute(query.encode()).fetchall()
            if rows:
                values = [_constant(value) for value in rows[(row - 1) % len(rows)]]
            elif any(name in nullable for name in constraint.columns):
                values = ["null"] * len(constraint.columns)
            elif other == (table.schema, table.name):
                continue  # a row that refers to itself
            else:
                raise _Unfillable(f"{qualified(*other)} has no row to refer to")
            found |= dict(zip(constraint.columns, values, strict=True))
        return found


def _constant(value: str | None) -> str:
    return "null" if value is None else literal(value)


class _Unfillable(Exception):
    """No row can be made."""
