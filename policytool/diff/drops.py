"""What has to go, and whatever leans on it: found on the simulated state, and dropped one by one, the leaning first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.build.dependents import dependents
from policytool.catalog.build.parts import Part
from policytool.catalog.build.state import State
from policytool.catalog.ddl import described
from policytool.catalog.ddl.columns import alter
from policytool.catalog.model import Column, Sequence, Table, View
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, qualified
from policytool.diff.actions.columns import using
from policytool.diff.replaced import replaced, replaced_part
from policytool.diff.same import named
from policytool.diff.simulator import Simulator

TYPES: Final = ("enums", "domains", "composites", "ranges", "base_types")
# Kinds of which objects are dropped; roles are not of one database, and schemas and servers go when they are empty.
KINDS: Final = ("event_triggers", "publications", "views", "tables", "sequences", "functions", *TYPES, "others")
LAST: Final = ("servers", "wrappers", "extensions", "schemas")
PARTS: Final = {
    "constraints": "constraint", "indexes": "index", "policies": "policy", "triggers": "trigger", "rules": "rule",
}  # fmt: skip


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
            if now is None or replaced_part(part, now, before, after):
                yield Part(kind, key, noun, part.name)
    if isinstance(before, Table):
        yield from _columns(state, key, before, after)


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


# --- order and statements -------------------------------------------------------------------------------------------


def run(simulator: Simulator, seeds: Iterator[Part]) -> None:
    """Drop these and what depends on them, each when nothing leans on it any more."""
    Dropping(simulator, list(seeds)).run()


class Dropping:
    """One round of drops."""

    def __init__(self, simulator: Simulator, seeds: list[Part]) -> None:
        self._simulator = simulator
        self._seeds = seeds
        self._going: set[Part] = set(seeds)
        self._state: dict[Part, bool] = {}  # False while it is being visited, True once it has gone
        self._order: list[Part] = []
        self._later: list[Part] = []

    def run(self) -> None:
        """Find the order on the state as it is, then drop."""
        self._close()
        for seed in self._seeds:
            self._visit(seed)
        for part in (*self._order, *self._later):
            sql = statement(self._simulator.state, part)
            if sql is not None:
                self._simulator.run([sql])

    def _close(self) -> None:
        self._below: dict[Part, list[tuple[Part, bool]]] = {}
        queue = list(self._seeds)
        for part in queue:
            found = [(d, along) for d, along in dependents(self._simulator.state, part) if d != part]
            self._below[part] = found
            for dependent, _ in found:
                if dependent not in self._going:
                    self._going.add(dependent)
                    queue.append(dependent)

    def _visit(self, part: Part) -> None:
        if part not in self._state:
            self._state[part] = False
            self._first(part, part)
            self._state[part] = True
            self._order.append(part)

    def _first(self, part: Part, root: Part) -> None:
        """Drop what leans on a part; what goes along with it is only looked at for what leans on that."""
        if part.kind == "extensions":  # its members go as one, however they lean on each other
            members = [d for d, along in self._below.get(part, ()) if along]
            self._state |= dict.fromkeys(members, True)
            for member in members:
                self._first(member, root)
            return
        for dependent, along in self._below.get(part, ()):
            target = dependent.whole if dependent.whole in self._going else dependent
            if target in (part, root) and along:
                continue
            if self._covered(dependent, root):
                continue
            if self._state.get(target) is True:
                continue
            if self._state.get(target) is False:
                if dependent.part and dependent != target:
                    self._order.append(dependent)
            elif not along:
                self._visit(target)
            else:
                self._state[target] = True
                self._first(target, root)
                self._later.append(target)

    def _covered(self, dependent: Part, root: Part) -> bool:
        """Whether it goes with the thing that is being dropped anyway."""
        column = Part(dependent.kind, dependent.key, "column", dependent.name)
        return (root == dependent.whole) if not root.part else (dependent.part == "default" and column in self._going)


def statement(state: State, part: Part) -> str | None:
    """The DROP of an object or a part; None where it has gone with another."""
    item: Any = state.store(part.kind).get(part.key)  # type: ignore[arg-type]
    if item is None:
        return None
    if not part.part:
        return _whole(item)
    if part.part == "member":
        held = any((t.schema, t.table) == part.name for t in item.tables)
        return f"alter publication {identifier(item.name)} drop table {qualified(*part.name)}" if held else None
    if part.part == "default":
        return _default(item, part)
    field = {**{v: k for k, v in PARTS.items()}, "column": "columns"}[part.part]
    found = next((p for p in getattr(item, field, ()) if p.name == part.name), None)
    return None if found is None else _part(item, part, found)


def _whole(item: Any) -> str:
    if isinstance(item, Sequence) and item.identity and item.owned_by is not None:
        schema, table, column = item.owned_by
        return f"alter table {qualified(schema, table)} alter column {identifier(column)} drop identity"
    return f"drop {described.full(item)}"


def _default(item: Any, part: Part) -> str | None:
    if not isinstance(item, Table):
        return f"alter domain {qualified(item.schema, item.name)} drop default" if item.default is not None else None
    column = next((c for c in item.columns if c.name == part.name and c.default is not None), None)
    return alter(item, column, "drop default") if column is not None else None


def _part(item: Any, part: Part, found: Any) -> str | None:
    relation, name = qualified(item.schema, item.name), identifier(part.name)
    if getattr(found, "inherited", False) and not getattr(found, "local", False):
        return None
    match part.part:
        case "policy" | "trigger" | "rule":
            return f"drop {part.part} {name} on {relation}"
        case "index":
            return f"drop index {qualified(item.schema, part.name)}" if found.constraint is None else None
        case "column":
            return f"alter {described.noun(item)} {relation} drop {_noun(item)} {name}"
    return f"alter {described.noun(item)} {relation} drop {part.part} {name}"


def _noun(item: Any) -> str:
    return "attribute" if described.noun(item) == "type" else "column"


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
        if table.of_type is not None and table.of_type != now.of_type:
            yield f"alter table {qualified(*key)} not of"
        for above in table.inherits:
            if above not in now.inherits or above not in after.tables:
                yield f"alter table {qualified(*key)} no inherit {qualified(*above)}"
