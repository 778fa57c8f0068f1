"""The SQL of an attempt: the same for everybody but for the columns that a role may not name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from policytool.catalog.model import Column, Name
from policytool.catalog.spelling import constant, identifier
from policytool.testing.running.world import World, named, settable
from policytool.testing.suites.suite import Command, Handle, Operation


def on_row(world: World, command: Command, handle: Handle, role: str, *, spare: Collection[str] = ()) -> str:
    """Read, update or delete one row. An update leaves the row as it is; `spare` are columns better not updated."""
    where = world.where(handle, role)
    match command:
        case "SELECT":
            return f"select {readable(world, handle.table, role)} from {named(handle.table)} where {where}"
        case "DELETE":
            return f"delete from {named(handle.table)} where {where}"
    column = updatable(world, handle.table, role, spare)
    value = constant(world.row(handle)[column])
    return f"update {named(handle.table)} set {identifier(column)} = {value} where {where}"


def without_filter(world: World, command: Command, handle: Handle, role: str) -> str:
    """Update or delete whatever can be reached; no column is read, so that no SELECT policy has a say."""
    if command == "DELETE":
        return f"delete from {named(handle.table)}"
    column = updatable(world, handle.table, role, ())
    return f"update {named(handle.table)} set {identifier(column)} = {constant(world.row(handle)[column])}"


def readable(world: World, table: Name, role: str) -> str:
    """What to select: all columns, unless the role may read some only."""
    held = world.rights(role, table)
    if held.whole or not held.select:
        return "*"
    names = [c.name for c in world.table(table).columns if c.name in held.select]
    return "*" if len(names) == len(world.table(table).columns) else ", ".join(map(identifier, names))


def updatable(world: World, table: Name, role: str, spare: Collection[str]) -> str:
    """The column to update where any will do: one that the role may, and that nothing hangs on."""
    columns = [c for c in world.table(table).columns if settable(c)] or list(world.table(table).columns)
    allowed = world.rights(role, table).update
    return min(columns, key=lambda c: (c.name not in allowed, c.name in spare, _weight(world, table, c))).name


def _weight(world: World, table: Name, column: Column) -> int:
    """Keys last, then what refers to others, then what a constraint looks at."""
    found = world.table(table)
    weights = {"PRIMARY KEY": 8, "UNIQUE": 4, "EXCLUDE": 4, "FOREIGN KEY": 3, "CHECK": 1}
    heavy = [weights[c.kind] for c in found.constraints if column.name in c.columns]
    unique = [4 for index in found.indexes if index.unique and any(k.column == column.name for k in index.keys)]
    return max((*heavy, *unique, 0 if column.not_null else 1))


def insert(table: Name, values: Mapping[str, str | None], *, conflict: str = "", returning: str = "") -> str:
    """Insert a row of these columns."""
    columns = ", ".join(map(identifier, values))
    row = f"({columns}) values ({', '.join(map(constant, values.values()))})" if values else "default values"
    return " ".join(part for part in (f"insert into {named(table)} {row}", conflict, returning) if part)


def of_operation(world: World, operation: Operation, role: str | None, values: Mapping[str, str | None]) -> str:
    """The SQL of a case's statement; `values` are those of an insert, made whole."""
    table, returning = operation.table or ("", ""), ""
    if operation.returning and operation.table:
        returning = f"returning {readable(world, table, role) if role else '*'}"
    match operation.command:
        case "SQL":
            return _filled(world, operation)
        case "EXECUTE":
            return _call(world, operation)
        case "INSERT":
            return insert(table, values, conflict=_conflict(world, operation, values), returning=returning)
        case "SELECT":
            head = f"select {readable(world, table, role) if role else '*'} from {named(table)}"
        case "DELETE":
            head = f"delete from {named(table)}"
        case _:
            sets = (f"{identifier(c)} = {constant(v)}" for c, v in world.values(operation.values).items())
            head = f"update {named(table)} set {', '.join(sets)}"
    where = f"where {world.where(operation.handle, role)}" if operation.handle else ""
    return " ".join(part for part in (head, where, returning) if part)


def _filled(world: World, operation: Operation) -> str:
    sql = operation.sql
    for hole, ref in operation.refs.items():
        sql = sql.replace("{@" + hole + "}", constant(world.value(ref)))
    return sql


def _call(world: World, operation: Operation) -> str:
    schema, name, _ = operation.function or ("", "", ())
    given = ", ".join(f"{identifier(n)} => {constant(v)}" for n, v in world.values(operation.values).items())
    head = "call" if operation.procedure else "select * from"
    return f"{head} {named((schema, name))}({given})"


def _conflict(world: World, operation: Operation, values: Mapping[str, str | None]) -> str:
    """ON CONFLICT with the key named, as PostgREST sends it: so its columns are read."""
    if not operation.conflict:
        return ""
    found = world.table(operation.table or ("", ""))
    keys = [c.columns for c in found.constraints if c.kind in ("PRIMARY KEY", "UNIQUE")]
    key = next((k for k in keys if set(k) <= values.keys()), keys[0] if keys else ())
    target = f"({', '.join(map(identifier, key))})" if key else ""
    if operation.conflict == "nothing":
        return " ".join(part for part in ("on conflict", target, "do nothing") if part)
    rest = [c for c in values if c not in key] or list(key)
    sets = ", ".join(f"{identifier(c)} = excluded.{identifier(c)}" for c in rest)
    return f"on conflict {target} do update set {sets}"
