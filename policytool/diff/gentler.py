"""For one statement of a plan the steps that do the same and let others work meanwhile."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.ddl import indexes
from policytool.catalog.model import Constraint, Index, Name, Table, View
from policytool.catalog.spelling import identifier, qualified
from policytool.diff.ground import Ground
from policytool.diff.same import named
from policytool.diff.simulator import Done

Segments = tuple[tuple[str, ...], ...]
_LONGEST: Final = 50  # of a name that gets a suffix


class Stages(Struct, frozen=True):
    """Segments before the main transaction, statements in it, and segments after it."""

    main: tuple[str, ...] = ()
    first: Segments = ()
    last: Segments = ()


class Gentler:
    """The steps of each statement; those in `kept` stay as they are."""

    def __init__(self, ground: Ground, done: tuple[Done, ...], kept: frozenset[int]) -> None:
        self._ground, self._done, self._kept = ground, done, kept
        self._aside: dict[Name, str] = {}  # indexes that are replaced, and their name until they are dropped
        self._waiting: set[tuple[Name, str]] = set()  # columns that are NOT NULL only in the end
        self._without_key: set[Name] = set()  # tables whose primary key was dropped

    def stages(self, ordinal: int) -> Stages:
        """The steps that a statement becomes; itself where there are none that are any gentler."""
        done = self._done[ordinal]
        found = None
        if done.statement is not None and done.changes and done.refused is None:
            match done.statement.kind:
                case "IndexStmt" if ordinal not in self._kept:
                    found = self._index(done)
                case "DropStmt" if done.statement.node.get("removeType") == "OBJECT_INDEX":
                    found = self._drop_index(ordinal, done)
                case "AlterTableStmt":
                    found = self._alter_table(ordinal, done)
                case "AlterDomainStmt" if ordinal not in self._kept:
                    found = self._domain(done)
        return found or Stages((done.sql,))

    # --- indexes ----------------------------------------------------------------------------------------------------

    def _index(self, done: Done) -> Stages | None:
        change = done.changes[0]
        host: Table | View = change.after
        if not self._ground.existed(change.kind, change.key) or not _can_be_beside(host):
            return None
        old = named(change.before.indexes)
        index = next(i for i in host.indexes if i.name not in old)
        aside = self._aside.get((host.schema, index.name))
        gone: Segments = ((f"drop index concurrently {qualified(host.schema, aside)}",),) if aside else ()
        if aside is None or not (self._ground.stays(change.kind, change.key) and self._ground.still(host, index)):
            return Stages(last=((_beside(host, index),), *gone))
        name = self._ground.free(host.schema, f"{index.name[:_LONGEST]}__new")
        rename = f"alter index {qualified(host.schema, name)} rename to {identifier(index.name)}"
        return Stages((rename,), ((_beside(host, replace(index, name=name)),),), gone)

    def _drop_index(self, ordinal: int, done: Done) -> Stages | None:
        """An index goes when nothing waits for it; its name is free at once, where something else is to have it."""
        key = next((k for k, (n, _) in self._ground.dropped.items() if n == ordinal), None)
        change = done.changes[0]
        host = change.after
        if key is None or host is None or ordinal in self._kept or not _can_be_beside(host):
            return None
        index = self._ground.dropped[key][1]
        if not self._ground.existed(change.kind, change.key) or index.parent or not self._ground.still(host, index):
            return None
        again = self._ground.made.get(key)
        if again is None and not self._ground.named_again(key):
            return Stages(last=((f"drop index concurrently {qualified(*key)}",),))
        name = self._ground.free(key[0], f"{key[1][:_LONGEST]}__old")
        rename = f"alter index {qualified(*key)} rename to {identifier(name)}"
        if again is not None and again not in self._kept:
            self._aside[key] = name
            return Stages((rename,))
        return Stages((rename,), last=((f"drop index concurrently {qualified(key[0], name)}",),))

    # --- tables -----------------------------------------------------------------------------------------------------

    def _alter_table(self, ordinal: int, done: Done) -> Stages | None:
        assert done.statement is not None
        change, commands = done.changes[0], done.statement.node.get("cmds", ())
        # A key comes in two changes: itself, and its index.
        table = next(c.after for c in reversed(done.changes) if (c.kind, c.key) == (change.kind, change.key))
        if len(commands) != 1 or not isinstance(table, Table) or table.kind == "foreign table":
            return None
        command: dict[str, Any] = commands[0]["AlterTableCmd"]
        subtype, name = command.get("subtype"), command.get("name", "")
        if subtype == "AT_DropConstraint":
            was = named(change.before.constraints).get(name)
            if was is not None and was.kind == "PRIMARY KEY":
                self._without_key.add(change.key)
        if ordinal in self._kept or not self._ground.existed("tables", change.key) or self._ground.tied(change.key):
            return None
        if subtype == "AT_SetNotNull":
            return self._not_null(table, name)
        if subtype == "AT_AddConstraint":
            old = named(change.before.constraints)
            found = next((c for c in table.constraints if c.name not in old), None)
            return None if found is None else self._constraint(done.sql, table, found)
        return None

    def _constraint(self, sql: str, table: Table, constraint: Constraint) -> Stages | None:
        head = f"alter table {qualified(table.schema, table.name)}"
        if not (constraint.validated and constraint.enforced):
            return None
        match constraint.kind:
            case "CHECK" | "FOREIGN KEY":
                if constraint.kind == "FOREIGN KEY" and table.kind != "table":
                    return None
                return Stages(
                    (f"{sql} not valid",), last=((f"{head} validate constraint {identifier(constraint.name)}",),)
                )
            case "PRIMARY KEY" | "UNIQUE" if table.kind == "table" and not constraint.period:
                return self._key(head, table, constraint)
        return None

    def _key(self, head: str, table: Table, constraint: Constraint) -> Stages | None:
        index = next((i for i in table.indexes if i.constraint == constraint.name), None)
        key = (table.schema, table.name)
        if index is None:
            return None
        stays = self._ground.stays("tables", key) and self._ground.still(table, index)
        primary = constraint.kind == "PRIMARY KEY"
        waits = primary and any((key, column) in self._waiting for column in constraint.columns)
        if not stays and (key in self._without_key or self._ground.taken(table.schema, index.name)):
            return None  # without the old key and without the new one, rows could come in twice
        name = index.name
        if self._ground.taken(table.schema, name):
            name = self._ground.free(table.schema, f"{name[:_LONGEST]}__new")
        timing = (" deferrable" if constraint.deferrable else "") + (
            " initially deferred" if constraint.deferred else ""
        )
        kind = constraint.kind.lower()
        add = f"{head} add constraint {identifier(constraint.name)} {kind} using index {identifier(name)}{timing}"
        build = (_beside(table, replace(index, name=name, constraint=None)),)
        if waits and key in self._without_key:
            return None
        return Stages((add,), first=(build,)) if stays and not waits else Stages(last=(build, (add,)))

    def _not_null(self, table: Table, column: str) -> Stages | None:
        key = (table.schema, table.name)
        if not self._ground.column_existed(key, column):
            return None
        self._waiting.add((key, column))
        head, name = f"alter table {qualified(*key)}", identifier(_free_check(table, f"{column[:_LONGEST]}__not_null"))
        return Stages(
            (f"{head} add constraint {name} check ({identifier(column)} is not null) not valid",),
            last=(
                (f"{head} validate constraint {name}",),
                (f"{head} alter column {identifier(column)} set not null", f"{head} drop constraint {name}"),
            ),
        )

    # --- domains ----------------------------------------------------------------------------------------------------

    def _domain(self, done: Done) -> Stages | None:
        change = next((c for c in done.changes if c.kind == "domains"), None)
        if change is None or change.before is None or change.after is None:
            return None
        old = named(change.before.constraints)
        new = [c for c in change.after.constraints if c.name not in old]
        if len(new) != 1 or not new[0].validated or not self._ground.existed("domains", change.key):
            return None
        validate = f"alter domain {qualified(*change.key)} validate constraint {identifier(new[0].name)}"
        return Stages((f"{done.sql} not valid",), last=((validate,),))


def _can_be_beside(host: Any) -> bool:
    """Whether its indexes may be made and dropped CONCURRENTLY: never those of a partitioned table."""
    return (isinstance(host, Table) and host.kind == "table") or (isinstance(host, View) and host.materialized)


def _beside(host: Table | View, index: Index) -> str:
    return indexes.create(host, index).replace("index ", "index concurrently ", 1)


def _free_check(table: Table, name: str) -> str:
    taken = named(table.constraints)
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found
