"""ALTER TABLE and its kin: which sub-command does what to which kind of relation, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from policytool.catalog.build import (
    alter_column,
    alter_constraint,
    alter_index,
    alter_storage,
    alter_type,
    columns,
    constraints,
    existing,
    owners,
    partitions,
    targets,
    types,
    views,
)
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.roles import role_of
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.model import Name

Subcommand = Callable[[State, Name, Node], Iterable[Node] | None]

# The passes of ALTER TABLE (AT_PASS_… in tablecmds.c): drops, new types, new columns, checks, column attributes, keys,
# foreign keys and defaults, everything else.
DROPS, TYPES, ADDS, EXPRESSIONS, CHECKS, ATTRIBUTES, KEYS, LATE, REST = range(9)
_PASS: Final = {
    "AT_DropColumn": DROPS,
    "AT_DropConstraint": DROPS,
    "AT_DropNotNull": DROPS,
    "AT_DropIdentity": DROPS,
    "AT_DropExpression": DROPS,
    "AT_AlterColumnType": TYPES,
    "AT_AddColumn": ADDS,
    "AT_SetExpression": EXPRESSIONS,
    "AT_SetNotNull": ATTRIBUTES,
    "AT_SetIdentity": LATE,
    "AT_AddIdentity": LATE,
}
_CONSTRAINT_PASS: Final = {0: CHECKS, 1: KEYS, 2: KEYS, constraints.LAST: LATE}
_KIND: Final = {
    "OBJECT_INDEX": "indexes",
    "OBJECT_VIEW": "views",
    "OBJECT_MATVIEW": "views",
    "OBJECT_SEQUENCE": "sequences",
    "OBJECT_TYPE": "composites",
}


def alter(state: State, node: Node) -> None:
    """An AlterTableStmt, whatever it is spelled for."""
    found = _relation(state, node)
    if found is None:
        return
    kind, key = found
    only = "inh" not in node["relation"]
    passes: list[list[Node]] = [[] for _ in range(REST + 1)]
    for command in (c["AlterTableCmd"] for c in node["cmds"]):
        passes[_pass(command)].append({**command, "only": only})
    for commands in passes:
        for command in commands:
            for more in _run(state, kind, key, command) or ():
                _follow(passes, more, only)


def _relation(state: State, node: Node) -> tuple[str, Name] | None:
    object_type, relation = node.get("objtype", "OBJECT_TABLE"), node["relation"]
    wanted = _KIND.get(object_type)
    found = state.find_relation(relation.get("schemaname"), relation["relname"])
    if found is None:
        if node.get("missing_ok"):
            return None
        if wanted is None:
            return targets.relation(state, relation)
        raise NotModelled(f"{targets.word(object_type)} {relation['relname']} was made by no migration")
    if wanted is not None and existing.is_assumed(state, found[1]):
        raise NotModelled(f"{targets.word(object_type)} {relation['relname']} was made by no migration")
    matview = found[0] == "views" and state.views[found[1]].materialized
    if (wanted is not None and found[0] != wanted) or (
        wanted == "views" and matview != (object_type == "OBJECT_MATVIEW")
    ):
        raise Refused("42809", f'"{relation["relname"]}" is not a {targets.word(object_type)}')
    return found


def _pass(command: Node) -> int:
    match command["subtype"]:
        case "AT_AddConstraint":
            return _CONSTRAINT_PASS[constraints.order(command["def"]["Constraint"])]
        case "AT_ColumnDefault":
            return LATE if "def" in command else DROPS
        case subtype:
            return _PASS.get(subtype, REST)


def _follow(passes: list[list[Node]], constraint: Node, only: bool) -> None:
    """Add the constraint of a new column when its time has come."""
    command = {"subtype": "AT_AddConstraint", "def": {"Constraint": constraint}, "only": only, "fresh": True}
    passes[_pass(command)].append(command)


def _run(state: State, kind: str, key: Name, command: Node) -> Iterable[Node] | None:
    subtype = command["subtype"]
    if subtype == "AT_ChangeOwner":
        _change_owner(state, kind, key, role_of(state, command["newowner"]))
        return None
    fold = _BY_KIND[kind].get(subtype)
    if fold is not None:
        more: Iterable[Node] | None = fold(state, key, command)
        return more
    if subtype in SUBCOMMANDS:
        action = subtype.removeprefix("AT_")
        raise Refused("42809", f'ALTER action {action} cannot be performed on relation "{key[1]}"')
    # The rest of the statement still has its effect.
    state.record(f"{subtype} is not modelled", kind="AlterTableStmt")
    return None


def _change_owner(state: State, kind: str, key: Name, role: str) -> None:
    if kind == "indexes":
        return  # Postgres warns and does nothing
    owned = state.sequences[key].owned_by if kind == "sequences" else None
    if owned is not None and state.sequences[key].owner != role:
        raise Refused("0A000", f'cannot change owner of sequence "{key[1]}": it is linked to table "{owned[1]}"')
    owners.change_owner(state, kind, key, role)  # type: ignore[arg-type]


# --- row security ---------------------------------------------------------------------------------------------------


def _row_security(field: str, value: bool) -> Subcommand:
    def change(state: State, key: Name, command: Node) -> None:
        if state.tables[key].kind == "foreign table":
            raise Refused("42809", f'ALTER action ROW SECURITY cannot be performed on relation "{key[1]}"')
        state.update("tables", key, rls_at=state.at, **{field: value})

    return change


# --- relatives ------------------------------------------------------------------------------------------------------


def _child(state: State, range_var: Node) -> Name:
    kind, key = targets.required(state, range_var)
    if kind != "tables":
        raise Refused("42809", f'"{key[1]}" is not a table')
    return key


def _attach(state: State, key: Name, command: Node) -> None:
    part = command["def"]["PartitionCmd"]
    partitions.attach(state, key, _child(state, part["name"]), part["bound"])


def _detach(state: State, key: Name, command: Node) -> None:
    partitions.detach(state, key, _child(state, command["def"]["PartitionCmd"]["name"]))


def _inherit(state: State, key: Name, command: Node) -> None:
    partitions.inherit(state, _child(state, command["def"]["RangeVar"]), key)


def _disinherit(state: State, key: Name, command: Node) -> None:
    partitions.disinherit(state, _child(state, command["def"]["RangeVar"]), key)


def _add_of(state: State, key: Name, command: Node) -> None:
    spelled = columns.spelled_type(state, command["def"]["TypeName"])
    kind, composite = targets.type_of(state, command["def"]["TypeName"]["names"])
    if kind != "composites":
        raise Refused("42809", f"type {spelled} is not a composite type")
    wanted = [(c.name, c.type) for c in state.composites[composite].columns]
    if wanted != [(c.name, c.type) for c in state.tables[key].columns]:
        raise Refused("42804", f'table "{key[1]}" does not have the columns of type {spelled}')
    state.update("tables", key, of_type=composite)


def _drop_of(state: State, key: Name, command: Node) -> None:
    if state.tables[key].of_type is None:
        raise Refused("42809", f'"{key[1]}" is not a typed table')
    state.update("tables", key, of_type=None)


def _add_constraint(state: State, key: Name, command: Node) -> None:
    node = command["def"]["Constraint"]
    constraints.add(state, key, node, fresh=command.get("fresh", False), only=command["only"])


SUBCOMMANDS: Final[Mapping[str, Subcommand]] = {
    **alter_column.SUBCOMMANDS,
    **alter_constraint.SUBCOMMANDS,
    **alter_type.SUBCOMMANDS,
    **alter_storage.SUBCOMMANDS,
    "AT_AddConstraint": _add_constraint,
    "AT_EnableRowSecurity": _row_security("rls_enabled", True),
    "AT_DisableRowSecurity": _row_security("rls_enabled", False),
    "AT_ForceRowSecurity": _row_security("rls_forced", True),
    "AT_NoForceRowSecurity": _row_security("rls_forced", False),
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
    "AT_DetachPartitionFinalize": lambda *_: None,  # the model has no detaching that is not finished
    "AT_AddInherit": _inherit,
    "AT_DropInherit": _disinherit,
    "AT_AddOf": _add_of,
    "AT_DropOf": _drop_of,
}
_VIEWS: Final[Mapping[str, Any]] = {**alter_storage.ON_VIEWS, **views.SUBCOMMANDS}
_BY_KIND: Final[Mapping[str, Mapping[str, Any]]] = {
    "tables": SUBCOMMANDS,
    "views": _VIEWS,
    "composites": types.SUBCOMMANDS,
    "sequences": alter_storage.ON_SEQUENCES,
    "indexes": alter_index.SUBCOMMANDS,
}


def _move_all(state: State, node: Node) -> None:
    raise NotModelled("moving all relations of a tablespace is not modelled", security=False)


HANDLERS: dict[str, Handler] = {"AlterTableStmt": alter, "AlterTableMoveAllStmt": _move_all}
