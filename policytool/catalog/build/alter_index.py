"""ALTER INDEX: options, and becoming part of a partitioned index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.build import indexes, reloptions
from policytool.catalog.build.nodes import Node, items
from policytool.catalog.build.state import Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.model import Index, Name


def _index(state: State, key: Name) -> tuple[Kind, Name, Index]:
    """The store and name of the relation that an index is on, and the index."""
    owner = state.indexes[key]
    kind: Kind = "tables" if owner in state.tables else "views"
    return kind, owner, next(i for i in state.store(kind)[owner].indexes if i.name == key[1])


def _options(change: Callable[[tuple[str, ...], list[Node]], tuple[str, ...]]) -> Any:
    def fold(state: State, key: Name, command: Node) -> None:
        kind, owner, index = _index(state, key)
        changed = replace(index, options=change(index.options, items(command["def"])), changed=state.at)
        found = state.store(kind)[owner].indexes
        state.update(kind, owner, indexes=tuple(changed if i is index else i for i in found))

    return fold


def _attach(state: State, key: Name, command: Node) -> None:
    """ALTER INDEX … ATTACH PARTITION: once every partition has its part, the index is valid."""
    name = command["def"]["PartitionCmd"]["name"]
    found = state.find_relation(name.get("schemaname"), name["relname"])
    if found is None or found[0] != "indexes":
        raise Refused("42P01", f'index "{name["relname"]}" does not exist')
    _, parent, above = _index(state, key)
    _, child, own = _index(state, found[1])
    if own.parent == key:
        return
    if own.parent is not None:
        raise Refused("55000", f'cannot attach index "{own.name}" as a partition of index "{above.name}": it has one')
    if state.tables[child].partition_of != parent:
        raise Refused("55000", f'index "{own.name}" is not on any partition of table "{parent[1]}"')
    if not indexes.same(own, above):
        raise Refused("42P17", f'cannot attach index "{own.name}": the index definitions do not match')
    if any(i.parent == key for i in state.tables[child].indexes):
        raise Refused("55000", f'another index is already attached for partition "{child[1]}"')
    if above.constraint is not None and own.constraint is None:
        raise Refused("55000", f'index "{above.name}" belongs to a constraint and index "{own.name}" to none')
    indexes.attach(state, child, own, key)
    attached = [i for c in state.lookup.children[parent] for i in state.tables[c].indexes if i.parent == key]
    if len(attached) == len(state.lookup.children[parent]) and all(i.valid for i in attached):
        indexes.put(state, parent, replace(above, valid=True, changed=state.at))


def _statistics(state: State, key: Name, command: Node) -> None:
    """ALTER COLUMN number SET STATISTICS, which only the expressions of an index have."""
    kind, owner, index = _index(state, key)
    number = command.get("num", 0)
    if not 0 < number <= len(index.keys) + len(index.include):
        raise Refused("42703", f'column number {number} of relation "{key[1]}" does not exist')
    if number > len(index.keys) or index.keys[number - 1].column is not None:
        raise Refused("0A000", f'cannot alter statistics on column {number} of index "{key[1]}": it is no expression')
    target = command.get("def", {}).get("Integer", {}).get("ival", 0) if "def" in command else -1
    part = replace(index.keys[number - 1], statistics=None if target == -1 else target)
    keys = (*index.keys[: number - 1], part, *index.keys[number:])
    found = state.store(kind)[owner].indexes
    changed = replace(index, keys=keys, changed=state.at)
    state.update(kind, owner, indexes=tuple(changed if i is index else i for i in found))


SUBCOMMANDS: Final = {
    "AT_SetRelOptions": _options(reloptions.merged),
    "AT_ResetRelOptions": _options(reloptions.without),
    "AT_AttachPartition": _attach,
    "AT_SetStatistics": _statistics,
    "AT_SetTableSpace": lambda *_: None,
}
