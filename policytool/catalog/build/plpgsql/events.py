"""Event triggers at the end of DDL: such as those that enable row level security on every new table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policytool.catalog.build.plpgsql import routines
from policytool.catalog.build.plpgsql.budget import Exhausted, budget_of
from policytool.catalog.build.plpgsql.machine import DEPTH, Machine
from policytool.catalog.build.plpgsql.values import NotKnown, Oid, Unknown, Value
from policytool.catalog.build.state import Change, NotModelled, State
from policytool.catalog.objects import EventTrigger
from policytool.catalog.spelling import identifier, qualified

# The command tag of a statement. Of others nobody asks, or what they did is not listed here.
_TAGS: Final = {
    "CreateStmt": "CREATE TABLE",
    "CreateTableAsStmt": "CREATE TABLE AS",
    "SelectStmt": "SELECT INTO",
    "CreateForeignTableStmt": "CREATE FOREIGN TABLE",
    "AlterTableStmt": "ALTER TABLE",
    "ViewStmt": "CREATE VIEW",
    "IndexStmt": "CREATE INDEX",
    "CreateSeqStmt": "CREATE SEQUENCE",
    "CreateSchemaStmt": "CREATE SCHEMA",
    "CreateFunctionStmt": "CREATE FUNCTION",
    "CreateExtensionStmt": "CREATE EXTENSION",
}
_STORES: Final = {
    "tables": ("pg_class", "table"),
    "views": ("pg_class", "view"),
    "sequences": ("pg_class", "sequence"),
    "schemas": ("pg_namespace", "schema"),
    "functions": ("pg_proc", "function"),
    "extensions": ("pg_extension", "extension"),
}


def fire(state: State, kind: str, before: int) -> None:
    """Run the user's event triggers after a statement; `before` is where its changes start in the journal."""
    tag = _TAGS.get(kind)
    if tag is None or state.origin is not None:
        return
    for trigger in sorted(state.event_triggers.values(), key=lambda trigger: trigger.name):
        if trigger.origin is None and _listens(trigger, tag):
            _run(state, trigger, tag, tuple(_commands(tag, state.journal[before:])))


def _listens(trigger: EventTrigger, tag: str) -> bool:
    enabled = trigger.event == "ddl_command_end" and trigger.enabled in ("ORIGIN", "ALWAYS")
    return enabled and (not trigger.tags or tag in trigger.tags)


def _commands(tag: str, changes: Iterable[Change]) -> Iterator[list[Value]]:
    """The rows of pg_event_trigger_ddl_commands(): what the statement made or altered, each once."""
    seen = set()
    for change in changes:
        if change.kind not in _STORES or change.after is None or (change.kind, change.key) in seen:
            continue
        seen.add((change.kind, change.key))
        catalog, noun = _STORES[change.kind]
        own = tag if noun in tag.lower() or tag in ("CREATE TABLE AS", "SELECT INTO") else f"CREATE {noun.upper()}"
        identity, schema = _identity(change.kind, change.key, change.after)
        noun = change.after.kind if change.kind == "tables" else noun
        yield [
            Oid("pg_class", ("pg_catalog", catalog)),
            Oid(catalog, change.key),
            0,
            own,
            noun,
            schema,
            identity,
            False,
            Unknown("the parse tree of a command"),
        ]


def _identity(kind: str, key: Any, item: Any) -> tuple[str, str | None]:
    if kind in ("schemas", "extensions"):
        return identifier(key), None
    if kind == "functions":
        return f"{qualified(*key[:2])}({', '.join(key[2])})", key[0]
    return qualified(*key), key[0]


def _run(state: State, trigger: EventTrigger, tag: str, commands: tuple[list[Value], ...]) -> None:
    function = state.functions.get((*trigger.function, ()))
    if function is None:
        return
    if state.dynamic > DEPTH:
        raise NotModelled("event triggers set each other off")
    machine = Machine(state, budget_of(state), "event trigger")
    machine.commands = commands
    machine.event = {"tg_tag": tag, "tg_event": trigger.event}
    try:
        routines.run(machine, function, ())
    except NotKnown:
        pass  # an event trigger gives no value
    except Exhausted as error:
        raise NotModelled(str(error)) from None
