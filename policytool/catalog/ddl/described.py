"""What an object is called in ALTER, DROP, GRANT and COMMENT ON."""

from __future__ import annotations

from typing import Any

from policytool.catalog.ddl import functions, others
from policytool.catalog.model import Function, Role, Schema, Sequence, Table, View
from policytool.catalog.objects import (
    BaseType,
    Composite,
    Domain,
    Enum,
    EventTrigger,
    Extension,
    ForeignDataWrapper,
    ForeignServer,
    Other,
    Publication,
    Range,
)
from policytool.catalog.spelling import identifier, qualified


def noun(item: Any) -> str:
    """The kind of an object, as SQL says it."""
    match item:
        case Table():
            return "foreign table" if item.kind == "foreign table" else "table"
        case View():
            return "materialized view" if item.materialized else "view"
        case Function():
            return item.kind if item.kind in ("procedure", "aggregate") else "function"
        case Enum() | Composite() | Range() | BaseType():
            return "type"
        case Other():
            return item.kind
    return _NOUNS[type(item)]


_NOUNS: dict[type[Any], str] = {
    Role: "role",
    Schema: "schema",
    Sequence: "sequence",
    Domain: "domain",
    Extension: "extension",
    EventTrigger: "event trigger",
    Publication: "publication",
    ForeignDataWrapper: "foreign data wrapper",
    ForeignServer: "server",
}


def name(item: Any) -> str:
    """The name of an object; a function's with its arguments."""
    match item:
        case Function():
            return functions.described(item)
        case Other():
            return others.described(item)
    return qualified(item.schema, item.name) if _is_qualified(item) else identifier(item.name)


def _is_qualified(item: Any) -> bool:
    return isinstance(item, (Table, View, Sequence, Enum, Domain, Composite, Range, BaseType))


def full(item: Any) -> str:
    """Kind and name."""
    return f"{noun(item)} {name(item)}"


def schema_of(item: Any) -> str | None:
    """The schema that an object is in."""
    if isinstance(item, Schema):
        return item.name
    return getattr(item, "schema", None)
