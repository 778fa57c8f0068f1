"""The statements that each actor tries on a table, in each shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from policytool.access.row_filter import COMMANDS
from policytool.catalog.keys import primary_key
from policytool.catalog.spelling import constant, identifier, literal, qualified
from policytool.testing.observed.stage import Item, ids
from policytool.testing.observed.ties import unique_keys

if TYPE_CHECKING:
    from policytool.catalog.model import Column, Name, Table
    from policytool.postgres.session import Session
    from policytool.testing.observed.worlds import Worlds

Shape = Literal["", "filtered", "unfiltered", "returning", "on conflict", "self-stamped"]
BYPASS: Final = "set local role policytool_bypass"
_SIMPLE: Final = ("text", "character", "integer", "bigint", "boolean", "timestamp", "numeric", "smallint")
# The columns that each role may use, as the server sees it.
_COLUMNS: Final = """
select a.attrelid::pg_catalog.regclass::oid::text, r.rolname::text, p.name, a.attname::text
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join pg_catalog.pg_roles r
cross join (values ('SELECT'), ('INSERT'), ('UPDATE')) as p (name)
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and r.rolname in ({roles}) and n.nspname in ({schemas})
  and pg_catalog.has_column_privilege(r.oid, a.attrelid, a.attnum, p.name)
"""
_TABLES: Final = """
select n.nspname::text, c.relname::text, c.oid::text from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname in ({schemas})
"""

_KEPT: Final = "\0kept"
Usable = Mapping[tuple["Name", str, str], frozenset[str]]


def usable(session: Session, roles: Iterable[str], schemas: Iterable[str], login: str = "") -> Usable:
    """(table, role, privilege) → the columns that the server lets the role use; `login` stands for PUBLIC."""
    known = {(login if role == "public" else role): role for role in roles}
    names = {"roles": ", ".join(map(literal, known)), "schemas": ", ".join(map(literal, schemas))}
    if not names["roles"] or not names["schemas"]:
        return {}
    places = {o: (s, n) for s, n, o in session.bypass(_TABLES.format(**names)).values if s and n}
    found: dict[tuple[Name, str, str], set[str]] = {}
    for oid, role, privilege, column in session.bypass(_COLUMNS.format(**names)).values:
        if oid in places and role and privilege and column:
            found.setdefault((places[oid], known[role], privilege), set()).add(column)
    return {key: frozenset(columns) for key, columns in found.items()}


class Probe(Struct, frozen=True, kw_only=True):
    """A statement; `reads` are the columns that a SELECT returns, by which its rows are known."""

    command: str
    shape: Shape
    sql: str
    reads: tuple[str, ...] = ()
    values: Mapping[str, str | None] = {}  # what an UPDATE sets


class Prober:
    """Makes statements for the tables of one stage."""

    def __init__(self, worlds: Worlds, columns: Usable) -> None:
        self._worlds = worlds
        self.columns = columns

    def may(self, table: Table, role: str, privilege: str) -> tuple[str, ...]:
        """The columns that the role may use, in the table's order."""
        held = self.columns.get(((table.schema, table.name), role, privilege), frozenset())
        return tuple(c.name for c in table.columns if c.name in held)

    def select(self, table: Table, role: str) -> Probe:
        """All that is to be seen, and of which row each is."""
        name, reads = qualified(table.schema, table.name), self.may(table, role, "SELECT")
        if len(reads) == len(table.columns) and reads:
            return Probe(command="SELECT", shape="unfiltered", sql=ids(name))
        shown = ", ".join(f"{identifier(c)}::text" for c in reads)
        return Probe(command="SELECT", shape="unfiltered", sql=f"select {shown} from {name}", reads=reads)

    def touching(self, table: Table, role: str, items: Iterable[Item], *, update: bool) -> Iterator[Probe]:
        """UPDATE or DELETE of all rows: with no column read, with one in WHERE, and with one in RETURNING."""
        name, reads = qualified(table.schema, table.name), self.may(table, role, "SELECT")
        what, command = f"delete from {name}", "DELETE"
        values: dict[str, str | None] = {}
        if update:
            command, (column, value) = "UPDATE", self._settable(table, role, tuple(items))
            kept = value is _KEPT
            values = {} if kept else {column: value}
            what = f"update {name} set {identifier(column)} = {identifier(column) if kept else constant(value)}"
        read = next(iter(reads), None)
        yield Probe(command=command, shape="unfiltered", sql=what, values=values)
        if read is not None:
            key = f"{identifier(table.name)}.{identifier(read)}"
            asked = f"({key} is null or {key} is not null)"  # a column is read, and no row is left out
            yield Probe(command=command, shape="filtered", sql=f"{what} where {asked}", values=values)
            yield Probe(command=command, shape="returning", sql=f"{what} returning {key}", values=values)

    def taking(self, table: Table, values: Mapping[str, str | None]) -> Probe:
        """An UPDATE of all rows that puts somebody in their people's place."""
        sets = ", ".join(f"{identifier(c)} = {constant(v)}" for c, v in values.items())
        sql = f"update {qualified(table.schema, table.name)} set {sets}"
        return Probe(command="UPDATE", shape="self-stamped", sql=sql, values=values)

    def one(self, table: Table, probe: Probe, item: Item, role: str) -> str | None:
        """A probe of one row alone: by its key, or by all that the role may read."""
        reads = self.may(table, role, "SELECT")
        keys = primary_key(table)
        columns = keys if keys and set(keys) <= set(reads) else reads
        if not columns or probe.shape == "unfiltered":
            return None
        what = probe.sql.split(" where (")[0].split(" returning ")[0]
        return f"{what} where {where(table, columns, item)}"

    def insert(self, table: Table, role: str, row: Mapping[str, str | None], shape: Shape = "") -> Probe:
        """A row like another. It need not be valid: policies are asked before constraints are."""
        held = self.may(table, role, "INSERT")
        kinds = {c.name: c for c in table.columns}
        values = {n: v for n, v in row.items() if n in held and _plain(kinds[n])}
        if not held:
            values = {n: v for n, v in row.items() if _plain(kinds[n])}
        sql = inserted(table, values)
        match shape:
            case "returning":
                reads = self.may(table, role, "SELECT") or tuple(kinds)
                sql += f" returning {', '.join(map(identifier, reads))}"
            case "on conflict":
                sql += " on conflict do nothing"
        return Probe(command="INSERT", shape=shape or "unfiltered", sql=sql)

    def _settable(self, table: Table, role: str, items: tuple[Item, ...]) -> tuple[str, str | None]:
        """A column to set, and to what: one that says nothing of whose the row is, to what some row has anyway."""
        held = self.may(table, role, "UPDATE")
        columns = [c for c in table.columns if c.name in held and _plain(c)]
        if not columns:
            return next((c.name for c in table.columns if _plain(c)), ""), None
        column = min(columns, key=lambda c: self._weight(table, c))
        value = next((v for item in items if (v := item.row.get(column.name)) is not None), None)
        if self._weight(table, column) >= 4:  # unique, or whose it is: it keeps what it has
            return column.name, _KEPT
        return column.name, value

    def _weight(self, table: Table, column: Column) -> int:
        key = (table.schema, table.name)
        ties = self._worlds.ties.get(key)
        unique = any(column.name in found for found in unique_keys(table))
        watched = any(column.name in t.update_columns for t in table.triggers)
        if ties is not None and (
            column.name in ties.users or any(column.name in k.columns for k in ties.keys) or column.name in ties.powers
        ):
            return 5
        if column.name in self._worlds.switches.columns.get(key, frozenset()):
            return 5
        checked = any(column.name in c.columns for c in table.constraints if c.kind == "CHECK")
        plain = column.type.startswith(_SIMPLE)
        return 4 if unique else (not plain) + checked + 2 * watched


def inserted(table: Table, values: Mapping[str, str | None]) -> str:
    """An INSERT of these values."""
    name = qualified(table.schema, table.name)
    if not values:
        return f"insert into {name} default values"
    names = ", ".join(map(identifier, values))
    return f"insert into {name} ({names}) values ({', '.join(map(constant, values.values()))})"


def where(table: Table, columns: Iterable[str], item: Item) -> str:
    """The condition that a row fulfils."""
    kinds = {c.name: c.type for c in table.columns}
    parts = []
    for name in columns:
        column = f"{identifier(table.name)}.{identifier(name)}"
        value = item.row.get(name)
        if kinds.get(name) in ("json", "xml", "point"):
            continue
        parts.append(f"{column} is null" if value is None else f"{column} = {literal(value)}")
    return " and ".join(parts) or "true"


def _plain(column: Column) -> bool:
    """Whether a value may be given for the column."""
    return column.generated is None and column.identity != "ALWAYS"


EVERY: Final = (*COMMANDS, "TRUNCATE")
