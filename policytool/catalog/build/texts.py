"""What an object holds that names other objects: its expressions, its types and its plain references."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from policytool.catalog.build.partition_text import key_expressions
from policytool.catalog.model import (
    Column,
    Function,
    Index,
    Name,
    Table,
    View,
)
from policytool.catalog.objects import (
    Composite,
    Domain,
    EventTrigger,
    ForeignDataWrapper,
    Publication,
    Range,
)
from policytool.syntax.split import split

ATOMIC = "BEGIN ATOMIC "
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
                yield from (text for _, text in statements(item.body))
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


def statements(body: str) -> list[tuple[str, str]]:
    """The statements of a body of the SQL standard, RETURN apart from what it returns."""
    if not body.startswith(ATOMIC):
        return [_returned(body)]
    inner = body.removeprefix(ATOMIC).removesuffix("END")
    return [_returned(inner[piece.body : piece.end]) for piece in split(inner)]


def _returned(text: str) -> tuple[str, str]:
    return ("RETURN ", text.removeprefix("RETURN ")) if text.startswith("RETURN ") else ("", text)


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
