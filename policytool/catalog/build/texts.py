"""What an object holds that names other objects: its expressions, its types and its plain references."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build.partition_text import changed_key, key_expressions
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
from policytool.syntax.split import split

_ATOMIC = "BEGIN ATOMIC "
Change = Callable[[str], str]
_TYPE = re.compile(r'(?:"((?:[^"]|"")*)"|(\w[\w$]*))\.(?:"((?:[^"]|"")*)"|(\w[\w$]*))')


@functools.lru_cache(maxsize=8192)
def type_in(text: str) -> Name | None:
    """The qualified name in a type's spelling (`public.mood[]`, `SETOF public.t`); None for one of pg_catalog."""
    found = _TYPE.search(text) if "." in text else None
    if found is None:
        return None
    schema, name = found[1] or found[2], found[3] or found[4]
    return schema.replace('""', '"'), name.replace('""', '"')


def expressions(item: Any) -> Iterator[str]:
    """The canonical texts of an object, those of its parts included."""
    match item:
        case Table():
            yield from _of_table(item)
        case View():
            yield item.definition
            yield from _attached(item)
        case Domain():
            yield from _some(item.default)
            for constraint in item.constraints:
                yield from _some(constraint.expression)
        case Function():
            for argument in item.arguments:
                yield from _some(argument.default)
            if item.atomic:
                yield from (text for _, text in _statements(item.body))
        case Publication():
            for table in item.tables:
                yield from _some(table.where)


def _of_table(table: Table) -> Iterator[str]:
    for policy in table.policies:
        yield from _some(policy.using, policy.with_check)
    if table.partition_key is not None:
        yield from key_expressions(table.partition_key)
    yield from _columns(table.columns)
    for constraint in table.constraints:
        yield from _some(constraint.expression)
    yield from _attached(table)


def _some(*texts: str | None) -> Iterator[str]:
    for text in texts:
        if text is not None:
            yield text


def _statements(body: str) -> list[tuple[str, str]]:
    """The statements of a body of the SQL standard, RETURN apart from what it returns."""
    if not body.startswith(_ATOMIC):
        return [_returned(body)]
    inner = body.removeprefix(_ATOMIC).removesuffix("END")
    return [_returned(inner[piece.body : piece.end]) for piece in split(inner)]


def _returned(text: str) -> tuple[str, str]:
    return ("RETURN ", text.removeprefix("RETURN ")) if text.startswith("RETURN ") else ("", text)


def _body(body: str, change: Change) -> str:
    written = [before + change(text) for before, text in _statements(body)]
    if not body.startswith(_ATOMIC):
        return written[0]
    return _ATOMIC + " ".join(f"{statement};" for statement in written) + " END"


def _columns(columns: tuple[Column, ...]) -> Iterator[str]:
    for column in columns:
        yield from _some(column.default, column.generated)


def _attached(item: Table | View) -> Iterator[str]:
    for index in item.indexes:
        yield from index_expressions(index)
    for trigger in item.triggers:
        yield from _some(trigger.when)
    for rule in item.rules:
        yield rule.definition


def index_expressions(index: Index) -> Iterator[str]:
    """The expressions of an index and its predicate."""
    for key in index.keys:
        yield from _some(key.expression)
    yield from _some(index.predicate)


def types(item: Any) -> Iterator[Name]:
    """The types that an object is made of."""
    for text in _type_texts(item):
        found = type_in(text)
        if found is not None:
            yield found


def _type_texts(item: Any) -> Iterator[str]:
    match item:
        case Table() | View() | Composite():
            for column in item.columns:
                yield column.type
            if isinstance(item, Table) and item.of_type is not None:
                yield ".".join(item.of_type)
        case Function():
            for argument in item.arguments:
                yield argument.type
            yield from _some(item.returns)
        case Domain():
            yield item.type
        case Range():
            yield item.subtype


def functions(item: Any) -> Iterator[Name]:
    """The functions that an object names outside expressions."""
    match item:
        case Table() | View():
            for trigger in item.triggers:
                yield trigger.function
        case EventTrigger():
            yield item.function
        case ForeignDataWrapper():
            yield from (f for f in (item.handler, item.validator) if f is not None)
        case Function() if item.support is not None:
            yield item.support


def relations(item: Any) -> Iterator[Name]:
    """The relations that an object names outside expressions and outside what `Lookup` keeps."""
    match item:
        case Table():
            yield from (t.references for t in item.triggers if t.references is not None)
        case Publication():
            yield from ((t.schema, t.table) for t in item.tables)


# --- rewriting ------------------------------------------------------------------------------------------------------


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
