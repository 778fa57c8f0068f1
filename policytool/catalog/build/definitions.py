"""The names in definitions that are kept as text: aggregates, operators, casts, statistics and their like."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from policytool.catalog.model import Function, Name
from policytool.catalog.objects import Other
from policytool.catalog.spelling import identifier, qualified

_COLUMNS = re.compile(r"(?:\(.*?\) )?ON (?P<columns>.*) FROM ", re.S)


def definitions(item: Any) -> Iterator[str]:
    """The texts of an object that are no expressions; the name of a cast or operator has types in it."""
    if isinstance(item, Function) and item.definition is not None:
        yield item.definition
    elif isinstance(item, Other):
        yield item.definition
        yield item.name


@functools.lru_cache(maxsize=1024)
def _pattern(spelled: str) -> re.Pattern[str]:
    return re.compile(rf'(?<![\w."]){re.escape(spelled)}(?![\w"])')


def mentions(item: Any, name: Name) -> bool:
    """Whether a definition names an object by schema and name."""
    return any(_pattern(qualified(*name)).search(text) for text in definitions(item))


def columns_of(item: Other) -> str:
    """What extended statistics are about: columns and expressions."""
    found = _COLUMNS.match(item.definition)
    return found["columns"] if found is not None and item.kind == "statistics" else ""


def redefined(item: Any, old: Name, new: Name) -> Any:
    """The object with another name for an object that its definition names."""
    return _substituted(item, _pattern(qualified(*old)), qualified(*new))


def moved(item: Any, old: str, new: str) -> Any:
    """The object with another name for a schema that its definition names."""
    return _substituted(item, re.compile(rf'(?<![\w."]){re.escape(identifier(old))}(?=\.)'), identifier(new))


def with_column(item: Other, old: str, new: str) -> Other:
    """Extended statistics with another name for a column."""
    columns = columns_of(item)
    renamed = _pattern(identifier(old)).sub(lambda _: identifier(new), columns)
    return item if renamed == columns else replace(item, definition=item.definition.replace(columns, renamed, 1))


def _substituted(item: Any, pattern: re.Pattern[str], text: str) -> Any:
    if isinstance(item, Function) and item.definition is not None:
        definition = pattern.sub(lambda _: text, item.definition)
        return item if definition == item.definition else replace(item, definition=definition)
    if isinstance(item, Other):
        definition, name = (pattern.sub(lambda _: text, part) for part in (item.definition, item.name))
        changed = (definition, name) != (item.definition, item.name)
        return replace(item, definition=definition, name=name) if changed else item
    return item
