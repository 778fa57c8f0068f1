"""OWNER TO, for every kind of object, and REASSIGN OWNED."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.acl import new_owner as regranted
from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.roles import role_of
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.build.targets import BY_NAME, OTHERS, named, other, routine, type_of, word
from policytool.catalog.model import Name

OWNED_KINDS: tuple[Kind, ...] = (
    "schemas", "tables", "views", "sequences", "functions", "enums", "domains", "composites", "ranges", "base_types",
    "event_triggers", "publications", "wrappers", "servers", "others",
)  # fmt: skip


def change_owner(state: State, kind: Kind, key: Any, new_owner: str) -> None:
    """Give an object to another role: its grants follow (aclnewowner), and so do the sequences that a table owns."""
    item: Any = state.store(kind)[key]
    if item.owner != new_owner:
        changes: dict[str, Any] = {"owner": new_owner}
        if item.owner is not None and getattr(item, "grants", None):
            changes["grants"] = regranted(item.grants, item.owner, new_owner)
        state.update(kind, key, **changes)
    if kind == "tables":
        for sequence in list(state.lookup.owned.get(key, ())):
            change_owner(state, "sequences", sequence, new_owner)


def _alter(state: State, node: Node) -> None:
    object_type = node["objectType"]
    found = _target(state, object_type, node["object"])
    role = role_of(state, node["newowner"])
    if found is None:
        message = f"the owner of this {word(object_type)} is not modelled"
        raise NotModelled(message, security=False)
    change_owner(state, found[0], found[1], role)


def _target(state: State, object_type: str, node: Node) -> tuple[Kind, Any] | None:
    match object_type:
        case "OBJECT_FUNCTION" | "OBJECT_PROCEDURE" | "OBJECT_ROUTINE" | "OBJECT_AGGREGATE":
            return "functions", routine(state, node["ObjectWithArgs"], object_type)
        case "OBJECT_TYPE" | "OBJECT_DOMAIN":
            kind, key = type_of(state, node["List"]["items"])
            if kind in ("tables", "views"):
                raise Refused("42809", f"{key[1]} is a table's row type")
            return kind, key
    if object_type in BY_NAME:
        kind = BY_NAME[object_type]
        return kind, named(state, kind, node["String"].get("sval", ""), object_type)
    if object_type in OTHERS:
        found = other(state, object_type, node)
        return ("others", found) if found is not None else None
    return None


def reassign(state: State, old: str, new: str) -> None:
    """REASSIGN OWNED: everything of one role goes to another."""
    sequences: list[Name] = []
    for kind in OWNED_KINDS:
        for key, item in list(state.store(kind).items()):
            if item.owner == old and item.origin is None:
                if kind == "sequences" and item.owned_by is not None:
                    sequences.append(key)
                else:
                    change_owner(state, kind, key, new)
    for key in sequences:
        change_owner(state, "sequences", key, new)


def _reassign(state: State, node: Node) -> None:
    new = role_of(state, node["newrole"])
    for spec in node["roles"]:
        old = role_of(state, spec["RoleSpec"])
        if old != new:
            reassign(state, old, new)


HANDLERS: dict[str, Handler] = {"AlterOwnerStmt": _alter, "ReassignOwnedStmt": _reassign}
