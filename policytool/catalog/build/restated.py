"""Objects with the expressions, types and references that they hold changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build.partition_text import changed_key
from policytool.catalog.build.texts import ATOMIC, statements, type_in
from policytool.catalog.model import (
    Column,
    Constraint,
    Function,
    Index,
    Name,
    Policy,
    Rule,
    Sequence,
    Table,
    Trigger,
    View,
)
from policytool.catalog.objects import (
    Composite,
    Domain,
    EventTrigger,
    ForeignDataWrapper,
    Publication,
    PublishedTable,
    Range,
)

Change = Callable[[str], str]


def rewritten(item: Any, change: Change) -> Any:
    """The object with every expression changed; the very same object where nothing changes."""
    match item:
        case Table():
            return _changed(
                item,
                policies=_each(item.policies, lambda p: policy(p, change)),
                columns=_each(item.columns, lambda c: column(c, change)),
                constraints=_each(item.constraints, lambda c: constraint(c, change)),
                partition_key=item.partition_key and changed_key(item.partition_key, change),
                **_attached_changes(item, change),
            )
        case View():
            return _changed(item, definition=change(item.definition), **_attached_changes(item, change))
        case Domain():
            constraints = _each(item.constraints, lambda c: constraint(c, change))
            return _changed(item, default=_maybe(item.default, change), constraints=constraints)
        case Function():
            arguments = _each(item.arguments, lambda a: _changed(a, default=_maybe(a.default, change)))
            return _changed(item, arguments=arguments, body=_body(item.body, change) if item.atomic else item.body)
        case Publication():
            return _changed(item, tables=_each(item.tables, lambda t: _changed(t, where=_maybe(t.where, change))))
    return item


def _attached_changes(item: Table | View, change: Change) -> dict[str, Any]:
    return {
        "indexes": _each(item.indexes, lambda i: index(i, change)),
        "triggers": _each(item.triggers, lambda t: trigger(t, change)),
        "rules": _each(item.rules, lambda r: rule(r, change)),
    }


def policy(item: Policy, change: Change) -> Policy:
    """A policy with its expressions changed."""
    changed: Policy = _changed(item, using=_maybe(item.using, change), with_check=_maybe(item.with_check, change))
    return changed


def column(item: Column, change: Change) -> Column:
    """A column with its default or generation expression changed."""
    if item.default is None and item.generated is None:
        return item
    changed: Column = _changed(item, default=_maybe(item.default, change), generated=_maybe(item.generated, change))
    return changed


def constraint(item: Constraint, change: Change) -> Constraint:
    """A constraint with its expression changed."""
    changed: Constraint = _changed(item, expression=_maybe(item.expression, change))
    return changed


def index(item: Index, change: Change) -> Index:
    """An index with its expressions and its predicate changed."""
    keys = _each(item.keys, lambda k: _changed(k, expression=_maybe(k.expression, change)))
    changed: Index = _changed(item, keys=keys, predicate=_maybe(item.predicate, change))
    return changed


def trigger(item: Trigger, change: Change) -> Trigger:
    """A trigger with its condition changed."""
    changed: Trigger = _changed(item, when=_maybe(item.when, change))
    return changed


def rule(item: Rule, change: Change) -> Rule:
    """A rule with its definition changed."""
    changed: Rule = _changed(item, definition=change(item.definition))
    return changed


def retyped(item: Any, change: Change) -> Any:
    """The object with the spelling of every type changed."""
    match item:
        case Table() | View() | Composite():
            columns = _each(item.columns, lambda c: _changed(c, type=change(c.type)))
            if isinstance(item, Table) and item.of_type is not None:
                of_type = type_in(change(".".join(f'"{part}"' for part in item.of_type)))
                return _changed(item, columns=columns, of_type=of_type)
            return _changed(item, columns=columns)
        case Function():
            arguments = _each(item.arguments, lambda a: _changed(a, type=change(a.type)))
            return _changed(item, arguments=arguments, returns=_maybe(item.returns, change))
        case Domain():
            return _changed(item, type=change(item.type))
        case Range():
            return _changed(item, subtype=change(item.subtype))
    return item


def reassigned(item: Any, change: Callable[[Name], Name]) -> Any:
    """The object with the names of functions that it holds outside expressions changed."""
    match item:
        case Table() | View():
            return _changed(item, triggers=_each(item.triggers, lambda t: _changed(t, function=change(t.function))))
        case EventTrigger():
            return _changed(item, function=change(item.function))
        case ForeignDataWrapper():
            handler = change(item.handler) if item.handler else None
            return _changed(item, handler=handler, validator=change(item.validator) if item.validator else None)
        case Function() if item.support is not None:
            return _changed(item, support=change(item.support))
    return item


def relinked(item: Any, change: Callable[[Name], Name]) -> Any:
    """The object with the names of relations that it holds outside expressions changed."""
    match item:
        case Table():
            return _changed(
                item,
                constraints=_each(item.constraints, lambda c: _far(c, change)),
                triggers=_each(item.triggers, lambda t: _changed(t, references=t.references and change(t.references))),
                inherits=_each(item.inherits, change),
                partition_of=item.partition_of and change(item.partition_of),
            )
        case Sequence() if item.owned_by is not None:
            return _changed(item, owned_by=(*change(item.owned_by[:2]), item.owned_by[2]))
        case Publication():
            return _changed(item, tables=_each(item.tables, lambda t: _member(t, change)))
    return item


def _far(constraint: Constraint, change: Callable[[Name], Name]) -> Constraint:
    if constraint.reference is None:
        return constraint
    schema, table = change((constraint.reference.schema, constraint.reference.table))
    changed: Constraint = _changed(constraint, reference=_changed(constraint.reference, schema=schema, table=table))
    return changed


def _member(member: PublishedTable, change: Callable[[Name], Name]) -> PublishedTable:
    schema, table = change((member.schema, member.table))
    changed: PublishedTable = _changed(member, schema=schema, table=table)
    return changed


def _maybe(text: str | None, change: Change) -> str | None:
    return None if text is None else change(text)


def _each(parts: tuple[Any, ...], change: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The parts after the change; the same tuple where none is another object."""
    after = tuple(change(part) for part in parts)
    return parts if all(a is b for a, b in zip(after, parts, strict=True)) else after


def _changed(item: Any, **changes: Any) -> Any:
    if all(getattr(item, field) is value or getattr(item, field) == value for field, value in changes.items()):
        return item
    return replace(item, **changes)


def _body(body: str, change: Change) -> str:
    written = [before + change(text) for before, text in statements(body)]
    if not body.startswith(ATOMIC):
        return written[0]
    return ATOMIC + " ".join(f"{statement};" for statement in written) + " END"
