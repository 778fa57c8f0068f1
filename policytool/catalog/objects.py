"""The rest of the model: types, extensions, publications, servers, default privileges, and the catalog itself."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from policytool.catalog.live import Live
from policytool.catalog.model import (
    Column,
    Constraint,
    Function,
    Grant,
    Item,
    Membership,
    Name,
    Origin,
    Role,
    Schema,
    Sequence,
    Signature,
    Table,
    View,
)
from policytool.syntax.location import Location


class Enum(Item, frozen=True, kw_only=True):
    """An enumerated type; labels in their order."""

    schema: str
    name: str
    owner: str
    labels: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class Domain(Item, frozen=True, kw_only=True):
    """A domain over a base type, with its CHECK constraints."""

    schema: str
    name: str
    owner: str
    type: str
    not_null: bool = False
    default: str | None = None
    collation: str | None = None
    constraints: tuple[Constraint, ...] = ()
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class Composite(Item, frozen=True, kw_only=True):
    """A free-standing composite type."""

    schema: str
    name: str
    owner: str
    columns: tuple[Column, ...] = ()
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class Range(Item, frozen=True, kw_only=True):
    """A range type; `multirange` is the name of the type made with it."""

    schema: str
    name: str
    owner: str
    subtype: str
    multirange: str
    options: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class BaseType(Item, frozen=True, kw_only=True):
    """A type of which only name and owner are modelled: shell and base types, as extensions bring them."""

    schema: str
    name: str
    owner: str
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class Extension(Item, frozen=True, kw_only=True):
    """An installed extension; `schema` is where its objects are."""

    name: str
    schema: str
    version: str | None = None
    origin: Origin = None


class EventTrigger(Item, frozen=True, kw_only=True):
    """An event trigger; `tags` are the command tags it is limited to."""

    name: str
    owner: str
    event: str
    function: Name
    tags: tuple[str, ...] = ()
    enabled: Literal["ORIGIN", "DISABLED", "REPLICA", "ALWAYS"] = "ORIGIN"
    origin: Origin = None


class PublishedTable(Struct, frozen=True, kw_only=True):
    """A table in a publication, with its column list and row filter."""

    schema: str
    table: str
    columns: tuple[str, ...] = ()
    where: str | None = None
    made: Location | None = None


class Publication(Item, frozen=True, kw_only=True):
    """A publication for logical replication; Supabase's realtime listens to `supabase_realtime`."""

    name: str
    owner: str
    all_tables: bool = False
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str, ...] = ()
    publish: tuple[str, ...] = ("insert", "update", "delete", "truncate")
    via_root: bool = False
    origin: Origin = None


class ForeignDataWrapper(Item, frozen=True, kw_only=True):
    """A foreign-data wrapper."""

    name: str
    owner: str
    handler: Name | None = None
    validator: Name | None = None
    options: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class ForeignServer(Item, frozen=True, kw_only=True):
    """A foreign server. Options that look like secrets are kept as `name=***`."""

    name: str
    owner: str
    wrapper: str
    type: str | None = None
    version: str | None = None
    options: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class Other(Item, frozen=True, kw_only=True):
    """A kind the rules need not look into (cast, operator, collation, text search, …): name and definition."""

    kind: str  # lower-case, as in COMMENT ON: "collation", "cast", "operator", …
    schema: str | None = None
    name: str
    owner: str | None = None
    definition: str = ""
    origin: Origin = None


class DefaultPrivilege(Struct, frozen=True, kw_only=True):
    """What ALTER DEFAULT PRIVILEGES left for objects that `role` will make, in `schema` or (None) anywhere.

    `grants` are those given beyond Postgres's own; `revoked` are built-in ones taken away (only where `schema` is None:
    a REVOKE in a schema cannot take away what Postgres gives by itself).
    """

    role: str
    schema: str | None = None
    kind: Literal["TABLES", "SEQUENCES", "FUNCTIONS", "TYPES", "SCHEMAS", "LARGE OBJECTS"]
    grants: tuple[Grant, ...] = ()
    revoked: tuple[Grant, ...] = ()
    made: Location | None = None


class Bucket(Struct, frozen=True, kw_only=True):
    """A row of storage.buckets, where a migration inserts it literally."""

    id: str
    public: bool = False
    made: Location | None = None


class Unmodelled(Struct, frozen=True, kw_only=True):
    """A statement whose effect is not in the catalog, with its place: never silent."""

    location: Location
    kind: str  # the statement's kind, or "syntax", "psql", "placeholder", "do block", "dynamic sql", "call"
    message: str
    security: bool = True  # it may change what an audit looks at


Catalogued = (
    Role
    | Schema
    | Table
    | View
    | Sequence
    | Function
    | Enum
    | Domain
    | Composite
    | Range
    | BaseType
    | Extension
    | EventTrigger
    | Publication
    | ForeignDataWrapper
    | ForeignServer
    | Other
)


class Catalog(Struct, frozen=True, kw_only=True):
    """All objects of one database. Treat the mappings as read-only."""

    platform: str = "postgres"
    roles: dict[str, Role] = field(default_factory=dict)
    memberships: tuple[Membership, ...] = ()
    schemas: dict[str, Schema] = field(default_factory=dict)
    tables: dict[Name, Table] = field(default_factory=dict)
    views: dict[Name, View] = field(default_factory=dict)
    sequences: dict[Name, Sequence] = field(default_factory=dict)
    functions: dict[Signature, Function] = field(default_factory=dict)
    enums: dict[Name, Enum] = field(default_factory=dict)
    domains: dict[Name, Domain] = field(default_factory=dict)
    composites: dict[Name, Composite] = field(default_factory=dict)
    ranges: dict[Name, Range] = field(default_factory=dict)
    base_types: dict[Name, BaseType] = field(default_factory=dict)
    extensions: dict[str, Extension] = field(default_factory=dict)
    event_triggers: dict[str, EventTrigger] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    wrappers: dict[str, ForeignDataWrapper] = field(default_factory=dict)
    servers: dict[str, ForeignServer] = field(default_factory=dict)
    others: dict[tuple[str, str, str], Other] = field(default_factory=dict)  # kind, schema or "", name
    default_privileges: tuple[DefaultPrivilege, ...] = ()
    buckets: dict[str, Bucket] = field(default_factory=dict)
    unmodelled: tuple[Unmodelled, ...] = ()
    live: Live | None = None  # of a server in use; in no snapshot and no comparison
