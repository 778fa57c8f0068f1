"""ALTER TABLE: constraints dropped, validated, and made deferrable."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.build import alter_column, constraints, drop
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.model import Constraint, Name


def _drop(state: State, key: Name, command: Node) -> None:
    name, table = command["name"], state.tables[key]
    found = constraints.find(table, name)
    if found is None:
        if not _drop_not_null(state, key, command) and not command.get("missing_ok") and not table.assumed:
            raise Refused("42704", f'constraint "{name}" of relation "{key[1]}" does not exist')
        return
    children = [c for c in state.lookup.children.get(key, ()) if found.kind == "CHECK" and not found.no_inherit]
    for child in children if command["only"] else ():
        _make_own(state, child, name)
    drop.drop_constraint(state, key, name, command.get("behavior") == "DROP_CASCADE")
    for child in () if command["only"] else children:
        _drop_inherited(state, child, name)


def _make_own(state: State, child: Name, name: str) -> None:
    own = constraints.find(state.tables[child], name)
    if own is not None and own.inherited:
        constraints.put(state, child, replace(own, inherited=False, local=True))


def _drop_inherited(state: State, child: Name, name: str) -> None:
    """What a child says itself as well stays as its own; a merely inherited one has been dropped along."""
    own = constraints.find(state.tables[child], name)
    if own is not None and own.inherited and own.local:
        constraints.put(state, child, replace(own, inherited=False))


def _drop_not_null(state: State, key: Name, command: Node) -> bool:
    """PostgreSQL 18 has constraints for NOT NULL; those with an invented name are known by it."""
    if state.major_version < 18:
        return False
    for column in state.tables[key].columns:
        if column.not_null and command["name"] == f"{key[1]}_{column.name}_not_null":
            alter_column.drop_not_null(state, key, {"name": column.name, "only": command["only"]})
            return True
    return False


def _validate(state: State, key: Name, command: Node) -> None:
    found = constraints.find(state.tables[key], command["name"])
    if found is None:
        if state.tables[key].assumed:
            return
        raise Refused("42704", f'constraint "{command["name"]}" of relation "{key[1]}" does not exist')
    if found.kind not in ("FOREIGN KEY", "CHECK"):
        raise Refused(
            "42809", f'constraint "{found.name}" of relation "{key[1]}" is not a foreign key or check constraint'
        )
    if not found.enforced:
        raise Refused("55000", f'cannot validate NOT ENFORCED constraint "{found.name}"')
    children = list(state.lookup.children.get(key, ()))
    if found.kind == "CHECK" and command["only"] and children and not found.no_inherit and not found.validated:
        raise Refused("42P16", "constraint must be validated on child tables too")
    if not found.validated:
        constraints.put(state, key, replace(found, validated=True, changed=state.at))
    for child in children:
        if (own := constraints.find(state.tables[child], found.name)) is not None and own.inherited:
            _validate(state, child, command)


def _alter(state: State, key: Name, command: Node) -> None:
    node = command["def"].get("ATAlterConstraint") or command["def"]["Constraint"]
    found = constraints.find(state.tables[key], node["conname"])
    if found is None:
        if state.tables[key].assumed:
            return
        raise Refused("42704", f'constraint "{node["conname"]}" of relation "{key[1]}" does not exist')
    if node.get("alterInheritability"):
        raise NotModelled("inheritability of NOT NULL constraints is not modelled", security=False)
    if found.kind != "FOREIGN KEY":
        raise Refused("42809", f'constraint "{found.name}" of relation "{key[1]}" is not a foreign key constraint')
    if found.inherited:
        raise Refused("42P16", f'cannot alter constraint "{found.name}" on relation "{key[1]}"')
    _apply(state, key, found, _changes(found, node))


def _changes(found: Constraint, node: Node) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if node.get("alterEnforceability"):
        changes["enforced"] = node.get("is_enforced", False)
        changes["validated"] = changes["enforced"]
    if node.get("alterDeferrability", "alterEnforceability" not in node):
        changes["deferrable"] = node.get("deferrable", False)
        changes["deferred"] = node.get("initdeferred", False)
    return {field: value for field, value in changes.items() if getattr(found, field) != value}


def _apply(state: State, key: Name, found: Constraint, changes: dict[str, Any]) -> None:
    if changes:
        constraints.put(state, key, replace(found, changed=state.at, **changes))
    for child in list(state.lookup.children.get(key, ())):
        own = constraints.find(state.tables[child], found.name)
        if own is not None and own.inherited and own.kind == "FOREIGN KEY":
            _apply(state, child, own, changes)


SUBCOMMANDS: Final = {
    "AT_DropConstraint": _drop,
    "AT_ValidateConstraint": _validate,
    "AT_AlterConstraint": _alter,
}
