"""What is the same thing under another name: as the SQL says, or as its contents show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal

from msgspec import Struct

from policytool.catalog.ddl import described
from policytool.catalog.model import Table, View
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, qualified
from policytool.diff.same import fields, named
from policytool.diff.simulator import Simulator

Mode = Literal["off", "prompt", "auto"]
WHOLES: Final = ("tables", "views", "enums", "domains", "composites", "ranges", "sequences", "functions")
_NAMES: Final = frozenset({"name", "schema", "comment", "grants", "owner", "replica_identity"})
_RENAMED: Final = frozenset({"name", "comment", "constraint", "parent", "valid", "clustered"})


class Rename(Struct, frozen=True, kw_only=True):
    """An object, or with `column` a column of it, under its old and its new name."""

    kind: str
    old: Any
    new: Any
    column: tuple[str, str] | None = None
    guessed: bool = False

    def reversed(self) -> Rename:
        """The way back."""
        column = (self.column[1], self.column[0]) if self.column is not None else None
        return Rename(kind=self.kind, old=self.new, new=self.old, column=column, guessed=self.guessed)

    def __str__(self) -> str:
        if self.column is not None:
            return f"column {self.column[0]} of {qualified(*self.new[:2])} as {self.column[1]}"
        return f"{self.kind[:-1]} {qualified(*self.old[:2])} as {qualified(*self.new[:2])}"


Accept = Callable[[Rename], bool]


def apply(simulator: Simulator, after: Catalog, hints: Iterable[Rename], accept: Accept) -> None:
    """Rename what is said to be renamed, then what is accepted of what looks so, then what follows from that."""
    for kind in ("whole", "column"):
        for hint in hints:
            if (hint.column is not None) == (kind == "column"):
                _run(simulator, after, hint)
        found = _guessed_wholes(simulator, after) if kind == "whole" else _guessed_columns(simulator, after)
        for rename in list(found):
            if accept(rename):
                _run(simulator, after, rename)
    _owned_sequences(simulator, after)
    simulator.run(list(_constraints(simulator, after)))
    simulator.run(list(_indexes(simulator, after)))


def _run(simulator: Simulator, after: Catalog, rename: Rename) -> None:
    """The statements of one rename, where the old name is there and free afterwards and the new one is not."""
    store, wanted = simulator.state.store(rename.kind), getattr(after, rename.kind)  # type: ignore[arg-type]
    if rename.column is not None:
        item, now = store.get(rename.new), wanted.get(rename.new)
        if item is None or now is None:
            return
        old, new = rename.column
        if old in named(item.columns) and new not in named(item.columns) and old not in named(now.columns):
            head = f"alter {described.full(item)}"
            noun = "attribute" if rename.kind == "composites" else "column"
            simulator.run([f"{head} rename {noun} {identifier(old)} to {identifier(new)}"])
        return
    item = store.get(rename.old)
    if item is None or rename.new in store or rename.new not in wanted or rename.old in wanted or item.origin:
        return
    if rename.old[1] != rename.new[1]:
        simulator.run([f"alter {described.full(item)} rename to {identifier(rename.new[1])}"])
    if rename.old[0] != rename.new[0]:
        moved = next((i for k, i in store.items() if k[0] == rename.old[0] and k[1] == rename.new[1]), None)
        if moved is not None:
            simulator.run([f"alter {described.full(moved)} set schema {identifier(rename.new[0])}"])


# --- by contents ----------------------------------------------------------------------------------------------------


def shape(item: Any, without: frozenset[str] = _NAMES) -> Any:
    """What a thing is but for its name, to be looked up by."""
    if isinstance(item, Struct):
        held = [(name, shape(getattr(item, name), without)) for name in fields(type(item)) if name not in without]
        return (type(item).__name__, *held)
    if isinstance(item, tuple):
        return tuple(shape(part, without) for part in item)
    return item


def _table_shape(table: Table) -> Any:
    columns = tuple((c.name, c.type, c.not_null, c.generated) for c in table.columns)
    return (table.kind, table.partition_key, columns) if columns else None


def _guessed_wholes(simulator: Simulator, after: Catalog) -> Iterator[Rename]:
    for kind in WHOLES[:-2]:
        old, new = simulator.state.store(kind), getattr(after, kind)
        gone = [(k, _whole(i)) for k, i in old.items() if k not in new and i.origin is None]
        made = [(k, _whole(i)) for k, i in new.items() if k not in old and i.origin is None]
        for one, other in _pairs(gone, made):
            yield Rename(kind=kind, old=one, new=other, guessed=True)


def _whole(item: Any) -> Any:
    return _table_shape(item) if isinstance(item, Table) else shape(item)


def _guessed_columns(simulator: Simulator, after: Catalog) -> Iterator[Rename]:
    for key, table in simulator.state.tables.items():
        now = after.tables.get(key)
        if now is None or table.columns is now.columns or table.origin is not None:
            continue
        old, new = named(table.columns), named(now.columns)
        gone = [(n, shape(c, _RENAMED)) for n, c in old.items() if n not in new and not c.inherited]
        made = [(n, shape(c, _RENAMED)) for n, c in new.items() if n not in old and not c.inherited]
        for one, other in _pairs(gone, made):
            yield Rename(kind="tables", old=key, new=key, column=(one, other), guessed=True)


def _pairs(gone: list[tuple[Any, Any]], made: list[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """The names whose contents are alike, where there is only one on either side."""
    by_shape: dict[Any, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((gone, made)):
        for name, held in items:
            if held is not None:
                by_shape[held][side].append(name)
    for old, new in by_shape.values():
        if len(old) == 1 and len(new) == 1:
            yield old[0], new[0]


# --- what holds nothing of its own: its name is all that changes ----------------------------------------------------


def _owned_sequences(simulator: Simulator, after: Catalog) -> None:
    """The sequence of a column that stays is the same sequence."""
    state = simulator.state
    wanted = {s.owned_by: (k, s) for k, s in after.sequences.items() if s.owned_by is not None}
    for key, sequence in list(state.sequences.items()):
        new, now = wanted.get(sequence.owned_by or ("", "", ""), (key, sequence))
        if key not in after.sequences and new not in state.sequences and sequence.identity == now.identity:
            _run(simulator, after, Rename(kind="sequences", old=key, new=new))


def _constraints(simulator: Simulator, after: Catalog) -> Iterator[str]:
    for key, table in simulator.state.tables.items():
        now = after.tables.get(key)
        if now is None or table.constraints is now.constraints or table.origin is not None:
            continue
        old, new = named(table.constraints), named(now.constraints)
        indexes, new_indexes = _serving(table), _serving(now)
        gone = [
            (n, (shape(c, _RENAMED), shape(indexes.get(n), _RENAMED)))
            for n, c in old.items()
            if n not in new and not c.inherited
        ]
        made = [
            (n, (shape(c, _RENAMED), shape(new_indexes.get(n), _RENAMED)))
            for n, c in new.items()
            if n not in old and not c.inherited
        ]
        for one, other in _pairs(gone, made):
            yield f"alter table {qualified(*key)} rename constraint {identifier(one)} to {identifier(other)}"


def _serving(table: Table) -> dict[str, Any]:
    return {index.constraint: index for index in table.indexes if index.constraint is not None}


def _indexes(simulator: Simulator, after: Catalog) -> Iterator[str]:
    hosts: tuple[tuple[dict[Any, Any], dict[Any, Any]], ...] = (
        (simulator.state.tables, after.tables),
        (simulator.state.views, after.views),
    )
    for before, wanted in hosts:
        for key, host in before.items():
            now = wanted.get(key)
            if now is not None and host.indexes is not now.indexes and host.origin is None:
                yield from _index_names(host, now, simulator)


def _index_names(host: Table | View, now: Table | View, simulator: Simulator) -> Iterator[str]:
    old, new = named(host.indexes), named(now.indexes)
    gone = [(n, shape(i, _RENAMED)) for n, i in old.items() if n not in new and i.constraint is None]
    made = [(n, shape(i, _RENAMED)) for n, i in new.items() if n not in old and i.constraint is None]
    for one, other in _pairs(gone, made):
        if simulator.state.relation_kind((host.schema, other)) is None:
            yield f"alter index {qualified(host.schema, one)} rename to {identifier(other)}"
