"""Triggers, rules and event triggers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policytool.catalog.ddl import words
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.model import Rule, Table, Trigger, View
from policytool.catalog.objects import Catalog, EventTrigger
from policytool.catalog.spelling import identifier, literal, qualified

_ENABLED: Final = {
    "DISABLED": "disable {}", "REPLICA": "enable replica {}", "ALWAYS": "enable always {}", "ORIGIN": "enable {}",
}  # fmt: skip


def create(host: Table | View, trigger: Trigger) -> str:
    """CREATE TRIGGER."""
    events = [event.lower() for event in trigger.events]
    if trigger.update_columns:
        columns = words.listed(trigger.update_columns)
        events = [f"update of {columns}" if event == "update" else event for event in events]
    relation = qualified(host.schema, host.name)
    lines = [f"create {'constraint ' if trigger.constraint else ''}trigger {identifier(trigger.name)}"]
    lines.append(f"{trigger.timing.lower()} {' or '.join(events)} on {relation}{_constrained(trigger)}")
    if trigger.old_table or trigger.new_table:
        old = f" old table as {identifier(trigger.old_table)}" if trigger.old_table else ""
        new = f" new table as {identifier(trigger.new_table)}" if trigger.new_table else ""
        lines.append(f"referencing{old}{new}")
    lines.append(f"for each {'row' if trigger.row else 'statement'}")
    if trigger.when is not None:
        lines.append(f"when ({trigger.when})")
    lines.append(f"execute function {qualified(*trigger.function)}({', '.join(map(literal, trigger.arguments))})")
    return "\n  ".join(lines)


def _constrained(trigger: Trigger) -> str:
    text = f" from {qualified(*trigger.references)}" if trigger.references is not None else ""
    if trigger.deferrable:
        text += f" deferrable{' initially deferred' if trigger.deferred else ''}"
    return text


def enable(host: Table | View, trigger: Trigger) -> str:
    """ALTER TABLE … ENABLE or DISABLE TRIGGER."""
    action = _ENABLED[trigger.enabled].format(f"trigger {identifier(trigger.name)}")
    return f"alter table {qualified(host.schema, host.name)} {action}"


def rule(host: Table | View, item: Rule) -> str:
    """CREATE RULE."""
    relation = qualified(host.schema, host.name)
    return f"create rule {identifier(item.name)} as on {item.event.lower()} to {relation} {item.definition}"


def enable_rule(host: Table | View, item: Rule) -> str:
    """ALTER TABLE … ENABLE or DISABLE RULE."""
    action = _ENABLED[item.enabled].format(f"rule {identifier(item.name)}")
    return f"alter table {qualified(host.schema, host.name)} {action}"


def steps(catalog: Catalog, host: Table | View) -> Iterator[Step]:
    """The triggers and rules of a relation; partitions get theirs from their parents."""
    for trigger in host.triggers:
        yield from trigger_steps(catalog, host, trigger)
    for item in host.rules:
        sql = [rule(host, item), *([enable_rule(host, item)] if item.enabled != "ORIGIN" else [])]
        yield step(Phase.TRIGGERS, ("rule", host.schema, host.name, item.name), *sql, schema=host.schema)


def trigger_steps(catalog: Catalog, host: Table | View, trigger: Trigger) -> Iterator[Step]:
    """One trigger with its state; of a partition only a state that differs from the parent's."""
    key = ("trigger", host.schema, host.name, trigger.name)
    if trigger.inherited and isinstance(host, Table):
        above = _above(catalog, host, trigger)
        if above is not None and above[1].enabled != trigger.enabled:
            needs = frozenset({("trigger", *above[0], trigger.name)})
            yield step(Phase.TRIGGERS, key, enable(host, trigger), schema=host.schema, needs=needs)
        return
    sql = [create(host, trigger), *([enable(host, trigger)] if trigger.enabled != "ORIGIN" else [])]
    yield step(Phase.TRIGGERS, key, *sql, schema=host.schema)


def _above(catalog: Catalog, host: Table, trigger: Trigger) -> tuple[tuple[str, str], Trigger] | None:
    parent = catalog.tables.get(host.partition_of) if host.partition_of is not None else None
    if parent is None:
        return None
    found = next((t for t in parent.triggers if t.name == trigger.name), None)
    return ((parent.schema, parent.name), found) if found is not None else None


# --- event triggers -------------------------------------------------------------------------------------------------


def create_event(trigger: EventTrigger) -> str:
    """CREATE EVENT TRIGGER."""
    tags = f" when tag in ({', '.join(map(literal, trigger.tags))})" if trigger.tags else ""
    function = qualified(*trigger.function)
    return f"create event trigger {identifier(trigger.name)} on {trigger.event}{tags} execute function {function}()"


def enable_event(trigger: EventTrigger) -> str:
    """ALTER EVENT TRIGGER ENABLE or DISABLE."""
    return f"alter event trigger {identifier(trigger.name)} {_ENABLED[trigger.enabled].format('').strip()}"


def event_step(trigger: EventTrigger, *after: str) -> Step:
    """An event trigger with its state and what is said of it: it comes last, for it sees the statements after it."""
    sql = [create_event(trigger), *([enable_event(trigger)] if trigger.enabled != "ORIGIN" else []), *after]
    return step(Phase.EVENT_TRIGGERS, ("event trigger", trigger.name), *sql)
