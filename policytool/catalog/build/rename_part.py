"""New names of parts of relations: constraints, indexes, policies, triggers, rules."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from policytool.catalog.build.dispatch import Node
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.build.targets import relation, type_of
from policytool.catalog.model import Name, Table

_FIELDS = {"OBJECT_POLICY": "policies", "OBJECT_TRIGGER": "triggers", "OBJECT_RULE": "rules"}


def named_part(parts: tuple[Any, ...], name: str) -> Any:
    """The part of a name; None where there is none."""
    return next((part for part in parts if part.name == name), None)


def with_name(parts: tuple[Any, ...], old: str, new: str) -> tuple[Any, ...]:
    """The parts with another name for one of them."""
    return tuple(replace(part, name=new) if part.name == old else part for part in parts)


# --- policies, triggers, rules, constraints, indexes ----------------------------------------------------------------


def piece(state: State, object_type: str, node: Node, new: str) -> None:
    """Rename a policy, trigger or rule."""
    found = relation(state, node["relation"], missing_ok=node.get("missing_ok", False))
    if found is None:
        return
    kind, key = found
    store: Any = kind
    item: Any = state.store(store)[key] if kind in ("tables", "views") else None
    field, noun = _FIELDS[object_type], object_type[7:].lower()
    parts = getattr(item, field, ())
    old = node["subname"]
    if named_part(parts, old) is None:
        if getattr(item, "assumed", False):
            return
        raise Refused("42704", f'{noun} "{old}" for table "{key[1]}" does not exist')
    if old == new and object_type == "OBJECT_TRIGGER" and state.major_version >= 15:
        return  # only before 15 was that a conflict
    if named_part(parts, new) is not None:
        raise Refused("42710", f'{noun} "{new}" for relation "{key[1]}" already exists')
    state.update(store, key, **{field: with_name(parts, old, new)})
    if object_type == "OBJECT_TRIGGER":
        for child in list(state.lookup.children.get(key, ())):
            below = named_part(state.tables[child].triggers, old)
            if below is not None and below.inherited:
                piece(state, object_type, {**node, "relation": _range_var(child)}, new)


def _range_var(name: Name) -> Node:
    return {"schemaname": name[0], "relname": name[1]}


def constraint(state: State, node: Node, new: str) -> None:
    """Rename a constraint; the index of a key goes by the same name."""
    found = relation(state, node["relation"], missing_ok=node.get("missing_ok", False))
    if found is None:
        return
    kind, key = found
    if kind != "tables":
        raise Refused("42809", f'"{key[1]}" is not a table')
    present = named_part(state.tables[key].constraints, node["subname"])
    if present is None:
        if state.tables[key].assumed:
            return
        if state.major_version >= 18 and node["subname"].endswith("_not_null"):
            raise NotModelled("names of NOT NULL constraints are not modelled", security=False)
        raise Refused("42704", f'constraint "{node["subname"]}" for table "{key[1]}" does not exist')
    if present.inherited:
        raise Refused("42P16", f'cannot rename inherited constraint "{present.name}"')
    _rename_constraint(state, key, present.name, new)


def _rename_constraint(state: State, key: Name, old: str, new: str) -> None:
    table = state.tables[key]
    if named_part(table.constraints, new) is not None:
        raise Refused("42710", f'constraint "{new}" for relation "{key[1]}" already exists')
    indexed = next((i for i in table.indexes if i.constraint == old), None)
    changes: dict[str, Any] = {"constraints": with_name(table.constraints, old, new)}
    if indexed is not None:
        _check_free(state, (key[0], new))
        changes |= _index_changes(table, indexed.name, new, new)
    state.update("tables", key, **changes)
    if indexed is not None:
        _reparent(state, key, indexed.name, new)
    for child in list(state.lookup.children.get(key, ())):
        below = named_part(state.tables[child].constraints, old)
        if below is not None and below.inherited and below.kind == "CHECK":
            _rename_constraint(state, child, old, new)


def _check_free(state: State, name: Name) -> None:
    if state.relation_kind(name) is not None:
        raise Refused("42P07", f'relation "{name[1]}" already exists')


def _index_changes(item: Any, old: str, new: str, constraint_name: str | None) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "indexes": tuple(replace(i, name=new, constraint=constraint_name) if i.name == old else i for i in item.indexes)
    }
    if isinstance(item, Table) and item.replica_identity == f"INDEX {old}":
        changes["replica_identity"] = f"INDEX {new}"
    return changes


def _reparent(state: State, key: Name, old: str, new: str) -> None:
    for child in list(state.lookup.children.get(key, ())):
        table = state.tables[child]
        indexes = tuple(replace(i, parent=(key[0], new)) if i.parent == (key[0], old) else i for i in table.indexes)
        if indexes != table.indexes:
            state.replace("tables", child, replace(table, indexes=indexes))


def index(state: State, key: Name, new: str) -> None:
    """Rename an index; the constraint that it serves goes by the same name."""
    owner = state.indexes[key]
    kind: Kind = "tables" if owner in state.tables else "views"
    item: Any = state.store(kind)[owner]
    served = named_part(item.indexes, key[1]).constraint
    if served is not None:
        _rename_constraint(state, owner, served, new)
        return
    _check_free(state, (key[0], new))
    state.update(kind, owner, **_index_changes(item, key[1], new, None))
    _reparent(state, owner, key[1], new)


def domain_constraint(state: State, node: Node, new: str) -> None:
    """Rename a constraint of a domain."""
    kind, key = type_of(state, node["object"]["List"]["items"])
    old = node["subname"]
    if kind != "domains" or named_part(state.domains[key].constraints, old) is None:
        raise Refused("42704", f'constraint "{old}" for domain {key[1]} does not exist')
    state.update("domains", key, constraints=with_name(state.domains[key].constraints, old, new))
