"""What has to go, found on the simulated state; whatever leans on it goes with it, see `drops`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.build.dependents import dependents
from policytool.catalog.build.parts import Part
from policytool.catalog.build.state import State
from policytool.catalog.model import Column, Index, Name, Table, View
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.diff.actions.columns import using
from policytool.diff.drops import PARTS
from policytool.diff.replaced import replaced, replaced_part
from policytool.diff.same import named, same
from policytool.diff.simulator import Simulator

TYPES: Final = ("enums", "domains", "composites", "ranges", "base_types")
# Kinds of which objects are dropped; roles are not of one database, and schemas and servers go when they are empty.
KINDS: Final = ("event_triggers", "publications", "views", "tables", "sequences", "functions", *TYPES, "others")
LAST: Final = ("servers", "wrappers", "extensions", "schemas")


def early(simulator: Simulator, after: Catalog) -> Iterator[Part]:
    """What goes before anything is made: the types that columns still have wait."""
    state = simulator.state
    for kind in KINDS:
        store, wanted = state.store(kind), getattr(after, kind)
        for key, item in store.items():
            if item.origin is not None:
                if key in wanted and isinstance(item, Table | View):
                    yield from _parts(state, kind, key, item, wanted[key], after)
            elif key not in wanted or replaced(item, wanted[key]):
                if not (_is_of_columns(kind, item) and in_use(state, Part(kind, key), after)):
                    yield Part(kind, key)
            elif isinstance(item, Table | View) and item is not wanted[key]:
                yield from _parts(state, kind, key, item, wanted[key], after)
    for name, server in state.servers.items():
        if name in after.servers and server.origin is None and replaced(server, after.servers[name]):
            yield Part("servers", name)


def late(simulator: Simulator, after: Catalog) -> Iterator[Part]:
    """What goes when all else is there: types that nothing is of any more, and what contains others."""
    for kind in (*KINDS, *LAST):
        wanted = getattr(after, kind)
        for key, item in simulator.state.store(kind).items():
            gone = key not in wanted or (
                item.origin is None and wanted[key].origin is None and replaced(item, wanted[key])
            )
            if gone and (item.origin is None or kind == "extensions"):
                yield Part(kind, key)


def _is_of_columns(kind: str, item: Any) -> bool:
    """Whether it is something that columns or tables are of, beyond what their expressions say."""
    return kind in TYPES or (kind == "others" and item.kind in ("collation", "access method"))


def in_use(state: State, part: Part, after: Catalog) -> bool:
    """Whether a column that stays is of the type, directly or by a type made of it."""
    for dependent, _ in dependents(state, part):
        if dependent.kind == "tables" and dependent.part in ("", "column"):
            table = after.tables.get(dependent.key)
            kept = table is not None and (not dependent.part or any(c.name == dependent.name for c in table.columns))
            if kept and not replaced(state.tables[dependent.key], table):
                return True
        elif dependent.kind in TYPES and in_use(state, dependent.whole, after):
            return True
    return False


def _parts(state: State, kind: str, key: Any, before: Any, after: Any, catalog: Catalog) -> Iterator[Part]:
    for field, noun in PARTS.items():
        old = getattr(before, field, ())
        new = named(getattr(after, field, ()))
        if old is getattr(after, field, ()) and (field != "constraints" or before.indexes is after.indexes):
            continue  # the index of a key is a part of it
        for part in old:
            if (getattr(part, "inherited", False) and not getattr(part, "local", False)) or getattr(
                part, "origin", None
            ):
                continue
            if noun == "index" and (part.constraint is not None or part.parent is not None):
                continue
            now = new.get(part.name)
            if now is None or replaced_part(part, now, before, after) or _outgrown(part, now, before):
                yield Part(kind, key, noun, part.name)
    if isinstance(before, Table):
        yield from _columns(state, key, before, after)


def _outgrown(part: Any, now: Any, host: Any) -> bool:
    """Whether an index is to serve a key from now on, which that of a partitioned table cannot."""
    if not isinstance(part, Index) or part.constraint is not None or now.constraint is None:
        return False
    return getattr(host, "kind", "") == "partitioned table" or part.predicate is not None


def _columns(state: State, key: Any, before: Table, after: Table) -> Iterator[Part]:
    new = named(after.columns)
    for column in before.columns:
        part, now = Part("tables", key, "column", column.name), new.get(column.name)
        if now is None:
            if not column.inherited:
                yield part
        elif (column.type, column.collation) != (now.type, now.collation):
            yield from _in_the_way(state, part, other_family=bool(using(column, now)) or not _family(column, now))
            if (column.generated is None) != (now.generated is None) and not column.inherited:
                yield part
        elif (column.generated is None and now.generated is not None) or _reworked(
            column, now, settable=state.major_version >= 17
        ):
            yield part


def _reworked(before: Column, after: Column, *, settable: bool) -> bool:
    """Whether a generated column has to be made anew for its expression."""
    if before.generated is None or after.generated is None:
        return before.generated is None and after.generated is not None
    stored = before.generated_stored == after.generated_stored
    return not stored or (before.generated != after.generated and not settable)


def _family(before: Column, after: Column) -> bool:
    """Whether operators and constants fit the new type as they fitted the old one."""
    return _built_in(before.type) == _built_in(after.type)


def _built_in(name: str) -> bool:
    return "." not in name


def _in_the_way(state: State, column: Part, *, other_family: bool) -> Iterator[Part]:
    """What ALTER COLUMN … TYPE refuses to touch, keys that have to change on both sides at once, and expressions with
    constants of a type that is not the column's any more."""
    for dependent, _ in dependents(state, column):
        match dependent.part:
            case "policy" | "trigger" | "rule" | "member" | "":
                if dependent.kind != "sequences":
                    yield dependent
            case "constraint":
                table = state.tables[dependent.key]
                found = next((c for c in table.constraints if c.name == dependent.name), None)
                rebuilt = ("FOREIGN KEY", "CHECK", "EXCLUDE") if other_family else ("FOREIGN KEY",)
                if found is not None and (found.local or not found.inherited) and found.kind in rebuilt:
                    yield dependent
            case "index" if other_family:
                item: Any = state.store(dependent.kind)[dependent.key]  # type: ignore[arg-type]
                index = next(i for i in item.indexes if i.name == dependent.name)
                if index.parent is None and (index.predicate or any(k.expression or k.opclass for k in index.keys)):
                    yield dependent
            case "column" if dependent.key == column.key:
                yield dependent


def unattached(before: Catalog, after: Catalog) -> Iterator[str]:
    """The statements that free tables from their parents, so that these can go without them."""
    for key, table in before.tables.items():
        now = after.tables.get(key)
        if now is None or replaced(table, now):
            continue
        parent = after.tables.get(table.partition_of) if table.partition_of is not None else None
        if table.partition_of is not None:
            kept = (now.partition_of, now.partition_bound) == (table.partition_of, table.partition_bound)
            if not kept or parent is None or replaced(before.tables[table.partition_of], parent):
                yield f"alter table {qualified(*table.partition_of)} detach partition {qualified(*key)}"
        if table.of_type is not None and (table.of_type != now.of_type or _remade(before, after, table.of_type)):
            yield f"alter table {qualified(*key)} not of"
        for above in table.inherits:
            if above not in now.inherits or above not in after.tables:
                yield f"alter table {qualified(*key)} no inherit {qualified(*above)}"


def _remade(before: Catalog, after: Catalog, name: Name) -> bool:
    """Whether the type of a typed table has to be another, or changes under it."""
    old, new = before.composites.get(name), after.composites.get(name)
    return old is not new and (old is None or new is None or not same(old.columns, new.columns))
