"""Triggers of tables and views, their clones on partitions, and event triggers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

from msgspec.structs import replace

from policytool.catalog.build import assume
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, items, range_name, split_name, strings
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.expression.names import Relation
from policytool.catalog.model import Function, Name, Table, Trigger, View
from policytool.catalog.objects import EventTrigger

Host = Literal["tables", "views"]
_TIMING: Final[dict[int, Literal["BEFORE", "AFTER", "INSTEAD OF"]]] = {0: "AFTER", 2: "BEFORE", 64: "INSTEAD OF"}
_EVENTS: Final = ((4, "INSERT"), (16, "UPDATE"), (8, "DELETE"), (32, "TRUNCATE"))
_ENABLED: Final[dict[str, Literal["ORIGIN", "DISABLED", "REPLICA", "ALWAYS"]]] = {
    "O": "ORIGIN",
    "D": "DISABLED",
    "R": "REPLICA",
    "A": "ALWAYS",
}
_DDL_EVENTS: Final = frozenset({"ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite", "login"})
# Trigger functions that Postgres brings.
_BUILT_IN: Final = frozenset(
    {"suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column",
     "unique_key_recheck"}
)  # fmt: skip


def create(state: State, node: Node) -> None:
    """CREATE [OR REPLACE] [CONSTRAINT] TRIGGER."""
    host, key = _host(state, node["relation"])
    trigger = _trigger(state, host, key, node)
    item: Table | View = state.store(host)[key]
    _check(item, trigger)
    _check_replaced(item, trigger, node)
    _put(state, host, key, trigger)
    if isinstance(item, Table) and item.kind == "partitioned table" and trigger.row:
        for child in list(state.lookup.children.get(key, ())):
            _clone(state, trigger, child, replacing=bool(node.get("replace")))


def _host(state: State, range_var: Node) -> tuple[Host, Name]:
    found = state.find_relation(*range_name(range_var))
    if found is not None and found[0] == "views":
        if state.views[found[1]].materialized:
            raise Refused("42809", f'relation "{found[1][1]}" cannot have triggers')
        return "views", found[1]
    return "tables", assume.table(state, range_var)


def _trigger(state: State, host: Host, key: Name, node: Node) -> Trigger:
    columns = strings(node.get("columns", []))
    when = node.get("whenClause")
    if host == "tables":
        assume.columns(state, key, [*columns, *_changed_columns(when)])
    transition = {bool(t.get("isNew")): t["name"] for t in _transitions(node)}
    return Trigger(
        name=node["trigname"],
        timing=_TIMING[node.get("timing", 0)],
        events=tuple(event for bit, event in _EVENTS if node.get("events", 0) & bit),
        function=trigger_function(state, node["funcname"], "trigger"),
        update_columns=tuple(columns),
        row=bool(node.get("row")),
        when=_condition(state, key, when) if when else None,
        arguments=tuple(strings(node.get("args", []))),
        old_table=transition.get(False),
        new_table=transition.get(True),
        constraint=bool(node.get("isconstraint")),
        deferrable=bool(node.get("deferrable")),
        deferred=bool(node.get("initdeferred")),
        references=_referenced(state, node["constrrel"]) if "constrrel" in node else None,
        made=state.at,
        changed=state.at,
    )


def _referenced(state: State, range_var: Node) -> Name:
    found = state.find_relation(*range_name(range_var))
    return found[1] if found is not None else assume.table(state, range_var)


def _transitions(node: Node) -> Iterator[Node]:
    for entry in node.get("transitionRels", []):
        yield entry["TriggerTransition"]


def _condition(state: State, key: Name, when: Node) -> str:
    names = names_of(state)
    relation = names.relation(*key)
    columns = relation.columns if relation is not None else ()
    return canonical(
        when, names, extra=(Relation("", "new", columns), Relation("", "old", columns)), expected="boolean"
    )


def _changed_columns(node: Any) -> list[str]:
    """The columns that a condition takes from NEW and OLD."""
    if isinstance(node, list):
        return [name for item in node for name in _changed_columns(item)]
    if not isinstance(node, dict):
        return []
    match node:
        case {"ColumnRef": {"fields": [{"String": {"sval": "new" | "old"}}, {"String": {"sval": str(name)}}]}}:
            return [name] if name != "tableoid" else []
    return [name for value in node.values() for name in _changed_columns(value)]


def trigger_function(state: State, parts: list[Node], returns: str) -> Name:
    """The function of a trigger, which takes no arguments; assumed where no statement made it."""
    schema, name = split_name(parts)
    for signature in state.find_functions(schema, name):
        if not signature[2]:
            function: Function = state.functions[signature]
            if function.returns not in (returns, None):
                raise Refused("42P17", f"function {name} must return type {returns}")
            return signature[:2]
    if schema == "pg_catalog" or (schema is None and (name in _BUILT_IN or name.startswith("RI_FKey_"))):
        return ("pg_catalog", name)
    signature = assume.function(state, schema, name, ())
    state.update("functions", signature, returns=returns)
    return signature[:2]


def _check(item: Table | View, trigger: Trigger) -> None:
    """What Postgres does not allow on this kind of relation."""
    if isinstance(item, View):
        if (trigger.row and trigger.timing != "INSTEAD OF") or "TRUNCATE" in trigger.events:
            raise Refused("42809", f'"{item.name}" is a view')
    elif trigger.timing == "INSTEAD OF":
        raise Refused("42809", f'"{item.name}" is a table')
    elif trigger.row and (trigger.old_table or trigger.new_table):
        if item.kind == "partitioned table":
            raise Refused("0A000", f'"{item.name}" is a partitioned table')
        if item.partition_of is not None:
            raise Refused("0A000", "ROW triggers with transition tables are not supported on partitions")
    if trigger.row and "TRUNCATE" in trigger.events:
        raise Refused("0A000", "TRUNCATE FOR EACH ROW triggers are not supported")
    if trigger.timing == "INSTEAD OF":
        _check_instead(trigger)
    if trigger.old_table or trigger.new_table:
        _check_transition(trigger)


def _check_instead(trigger: Trigger) -> None:
    if not trigger.row:
        raise Refused("0A000", "INSTEAD OF triggers must be FOR EACH ROW")
    if trigger.when is not None:
        raise Refused("0A000", "INSTEAD OF triggers cannot have WHEN conditions")
    if trigger.update_columns:
        raise Refused("0A000", "INSTEAD OF triggers cannot have column lists")


def _check_transition(trigger: Trigger) -> None:
    if trigger.timing != "AFTER":
        raise Refused("42P17", "transition table name can only be specified for an AFTER trigger")
    if len(trigger.events) > 1:
        raise Refused("0A000", "transition tables cannot be specified for triggers with more than one event")
    if trigger.update_columns:
        raise Refused("0A000", "transition tables cannot be specified for triggers with column lists")
    if trigger.new_table and trigger.events[0] not in ("INSERT", "UPDATE"):
        raise Refused("42P17", "NEW TABLE can only be specified for an INSERT or UPDATE trigger")
    if trigger.old_table and trigger.events[0] not in ("DELETE", "UPDATE"):
        raise Refused("42P17", "OLD TABLE can only be specified for a DELETE or UPDATE trigger")


def _check_replaced(item: Table | View, trigger: Trigger, node: Node) -> None:
    if trigger.constraint and node.get("replace"):
        raise Refused("0A000", "CREATE OR REPLACE CONSTRAINT TRIGGER is not supported")
    old = next((other for other in item.triggers if other.name == trigger.name), None)
    if old is None:
        return
    if not node.get("replace"):
        taken = f'trigger "{trigger.name}" for relation "{item.name}" already exists'
        raise Refused("42710", taken, made=old.made)
    if old.inherited:
        raise Refused("42710", f'trigger "{trigger.name}" for relation "{item.name}" is an internal or a child trigger')
    if old.constraint:
        raise Refused("42710", f'trigger "{trigger.name}" for relation "{item.name}" is a constraint trigger')


def _put(state: State, host: Host, key: Name, trigger: Trigger) -> None:
    """Add a trigger, or put it in the place of its namesake."""
    old: tuple[Trigger, ...] = state.store(host)[key].triggers
    replaced = next((other for other in old if other.name == trigger.name), None)
    if replaced is None:
        state.update(host, key, triggers=(*old, trigger))
        return
    trigger = replace(trigger, made=replaced.made, comment=replaced.comment)
    state.update(host, key, triggers=tuple(trigger if other is replaced else other for other in old))


# --- partitions -----------------------------------------------------------------------------------------------------


def clone_triggers(state: State, parent: Name, child: Name) -> None:
    """Give a new partition, and what is below it, the row triggers of its parent."""
    for trigger in state.tables[parent].triggers:
        if trigger.row:
            _clone(state, trigger, child, replacing=False)


def remove_clones(state: State, parent: Name, child: Name) -> None:
    """Take from a table that stops being a partition, and from what is below it, the triggers that it was given."""
    names = {trigger.name for trigger in state.tables[parent].triggers if trigger.row}
    for name in names:
        drop_clones(state, child, name)


def drop_clones(state: State, child: Name, name: str) -> None:
    """Drop the clones of a trigger from a partition and from what is below it."""
    old = state.tables[child].triggers
    kept = tuple(trigger for trigger in old if not (trigger.inherited and trigger.name == name))
    if len(kept) == len(old):
        return
    state.update("tables", child, triggers=kept)
    for below in list(state.lookup.children.get(child, ())):
        drop_clones(state, below, name)


def _clone(state: State, trigger: Trigger, child: Name, *, replacing: bool) -> None:
    table = state.tables[child]
    old = next((other for other in table.triggers if other.name == trigger.name), None)
    if old is not None and not replacing:
        raise Refused("42710", f'trigger "{trigger.name}" for relation "{child[1]}" already exists')
    _put(state, "tables", child, replace(trigger, inherited=True, comment=None))
    for below in list(state.lookup.children.get(child, ())):
        _clone(state, trigger, below, replacing=replacing)


# --- event triggers -------------------------------------------------------------------------------------------------


def create_event(state: State, node: Node) -> None:
    """CREATE EVENT TRIGGER."""
    name, event = node["trigname"], node["eventname"]
    if event not in _DDL_EVENTS:
        raise Refused("42601", f'unrecognized event name "{event}"')
    if name in state.event_triggers:
        raise Refused("42710", f'event trigger "{name}" already exists')
    tags: tuple[str, ...] = ()
    for clause in elements(node.get("whenclause", [])):
        if clause["defname"] != "tag":
            raise Refused("42601", f'unrecognized filter variable "{clause["defname"]}"')
        if tags:
            raise Refused("42601", 'filter variable "tag" specified more than once')
        tags = tuple(tag.upper() for tag in strings(items(clause["arg"])))
    function = trigger_function(state, node["funcname"], "event_trigger")
    trigger = EventTrigger(name=name, owner=state.session.role, event=event, function=function, tags=tags)
    state.create("event_triggers", name, trigger)


def alter_event(state: State, node: Node) -> None:
    """ALTER EVENT TRIGGER ENABLE or DISABLE."""
    name = node["trigname"]
    if name not in state.event_triggers:
        raise Refused("42704", f'event trigger "{name}" does not exist')
    state.update("event_triggers", name, enabled=_ENABLED[node.get("tgenabled", "O")])


HANDLERS: dict[str, Handler] = {
    "CreateTrigStmt": create,
    "CreateEventTrigStmt": create_event,
    "AlterEventTrigStmt": alter_event,
}
