"""GRANT and REVOKE on objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from policytool.catalog.build import assume
from policytool.catalog.build.acl import COLUMN_PRIVILEGES, PUBLIC, Acl, AclKind, all_privileges
from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.nodes import strings
from policytool.catalog.build.roles import is_superuser, privileges_of, role_of
from policytool.catalog.build.state import Change, NotModelled, Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.build.targets import named, relation, routine, type_of, word
from policytool.catalog.model import Grant
from policytool.syntax.location import Location

Object = tuple[Any, Any]  # store and key

_ACL_KINDS: dict[str, AclKind] = {
    "OBJECT_TABLE": "TABLES",
    "OBJECT_SEQUENCE": "SEQUENCES",
    "OBJECT_FUNCTION": "FUNCTIONS",
    "OBJECT_PROCEDURE": "FUNCTIONS",
    "OBJECT_ROUTINE": "FUNCTIONS",
    "OBJECT_TYPE": "TYPES",
    "OBJECT_DOMAIN": "TYPES",
    "OBJECT_SCHEMA": "SCHEMAS",
    "OBJECT_LARGEOBJECT": "LARGE OBJECTS",
    "OBJECT_FOREIGN_SERVER": "SERVERS",
    "OBJECT_FDW": "WRAPPERS",
}


class Action(Struct, frozen=True, kw_only=True):
    """What a GRANT or REVOKE says, apart from the objects. `privileges` is None for ALL."""

    grants: bool
    option: bool
    cascade: bool
    grantees: tuple[str, ...]
    privileges: tuple[str, ...] | None
    columns: tuple[tuple[str | None, tuple[str, ...]], ...] = ()  # privilege (None: ALL) and the columns it is for
    sweeping: bool = False
    made: Location | None = None


def read_action(state: State, node: Node) -> Action:
    """The action of a GrantStmt."""
    whole: list[str] = []
    columns: list[tuple[str | None, tuple[str, ...]]] = []
    for item in node.get("privileges", ()):
        privilege = item["AccessPriv"]
        name = privilege.get("priv_name")
        name = {"temp": "TEMPORARY"}.get(name, name.upper()) if name is not None else None
        if "cols" in privilege:
            columns.append((name, tuple(strings(privilege["cols"]))))
        elif name is not None:
            whole.append(name)
    return Action(
        grants=node.get("is_grant", False),
        option=node.get("grant_option", False),
        cascade=node.get("behavior") == "DROP_CASCADE",
        grantees=tuple(role_of(state, g["RoleSpec"]) for g in node["grantees"]),
        privileges=tuple(whole) if "privileges" in node else None,
        columns=tuple(columns),
        sweeping="privileges" not in node or node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA",
        made=state.at,
    )


# --- the objects ----------------------------------------------------------------------------------------------------


def _objects(state: State, node: Node) -> Iterator[Object]:
    object_type = node["objtype"]
    for target in node.get("objects", ()):
        match object_type:
            case "OBJECT_TABLE":
                found = relation(state, target["RangeVar"])
                assert found is not None
                yield found
            case "OBJECT_SEQUENCE":
                yield from _sequence(state, target["RangeVar"])
            case "OBJECT_FUNCTION" | "OBJECT_PROCEDURE" | "OBJECT_ROUTINE":
                yield "functions", routine(state, target["ObjectWithArgs"], object_type)
            case "OBJECT_TYPE" | "OBJECT_DOMAIN":
                yield type_of(state, target["List"]["items"])
            case "OBJECT_SCHEMA":
                yield "schemas", named(state, "schemas", target["String"].get("sval", ""), object_type)
            case "OBJECT_FOREIGN_SERVER":
                yield "servers", named(state, "servers", target["String"].get("sval", ""), object_type)
            case "OBJECT_FDW":
                yield "wrappers", named(state, "wrappers", target["String"].get("sval", ""), object_type)


def _sequence(state: State, range_var: Node) -> Iterator[Object]:
    found = relation(state, range_var, missing_ok=True)
    name = range_var["relname"]
    if found is None:
        state.record(f"sequence {name}: no migration made it", kind="assumed", security=False)
    elif found[0] != "sequences":
        raise Refused("42809", f'"{name}" is not a sequence')
    else:
        yield found


def _in_schemas(state: State, node: Node) -> Iterator[Object]:
    object_type = node["objtype"]
    for target in node["objects"]:
        schema = named(state, "schemas", target["String"].get("sval", ""), "OBJECT_SCHEMA")
        match object_type:
            case "OBJECT_TABLE":
                yield from (("tables", key) for key in list(state.tables) if key[0] == schema)
                yield from (("views", key) for key in list(state.views) if key[0] == schema)
            case "OBJECT_SEQUENCE":
                yield from (("sequences", key) for key in list(state.sequences) if key[0] == schema)
            case _:
                for signature, function in list(state.functions.items()):
                    procedure = function.kind == "procedure"
                    if signature[0] == schema and object_type in (
                        "OBJECT_ROUTINE",
                        "OBJECT_PROCEDURE" if procedure else "OBJECT_FUNCTION",
                    ):
                        yield "functions", signature


# --- the algebra ----------------------------------------------------------------------------------------------------


def _grant(state: State, node: Node) -> None:
    object_type = node["objtype"]
    if object_type not in _ACL_KINDS or object_type == "OBJECT_LARGEOBJECT":
        read_action(state, node)
        risky = node.get("is_grant", False) and object_type == "OBJECT_LANGUAGE"
        raise NotModelled(f"privileges on a {word(object_type)} are not modelled", security=risky)
    if "grantor" in node and role_of(state, node["grantor"]) != state.session.role:
        raise Refused("0A000", "grantor must be current user")
    action = read_action(state, node)
    kind = _ACL_KINDS[object_type]
    everything = node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA"
    try:
        objects = list(_in_schemas(state, node) if everything else _objects(state, node))
    except NotModelled as missing:
        # What a REVOKE takes away leaves nothing open.
        raise NotModelled(missing.message, security=missing.security and action.grants) from None
    _check_privileges(state, kind, action, object_type)
    apply_all(state, objects, kind, action)


def _check_privileges(state: State, kind: AclKind, action: Action, object_type: str) -> None:
    known = all_privileges(kind, state.major_version)
    if object_type == "OBJECT_TABLE":
        known = (*known, "USAGE", "MAINTAIN")  # sequences count as tables here; MAINTAIN came with 17
    for privilege in (*(action.privileges or ()), *(p for p, _ in action.columns if p is not None)):
        if privilege not in known:
            raise Refused("0LP01", f"invalid privilege type {privilege} for {word(object_type)}")
    if action.columns and object_type != "OBJECT_TABLE":
        raise Refused("0LP01", "column privileges are only valid for relations")
    for on_column, _ in action.columns:
        if on_column is not None and on_column not in COLUMN_PRIVILEGES:
            raise Refused("0LP01", f"invalid privilege type {on_column} for column")


def apply_all(state: State, objects: Iterable[Object], kind: AclKind, action: Action) -> None:
    """Apply one action to many objects; those that share their grants share the result."""
    seen: dict[tuple[int, str, str], tuple[tuple[Grant, ...], tuple[Grant, ...]]] = {}
    for store, key in objects:
        item: Any = state.store(store)[key]
        acl_kind = _acl_kind(store, kind, key)
        if action.columns:
            _check_columns(state, store, key, action)
        if acl_kind == "TABLES" and "USAGE" in (action.privileges or ()):
            raise Refused("0LP01", "invalid privilege type USAGE for table")
        memo = (id(item.grants), item.owner, acl_kind)
        if memo in seen:
            grants = seen[memo][1]
        else:
            grants = changed(state, item.grants, item.owner, acl_kind, action, str(item.name))
            seen[memo] = (item.grants, grants)
        if grants != item.grants:
            state.update(store, key, grants=grants)
        elif not action.grants:
            # What a REVOKE aimed at is worth knowing, even where it took nothing away.
            state.journal.append(Change(state.ordinal, store, key, item, item))


def _acl_kind(store: str, kind: AclKind, key: Any) -> AclKind:
    if store == "sequences":
        return "SEQUENCES"
    if store in ("indexes", "composites") and kind == "TABLES":
        raise Refused("42809", f'"{key[1]}" is {"an index" if store == "indexes" else "a composite type"}')
    if store in ("tables", "views") and kind == "TYPES":
        raise NotModelled("privileges on the row type of a table are not modelled", security=False)
    return kind


def _check_columns(state: State, store: Kind, key: Any, action: Action) -> None:
    wanted = [column for _, columns in action.columns for column in columns]
    if store == "tables":
        assume.columns(state, key, wanted)
        return
    known = {column.name for column in getattr(state.store(store)[key], "columns", ())}
    for column in wanted:
        if column not in known:
            raise Refused("42703", f'column "{column}" of relation "{key[1]}" does not exist')


def changed(
    state: State, grants: tuple[Grant, ...], owner: str, kind: AclKind, action: Action, name: str
) -> tuple[Grant, ...]:
    """The grants of an object after an action, as the current user may take it."""
    acl = Acl(grants, owner)
    known = all_privileges(kind, state.major_version)
    privileges = known if action.privileges is None else [p for p in action.privileges if p in known]
    by_column = _by_column(acl, action, privileges)
    if privileges:
        _apply(state, acl, privileges, "", action, name)
        on_columns = tuple(p for p in privileges if p in COLUMN_PRIVILEGES)
        if on_columns and kind == "TABLES" and not action.grants:
            _grantor(state, acl, on_columns, "*", name)  # REVOKE looks at every column, too
    for column, held in by_column.items():
        _apply(state, acl, held, column, action, name)
    return acl.grants()


def _by_column(acl: Acl, action: Action, privileges: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for named_privilege, columns in action.columns:
        for column in columns:
            held = COLUMN_PRIVILEGES if named_privilege is None else (named_privilege,)
            found.setdefault(column, []).extend(held)
    if not action.grants:
        # REVOKE on the table takes the same privileges on its columns, too.
        gone = set(privileges)
        for _, _, privilege, column in acl.entries:
            if column and privilege in gone and privilege not in found.setdefault(column, []):
                found[column].append(privilege)
    return found


def _apply(state: State, acl: Acl, privileges: Iterable[str], column: str, action: Action, name: str) -> None:
    grantor, allowed = _grantor(state, acl, tuple(dict.fromkeys(privileges)), column, name)
    if action.grants and action.option and PUBLIC in action.grantees:
        raise Refused("0LP01", "grant options can only be granted to roles")
    for grantee in action.grantees:
        for privilege in allowed:
            if action.grants:
                acl.grant(
                    grantee,
                    grantor,
                    privilege,
                    column,
                    option=action.option,
                    sweeping=action.sweeping,
                    made=action.made,
                )
            else:
                acl.revoke(grantee, grantor, privilege, column, option_only=action.option, cascade=action.cascade)


def _grantor(
    state: State, acl: Acl, privileges: tuple[str, ...], column: str, name: str
) -> tuple[str, tuple[str, ...]]:
    grantor, allowed = _best_grantor(state, acl, privileges, column)
    if not allowed and not _holds_any(state, acl, grantor, column):
        raise Refused("42501", f"permission denied for {name}")
    return grantor, allowed


def _best_grantor(state: State, acl: Acl, privileges: tuple[str, ...], column: str) -> tuple[str, tuple[str, ...]]:
    """As whom the current user grants, and which of the privileges it may (select_best_grantor)."""
    role = state.session.role
    if role == acl.owner or is_superuser(state, role):
        return acl.owner, privileges
    best: tuple[str, tuple[str, ...]] = (role, ())
    for candidate in privileges_of(state, role):
        allowed = tuple(p for p in privileges if acl.may_grant(candidate, p, column))
        if len(allowed) == len(privileges):
            return candidate, allowed
        if len(allowed) > len(best[1]):
            best = (candidate, allowed)
    return best


def _holds_any(state: State, acl: Acl, role: str, column: str) -> bool:
    roles = {*privileges_of(state, role), "public"}
    return any(
        grantee in roles and on in ("", column) and (not column or privilege in COLUMN_PRIVILEGES)
        for grantee, _, privilege, on in acl.entries
    )


HANDLERS: dict[str, Handler] = {"GrantStmt": _grant}
