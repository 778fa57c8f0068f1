"""What every object has besides its definition: an owner, privileges, comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.ddl import comments, described, functions, privileges
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Function, Schema, Sequence, Table, View
from policytool.catalog.objects import BaseType, EventTrigger, Other
from policytool.catalog.spelling import identifier, qualified

# Lesser kinds that ALTER … OWNER TO knows, and those that a comment cannot be on.
_OWNED: Final = frozenset(
    {"collation", "conversion", "language", "operator", "operator class", "operator family", "statistics",
     "subscription", "tablespace", "text search configuration", "text search dictionary"}
)  # fmt: skip
_WRITTEN: Final = frozenset(
    {"access method", "cast", "collation", "language", "operator", "operator class", "operator family", "statistics",
     "text search configuration", "text search dictionary", "text search parser", "text search template",
     "user mapping"}
)  # fmt: skip


def steps(world: World, before: Any, after: Any) -> Iterator[Step]:
    """The statements from the owner, privileges and comments before (None: those of a new object) to those after."""
    if before is None and (isinstance(after, EventTrigger) or not is_written(after)):
        return
    schema = described.schema_of(after)
    owner = list(_owner(world, before, after))
    if owner:
        yield step(Phase.OWNERS, ("owner", described.full(after)), *owner, schema=schema)
    if "grants" in after.__struct_fields__:
        given = before.grants if before is not None else privileges.initial(world, after)
        yield from privileges.steps(world, after, given)
    yield from comments.steps(after, before)
    if isinstance(after, Table) and after.kind != "foreign table":
        identity = before.replica_identity if before is not None else "DEFAULT"
        if after.replica_identity != identity:
            key = ("replica identity", after.schema, after.name)
            yield step(Phase.PUBLICATIONS, key, _replica_identity(after), schema=schema)
    if isinstance(after, Table | View):
        yield from _of_indexes(before, after)


def statements(world: World, item: Any) -> list[str]:
    """The owner and the comments of a new object, to be said at once."""
    return [*_owner(world, None, item), *(sql for one in comments.steps(item) for sql in one.sql)]


def is_written(item: Any) -> bool:
    """Whether a new object can be made from what the catalog holds, and so be spoken of."""
    match item:
        case Function():
            return functions.is_written(item)
        case Other():
            return item.kind in _WRITTEN
    return not isinstance(item, BaseType)


def _owner(world: World, before: Any, after: Any) -> Iterator[str]:
    owner = getattr(after, "owner", None)
    if owner is None or (isinstance(after, Sequence) and after.owned_by is not None):
        return
    if isinstance(after, Other) and after.kind not in _OWNED:
        return
    made = after.owner if isinstance(after, Schema) else world.role
    if owner != (before.owner if before is not None else made):
        yield f"alter {described.full(after)} owner to {identifier(owner)}"


def _of_indexes(before: Table | View | None, after: Table | View) -> Iterator[Step]:
    """The statistics targets of indexes, and the index that CLUSTER follows."""
    if before is not None and before.indexes is after.indexes:
        return
    old = {index.name: index for index in before.indexes} if before is not None else {}
    for index in after.indexes:
        was = old.get(index.name)
        targets = [key.statistics for key in was.keys] if was is not None else []
        head = f"alter index {qualified(after.schema, index.name)}"
        sql = [
            f"{head} alter column {number} set statistics {-1 if part.statistics is None else part.statistics}"
            for number, part in enumerate(index.keys, start=1)
            if part.statistics != (targets[number - 1] if number <= len(targets) else None)
        ]
        if sql:
            yield step(Phase.PUBLICATIONS, ("index statistics", after.schema, index.name), *sql, schema=after.schema)
    wanted = _clustered(after)
    if wanted != _clustered(before):
        how = "set without cluster" if wanted is None else f"cluster on {identifier(wanted)}"
        sql = [f"alter {described.full(after)} {how}"]
        yield step(Phase.PUBLICATIONS, ("cluster", after.schema, after.name), *sql, schema=after.schema)


def _clustered(host: Table | View | None) -> str | None:
    return next((index.name for index in host.indexes if index.clustered), None) if host is not None else None


def _replica_identity(table: Table) -> str:
    word, _, index = table.replica_identity.partition(" ")
    identity = f"using index {identifier(index)}" if index else word.lower()
    return f"alter table {qualified(table.schema, table.name)} replica identity {identity}"
