"""ALTER TABLE beside columns and constraints: options, triggers, rules, replica identity, persistence."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec.structs import replace

from policytool.catalog.build import foreign, reloptions
from policytool.catalog.build.nodes import Node, items
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Name, Rule, Table, Trigger, View

Enabled = Literal["ORIGIN", "DISABLED", "REPLICA", "ALWAYS"]
_IDENTITY: Final = {"d": "DEFAULT", "f": "FULL", "n": "NOTHING"}


# --- options --------------------------------------------------------------------------------------------------------


def _set_options(state: State, key: Name, command: Node) -> None:
    merged = reloptions.merged(state.tables[key].options, items(command["def"]))
    state.update("tables", key, options=merged)


def _reset_options(state: State, key: Name, command: Node) -> None:
    left = reloptions.without(state.tables[key].options, items(command["def"]))
    state.update("tables", key, options=left)


def _foreign_options(state: State, key: Name, command: Node) -> None:
    options = foreign.changed(state.tables[key].server_options, items(command["def"]))
    state.update("tables", key, server_options=options)


def _tablespace(state: State, key: Name, command: Node) -> None:
    state.update("tables", key, tablespace=None if command["name"] == "pg_default" else command["name"])


def _access_method(state: State, key: Name, command: Node) -> None:
    method = command.get("name")
    state.update("tables", key, access_method=None if method == reloptions.HEAP else method)


def _persistence(value: Literal["permanent", "unlogged"]) -> Any:
    def change(state: State, key: Name, command: Node) -> None:
        if key[0] == "pg_temp":
            raise Refused("42P16", f'cannot change logged status of table "{key[1]}" because it is temporary')
        state.update("tables", key, persistence=value)
        for sequence in list(state.lookup.owned.get(key, ())) if state.major_version >= 15 else ():
            state.update("sequences", sequence, persistence=value)

    return change


def _sequence_persistence(value: Literal["permanent", "unlogged"]) -> Any:
    def change(state: State, key: Name, command: Node) -> None:
        state.update("sequences", key, persistence=value)

    return change


def _cluster(kind: Literal["tables", "views"]) -> Any:
    def change(state: State, key: Name, command: Node) -> None:
        """CLUSTER ON an index, or SET WITHOUT CLUSTER."""
        item: Table | View = state.store(kind)[key]
        name = command.get("name")
        if name is not None and not getattr(item, "assumed", False) and all(i.name != name for i in item.indexes):
            raise Refused("42704", f'index "{name}" for table "{key[1]}" does not exist')
        if any(i.clustered != (i.name == name) for i in item.indexes):
            indexes = tuple(replace(i, clustered=i.name == name) for i in item.indexes)
            state.update(kind, key, indexes=indexes)

    return change


def cluster(state: State, node: Node) -> None:
    """CLUSTER t USING an index: the next CLUSTER follows it, too."""
    target = node.get("relation", {})
    found = state.find_relation(target.get("schemaname"), target.get("relname", ""))
    if found is not None and found[0] in ("tables", "views") and "indexname" in node:
        kind: Literal["tables", "views"] = "tables" if found[0] == "tables" else "views"
        _cluster(kind)(state, found[1], {"name": node["indexname"]})


def _replica_identity(state: State, key: Name, command: Node) -> None:
    node = command["def"]["ReplicaIdentityStmt"]
    table = state.tables[key]
    if node["identity_type"] != "i":
        state.update("tables", key, replica_identity=_IDENTITY[node["identity_type"]])
        return
    index = next((i for i in table.indexes if i.name == node["name"]), None)
    if index is None and not table.assumed:
        raise Refused("42704", f'index "{node["name"]}" for table "{key[1]}" does not exist')
    if index is not None and not (index.unique and index.predicate is None and all(k.column for k in index.keys)):
        raise Refused("42809", f'index "{node["name"]}" cannot be used as replica identity')
    state.update("tables", key, replica_identity=f"INDEX {node['name']}")


# --- triggers and rules ---------------------------------------------------------------------------------------------


def _triggers(value: Enabled, *, named: bool) -> Any:
    def on_table(state: State, key: Name, command: Node) -> None:
        _enable_trigger(state, "tables", key, command["name"] if named else None, value, only=command["only"])

    def on_view(state: State, key: Name, command: Node) -> None:
        _enable_trigger(state, "views", key, command["name"] if named else None, value, only=True)

    return on_table, on_view


def _enable_trigger(
    state: State, kind: Literal["tables", "views"], key: Name, name: str | None, value: Enabled, *, only: bool
) -> None:
    item: Table | View = state.store(kind)[key]
    chosen = [t for t in item.triggers if name is None or t.name == name]
    if name is not None and not chosen:
        if getattr(item, "assumed", False):
            return
        raise Refused("42704", f'trigger "{name}" for table "{key[1]}" does not exist')
    _put_triggers(state, kind, key, {t.name for t in chosen if t.enabled != value}, value)
    if isinstance(item, Table) and item.kind == "partitioned table" and not only:
        for trigger in chosen:
            if trigger.row:
                _enable_clones(state, key, trigger.name, value)


def _enable_clones(state: State, parent: Name, name: str, value: Enabled) -> None:
    for child in list(state.lookup.children.get(parent, ())):
        if any(t.name == name and t.inherited for t in state.tables[child].triggers):
            _put_triggers(state, "tables", child, {name}, value)
            _enable_clones(state, child, name, value)


def _put_triggers(state: State, kind: Literal["tables", "views"], key: Name, names: set[str], value: Enabled) -> None:
    if names:
        triggers: tuple[Trigger, ...] = state.store(kind)[key].triggers
        changed = tuple(replace(t, enabled=value, changed=state.at) if t.name in names else t for t in triggers)
        state.update(kind, key, triggers=changed)


def _rules(value: Enabled) -> Any:
    def change(kind: Literal["tables", "views"], state: State, key: Name, name: str) -> None:
        item: Table | View = state.store(kind)[key]
        if all(rule.name != name for rule in item.rules):
            raise Refused("42704", f'rule "{name}" for relation "{key[1]}" does not exist')
        rules: tuple[Rule, ...] = tuple(replace(r, enabled=value) if r.name == name else r for r in item.rules)
        state.update(kind, key, rules=rules)

    def on_table(state: State, key: Name, command: Node) -> None:
        change("tables", state, key, command["name"])

    def on_view(state: State, key: Name, command: Node) -> None:
        change("views", state, key, command["name"])

    return on_table, on_view


_ENABLING: Final = {
    "AT_EnableTrig": _triggers("ORIGIN", named=True),
    "AT_EnableAlwaysTrig": _triggers("ALWAYS", named=True),
    "AT_EnableReplicaTrig": _triggers("REPLICA", named=True),
    "AT_DisableTrig": _triggers("DISABLED", named=True),
    "AT_EnableTrigAll": _triggers("ORIGIN", named=False),
    "AT_DisableTrigAll": _triggers("DISABLED", named=False),
    "AT_EnableTrigUser": _triggers("ORIGIN", named=False),
    "AT_DisableTrigUser": _triggers("DISABLED", named=False),
    "AT_EnableRule": _rules("ORIGIN"),
    "AT_EnableAlwaysRule": _rules("ALWAYS"),
    "AT_EnableReplicaRule": _rules("REPLICA"),
    "AT_DisableRule": _rules("DISABLED"),
}

SUBCOMMANDS: Final = {
    **{name: on_table for name, (on_table, _) in _ENABLING.items()},
    "AT_SetRelOptions": _set_options,
    "AT_ResetRelOptions": _reset_options,
    "AT_GenericOptions": _foreign_options,
    "AT_SetTableSpace": _tablespace,
    "AT_SetAccessMethod": _access_method,
    "AT_SetLogged": _persistence("permanent"),
    "AT_SetUnLogged": _persistence("unlogged"),
    "AT_ClusterOn": _cluster("tables"),
    "AT_DropCluster": _cluster("tables"),
    "AT_DropOids": lambda *_: None,
    "AT_ReplicaIdentity": _replica_identity,
}
# Where a view is stored is not modelled and changes nothing else.
ON_VIEWS: Final = {
    **{name: on_view for name, (_, on_view) in _ENABLING.items()},
    **dict.fromkeys(
        (
            "AT_SetTableSpace",
            "AT_SetAccessMethod",
            "AT_SetStorage",
            "AT_SetCompression",
        ),
        lambda *_: None,
    ),
    "AT_ClusterOn": _cluster("views"),
    "AT_DropCluster": _cluster("views"),
}
ON_SEQUENCES: Final = {
    "AT_SetLogged": _sequence_persistence("permanent"),
    "AT_SetUnLogged": _sequence_persistence("unlogged"),
    "AT_SetTableSpace": lambda *_: None,
}

HANDLERS: dict[str, Any] = {"ClusterStmt": cluster}
