"""One mapping for each kind of object: what the catalog under construction holds."""

from __future__ import annotations

from typing import Any, Literal

from policytool.catalog.model import Function, Name, Role, Schema, Sequence, Signature, Table, View
from policytool.catalog.objects import (
    BaseType,
    Bucket,
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

Kind = Literal[
    "roles", "schemas", "tables", "views", "sequences", "functions", "enums", "domains", "composites", "ranges",
    "base_types", "extensions", "event_triggers", "publications", "wrappers", "servers", "others", "buckets",
]  # fmt: skip
RELATION_KINDS = ("tables", "views", "sequences", "composites", "indexes")
TEMPORARY_KINDS: tuple[Kind, ...] = (
    "tables", "views", "sequences", "functions", "enums", "domains", "composites", "ranges", "base_types",
)  # fmt: skip
TYPE_KINDS = ("enums", "domains", "composites", "ranges", "base_types")


class Stores:
    """The objects of each kind under their keys, in the order they were made."""

    def __init__(self) -> None:
        self.roles: dict[str, Role] = {}
        self.schemas: dict[str, Schema] = {}
        self.tables: dict[Name, Table] = {}
        self.views: dict[Name, View] = {}
        self.sequences: dict[Name, Sequence] = {}
        self.functions: dict[Signature, Function] = {}
        self.enums: dict[Name, Enum] = {}
        self.domains: dict[Name, Domain] = {}
        self.composites: dict[Name, Composite] = {}
        self.ranges: dict[Name, Range] = {}
        self.base_types: dict[Name, BaseType] = {}
        self.extensions: dict[str, Extension] = {}
        self.event_triggers: dict[str, EventTrigger] = {}
        self.publications: dict[str, Publication] = {}
        self.wrappers: dict[str, ForeignDataWrapper] = {}
        self.servers: dict[str, ForeignServer] = {}
        self.others: dict[tuple[str, str, str], Other] = {}
        self.buckets: dict[str, Bucket] = {}
        self.indexes: dict[Name, Name] = {}  # index → its table or view

    def store(self, kind: Kind) -> dict[Any, Any]:
        """The mapping of one kind."""
        mapping: dict[Any, Any] = getattr(self, kind)
        return mapping

    def relation_kind(self, name: Name) -> Literal["tables", "views", "sequences", "composites", "indexes"] | None:
        """Which store holds the relation of this qualified name; relations of all kinds share one namespace."""
        if name in self.tables:
            return "tables"
        if name in self.views:
            return "views"
        if name in self.sequences:
            return "sequences"
        if name in self.indexes:
            return "indexes"
        if name in self.composites:
            return "composites"
        return None
