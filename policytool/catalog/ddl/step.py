"""A statement to come, with what has to be there before it."""

from __future__ import annotations

from enum import IntEnum, auto

from msgspec import Struct

Key = tuple[str, ...]  # what kind of thing, and its name: ("relation", "public", "orders")


class Phase(IntEnum):
    """The order of statements that do not need one another. A statement that an earlier one needs is moved up to it."""

    ROLES = auto()
    DROPS = auto()
    WITHDRAWAL = auto()
    SCHEMAS = auto()
    EXTENSIONS = auto()
    TYPES = auto()
    SEQUENCES = auto()
    SERVERS = auto()
    LESSER = auto()
    TABLES = auto()
    INHERITANCE = auto()
    CONSTRAINTS = auto()
    OWNED = auto()
    INDEXES = auto()
    FOREIGN_KEYS = auto()
    PARTITIONS = auto()
    VIEWS = auto()
    FUNCTIONS = auto()
    MATERIALIZED = auto()
    TRIGGERS = auto()
    PUBLICATIONS = auto()
    OWNERS = auto()
    SECURITY = auto()
    POLICIES = auto()
    GRANTS = auto()
    COMMENTS = auto()
    ROWS = auto()
    DEFAULT_PRIVILEGES = auto()
    EVENT_TRIGGERS = auto()


HEADINGS = {
    Phase.ROLES: "roles",
    Phase.DROPS: "what the platform has and this database has not",
    Phase.WITHDRAWAL: "default privileges are taken away while objects are made, and given back at the end",
    Phase.SCHEMAS: "schemas",
    Phase.EXTENSIONS: "extensions",
    Phase.TYPES: "types",
    Phase.SEQUENCES: "sequences",
    Phase.SERVERS: "foreign servers",
    Phase.LESSER: "operators, casts, collations, text search",
    Phase.TABLES: "tables",
    Phase.INHERITANCE: "inheritance",
    Phase.CONSTRAINTS: "constraints",
    Phase.OWNED: "sequences of columns",
    Phase.INDEXES: "indexes",
    Phase.FOREIGN_KEYS: "foreign keys",
    Phase.PARTITIONS: "partitions",
    Phase.VIEWS: "views",
    Phase.FUNCTIONS: "functions",
    Phase.MATERIALIZED: "materialized views and statistics",
    Phase.TRIGGERS: "triggers and rules",
    Phase.PUBLICATIONS: "publications and replica identities",
    Phase.OWNERS: "owners",
    Phase.SECURITY: "row level security",
    Phase.POLICIES: "policies",
    Phase.GRANTS: "privileges",
    Phase.COMMENTS: "comments",
    Phase.ROWS: "storage buckets",
    Phase.DEFAULT_PRIVILEGES: "default privileges",
    Phase.EVENT_TRIGGERS: "event triggers",
}


class Step(Struct, frozen=True, kw_only=True):
    """Statements that belong together, without their semicolons.

    `needs` must come before; `wants` should, where that makes no circle. `makes` are further things that are there
    afterwards. A statement that cannot be written is a line of comment that says so.
    """

    phase: Phase
    key: Key
    sql: tuple[str, ...]
    schema: str | None = None
    needs: frozenset[Key] = frozenset()
    wants: frozenset[Key] = frozenset()
    makes: frozenset[Key] = frozenset()


def step(phase: Phase, key: Key, *sql: str, schema: str | None = None, needs: frozenset[Key] = frozenset()) -> Step:
    """A step that makes nothing but its key."""
    return Step(phase=phase, key=key, sql=sql, schema=schema, needs=needs)
