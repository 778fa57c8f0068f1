"""The one catalog model: what a Postgres database holds, whoever produced it (statements, a server, a snapshot).

Every struct is frozen. Names are plain strings or tuples of them, never OIDs. Expressions and definitions are
canonical SQL text (see `catalog/expression`): keywords in upper case, names qualified unless in pg_catalog. Privileges
are always spelled out: an object that Postgres would show with a null ACL carries the grants that the null stands for.
``made`` and ``changed`` are the places of the statements that created an object and that last altered it; they,
``by_default`` and ``sweeping`` are evidence, not identity, and are left out when catalogs are compared.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from policytool.syntax.location import Location

Name = tuple[str, str]  # schema, name
Signature = tuple[str, str, tuple[str, ...]]  # schema, name, types of the input arguments
Origin = Literal["platform", "extension"] | None  # None: made by the user


class Item(Struct, frozen=True, kw_only=True):
    """What every modelled thing carries: where it came from and what was said about it."""

    made: Location | None = None
    changed: Location | None = None
    comment: str | None = None


class Grant(Struct, frozen=True, kw_only=True):
    """One privilege of one grantee; with `columns`, on those columns only. PUBLIC is the grantee `public`."""

    grantee: str
    privilege: str  # SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN, USAGE, CREATE, EXECUTE, …
    columns: tuple[str, ...] = ()
    grantor: str | None = None
    grantable: bool = False
    by_default: bool = False  # it came with the object (owner, built-in or default privileges), not from a GRANT
    sweeping: bool = False  # by GRANT ALL, which dumps write for every object, or GRANT … ON ALL TABLES IN SCHEMA
    made: Location | None = None  # the GRANT, or the ALTER DEFAULT PRIVILEGES that gave it


class Role(Item, frozen=True, kw_only=True):
    """A role and its attributes; `settings` are those of ALTER ROLE … SET, as `name=value`."""

    name: str
    superuser: bool = False
    inherit: bool = True
    createrole: bool = False
    createdb: bool = False
    login: bool = False
    replication: bool = False
    bypassrls: bool = False
    settings: tuple[str, ...] = ()
    origin: Origin = None


class Membership(Struct, frozen=True, kw_only=True):
    """`member` is a member of `role`; `inherit` and `set` are the options of PostgreSQL 16."""

    role: str
    member: str
    admin: bool = False
    inherit: bool = True
    set: bool = True
    made: Location | None = None


class Schema(Item, frozen=True, kw_only=True):
    """A namespace; grants are USAGE and CREATE."""

    name: str
    owner: str
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class Column(Item, frozen=True, kw_only=True):
    """A column of a table, view or composite type; `type` as format_type spells it with an empty search_path."""

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    identity: Literal["ALWAYS", "BY DEFAULT"] | None = None
    generated: str | None = None  # the expression of a generated column
    generated_stored: bool = True
    collation: str | None = None
    inherited: bool = False  # also defined by a parent table
    local: bool = True  # defined by the table itself
    storage: str | None = None  # only when set by hand
    compression: str | None = None
    statistics: int | None = None
    options: tuple[str, ...] = ()


class Reference(Struct, frozen=True, kw_only=True):
    """The far side of a foreign key."""

    schema: str
    table: str
    columns: tuple[str, ...]
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    delete_columns: tuple[str, ...] = ()  # of SET NULL (…) and SET DEFAULT (…)
    match: str = "SIMPLE"


class Constraint(Item, frozen=True, kw_only=True):
    """A constraint of a table. NOT NULL is a property of the column, not a constraint here."""

    name: str
    kind: Literal["PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK", "EXCLUDE"]
    columns: tuple[str, ...] = ()
    expression: str | None = None  # CHECK
    reference: Reference | None = None  # FOREIGN KEY
    operators: tuple[str, ...] = ()  # EXCLUDE, one per key of its index
    deferrable: bool = False
    deferred: bool = False
    validated: bool = True
    no_inherit: bool = False
    enforced: bool = True
    inherited: bool = False
    local: bool = True
    period: bool = False  # WITHOUT OVERLAPS / PERIOD


class IndexKey(Struct, frozen=True, kw_only=True):
    """One key of an index: a column by name, or an expression."""

    column: str | None = None
    expression: str | None = None
    collation: str | None = None
    opclass: str | None = None  # only when it is not the default of the type
    descending: bool = False
    nulls_first: bool = False
    statistics: int | None = None  # of an expression, where it was set by hand


class Index(Item, frozen=True, kw_only=True):
    """An index; `constraint` names the key or exclusion constraint that it serves."""

    name: str
    method: str = "btree"
    keys: tuple[IndexKey, ...] = ()
    include: tuple[str, ...] = ()
    unique: bool = False
    nulls_not_distinct: bool = False
    predicate: str | None = None
    constraint: str | None = None
    valid: bool = True
    options: tuple[str, ...] = ()
    parent: Name | None = None  # the partitioned index that it belongs to
    clustered: bool = False  # CLUSTER follows it


class Policy(Item, frozen=True, kw_only=True):
    """A row security policy. `roles` holds `public` when there is no TO clause."""

    name: str
    command: Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"] = "ALL"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str | None = None
    with_check: str | None = None
    using_at: Location | None = None  # where the expression stands, for excerpts
    with_check_at: Location | None = None
    origin: Origin = None  # of the policies that come with the platform's and extensions' tables


class Trigger(Item, frozen=True, kw_only=True):
    """A trigger of a table or view; `function` is its schema and name."""

    name: str
    timing: Literal["BEFORE", "AFTER", "INSTEAD OF"]
    events: tuple[str, ...]  # INSERT, UPDATE, DELETE, TRUNCATE
    function: Name
    update_columns: tuple[str, ...] = ()
    row: bool = False
    when: str | None = None
    arguments: tuple[str, ...] = ()
    old_table: str | None = None
    new_table: str | None = None
    constraint: bool = False
    deferrable: bool = False
    deferred: bool = False
    references: Name | None = None  # FROM of a constraint trigger
    enabled: Literal["ORIGIN", "DISABLED", "REPLICA", "ALWAYS"] = "ORIGIN"
    inherited: bool = False  # cloned from the trigger of a partitioned table


class Rule(Item, frozen=True, kw_only=True):
    """A rewrite rule other than the one that makes a view."""

    name: str
    event: str
    definition: str
    enabled: str = "ORIGIN"


class Table(Item, frozen=True, kw_only=True):
    """An ordinary, partitioned or foreign table, with all that belongs to it."""

    schema: str
    name: str
    owner: str
    kind: Literal["table", "partitioned table", "foreign table"] = "table"
    persistence: Literal["permanent", "unlogged"] = "permanent"
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    policies: tuple[Policy, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    grants: tuple[Grant, ...] = ()
    rls_enabled: bool = False
    rls_forced: bool = False
    rls_at: Location | None = None  # the statement that last said so: evidence, like made and changed
    partition_key: str | None = None  # e.g. RANGE (created_at)
    partition_of: Name | None = None
    partition_bound: str | None = None
    inherits: tuple[Name, ...] = ()
    of_type: Name | None = None
    options: tuple[str, ...] = ()
    access_method: str | None = None
    tablespace: str | None = None
    replica_identity: str = "DEFAULT"  # DEFAULT, FULL, NOTHING, INDEX name
    server: str | None = None  # foreign tables
    server_options: tuple[str, ...] = ()
    origin: Origin = None
    assumed: bool = False  # no migration made it; it was named by one (RLS state and most columns unknown)


class View(Item, frozen=True, kw_only=True):
    """A view or materialised view."""

    schema: str
    name: str
    owner: str
    definition: str
    columns: tuple[Column, ...] = ()
    materialized: bool = False
    populated: bool = True
    security_invoker: bool = False
    security_barrier: bool = False
    check_option: Literal["LOCAL", "CASCADED"] | None = None
    options: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class Sequence(Item, frozen=True, kw_only=True):
    """A sequence; `owned_by` is schema, table, column."""

    schema: str
    name: str
    owner: str
    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 9223372036854775807
    cache: int = 1
    cycle: bool = False
    owned_by: tuple[str, str, str] | None = None
    identity: bool = False  # it belongs to an identity column
    persistence: Literal["permanent", "unlogged"] = "permanent"
    grants: tuple[Grant, ...] = ()
    origin: Origin = None


class Argument(Struct, frozen=True, kw_only=True):
    """An argument of a routine; mode TABLE is a column of RETURNS TABLE."""

    type: str
    name: str | None = None
    mode: Literal["IN", "OUT", "INOUT", "VARIADIC", "TABLE"] = "IN"
    default: str | None = None


class Function(Item, frozen=True, kw_only=True):
    """A function, procedure, aggregate or window function. A trigger function `returns` `trigger`."""

    schema: str
    name: str
    owner: str
    kind: Literal["function", "procedure", "aggregate", "window"] = "function"
    arguments: tuple[Argument, ...] = ()
    returns: str | None = None
    language: str = "sql"
    security_definer: bool = False
    volatility: Literal["VOLATILE", "STABLE", "IMMUTABLE"] = "VOLATILE"
    strict: bool = False
    leakproof: bool = False
    parallel: Literal["UNSAFE", "RESTRICTED", "SAFE"] = "UNSAFE"
    cost: float | None = None
    rows: float | None = None
    support: Name | None = None
    settings: tuple[str, ...] = ()  # name=value, in the order of pg_proc.proconfig
    body: str = ""  # as written between the quotes; canonical SQL when atomic
    atomic: bool = False  # a body of the SQL standard (BEGIN ATOMIC or RETURN)
    definition: str | None = None  # aggregates: their parts
    grants: tuple[Grant, ...] = ()
    origin: Origin = None
    body_at: Location | None = None

    @property
    def signature(self) -> Signature:
        """What tells it from its namesakes: schema, name and the types of its input arguments."""
        types = tuple(a.type for a in self.arguments if a.mode in ("IN", "INOUT", "VARIADIC"))
        return (self.schema, self.name, types)
