"""pg_class, pg_attribute and what is close to them: tables, views, indexes, sequences, defaults, inheritance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from policytool.catalog.build.acl import AclKind
from policytool.catalog.build.plpgsql import objects
from policytool.catalog.build.plpgsql.relations.base import (
    CatalogTable,
    Ghost,
    Relation,
    columns_of,
    namespace,
    relations,
    role,
    table,
    tables_and_views,
    words,
)
from policytool.catalog.build.plpgsql.values import SYSTEM, Acl, Assumed, Oid, Some, Spelled, Unknown, Value
from policytool.catalog.build.state import State
from policytool.catalog.model import Column

_PERSISTENCE: Final = {"permanent": "p", "unlogged": "u"}
SYSTEM_RELATIONS: Final = "the relations of Postgres's own"


def own_names(kind: str) -> Some:
    """The names of relations of Postgres's own."""
    return Some(words("types.txt"), prefix="pg_") if kind == "types" else Some(_standard_views(), prefix="pg_")


@cache
def own_columns() -> Some:
    """The names of columns of Postgres's own relations."""
    return Some(frozenset(name for columns in columns_of().values() for name in columns))


@cache
def _standard_views() -> frozenset[str]:
    return frozenset(name.partition(".")[2] for name in columns_of() if name.startswith("information_schema."))


def _system_relations() -> Iterator[Ghost]:
    for schema in objects.SYSTEM_SCHEMAS:
        known = {"oid": Oid("pg_class", SYSTEM), "relnamespace": namespace(schema), "relrowsecurity": False,
                 "relforcerowsecurity": False, "relname": own_names("relations"), "relispartition": False,
                 "reltype": Oid("pg_type", SYSTEM), "relkind": Some(frozenset("rivt"))}  # fmt: skip
        yield Ghost(SYSTEM_RELATIONS, known)


def _classes(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    yield from relations(state, wanted)
    yield from _system_relations()


def _rls(state: State, relation: Relation) -> Value:
    enabled = getattr(relation.item, "rls_enabled", False)
    if relation.assumed and not enabled:
        raise Assumed(f"whether the assumed table {relation.name} has row level security")
    return enabled


def _options(state: State, relation: Relation) -> Value:
    if relation.kind in "vm":
        found = [*relation.item.options]
        for option in ("security_barrier", "security_invoker"):
            if getattr(relation.item, option) and not any(o.startswith(f"{option}=") for o in found):
                found.append(f"{option}=true")
        return tuple(found) or None
    return tuple(getattr(relation.item, "options", ())) or None


def _acl(state: State, relation: Relation) -> Value:
    kind: AclKind = "SEQUENCES" if relation.kind == "S" else "TABLES"
    grants = getattr(relation.item, "grants", None)
    return None if grants is None else Acl(relation.owner, grants, kind)


def _persistence(state: State, relation: Relation) -> str:
    if relation.schema == "pg_temp":
        return "t"
    return _PERSISTENCE.get(getattr(relation.on or relation.item, "persistence", "permanent"), "p")


def _width(state: State, relation: Relation) -> int:
    if relation.kind in "iI":
        return len(relation.item.keys) + len(relation.item.include)
    return 3 if relation.kind == "S" else len(relation.columns)


def _row_type(state: State, relation: Relation) -> Value:
    return Oid("pg_type", relation.key) if relation.kind in "rpfvmc" else 0


def _bound(state: State, relation: Relation) -> Value:
    bound = getattr(relation.item, "partition_bound", None)
    return None if bound is None else Spelled(bound)


PG_CLASS: Final = table(
    "pg_catalog.pg_class",
    _classes,
    {
        "oid": lambda s, r: r.oid,
        "relname": lambda s, r: r.name,
        "relnamespace": lambda s, r: namespace(r.schema),
        "reltype": _row_type,
        "relowner": lambda s, r: role(r.owner),
        "relkind": lambda s, r: r.kind,
        "relpersistence": _persistence,
        "relrowsecurity": _rls,
        "relforcerowsecurity": lambda s, r: getattr(r.item, "rls_forced", False),
        "relispartition": lambda s, r: getattr(r.item, "partition_of", None) is not None,
        "relhasindex": lambda s, r: bool(getattr(r.item, "indexes", ())),
        "relnatts": _width,
        "reloptions": _options,
        "relacl": _acl,
        "relpartbound": _bound,
        "relispopulated": lambda s, r: getattr(r.item, "populated", True),
    },
    ("oid", "relname"),
)


# --- columns --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of a relation, by its number."""

    relation: Relation
    column: Column
    number: int


@dataclass(frozen=True, slots=True)
class Typmod:
    """The modifier of a column's type; only format_type() makes something of it."""

    spelled: str


_SYSTEM_COLUMNS: Final = tuple(
    Column(name=name, type=kind, not_null=True)
    for name, kind in (("ctid", "tid"), ("xmin", "xid"), ("cmin", "cid"), ("xmax", "xid"), ("cmax", "cid"),
                       ("tableoid", "oid"))
)  # fmt: skip


def attributes(relation: Relation) -> Iterator[Any]:
    """The columns of a relation, Postgres's own included."""
    for number, column in enumerate(relation.columns, start=1):
        yield Attribute(relation, column, number)
    if relation.kind in "rpfm":
        for number, column in enumerate(_SYSTEM_COLUMNS, start=1):
            yield Attribute(relation, column, -number)
    if relation.kind in "iI":
        for number, key in enumerate(relation.item.keys, start=1):
            column = Column(name=key.column or f"expr{number - 1 or ''}", type="unknown")
            yield Attribute(relation, column, number)
    if relation.assumed:
        known = {"attrelid": relation.oid, "attisdropped": False, "attname": Unknown(_columns_of(relation))}
        yield Ghost(_columns_of(relation), known, assumed=True)


def _columns_of(relation: Relation) -> str:
    return f"the columns of the assumed table {relation.schema}.{relation.name}"


def _attributes(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    for relation in relations(state, wanted, name="", oid="attrelid"):
        yield from attributes(relation)
    if "attrelid" not in wanted:
        yield Ghost(SYSTEM_RELATIONS, {"attrelid": Oid("pg_class", SYSTEM), "attname": own_columns()})


def type_of(state: State, spelled: str) -> Value:
    """The type of a column; not known on an assumed table."""
    if spelled == "unknown":
        raise Assumed("the type of a column of an assumed table")
    return objects.type_oid(state, spelled)


PG_ATTRIBUTE: Final = table(
    "pg_catalog.pg_attribute",
    _attributes,
    {
        "attrelid": lambda s, a: a.relation.oid,
        "attname": lambda s, a: a.column.name,
        "atttypid": lambda s, a: type_of(s, a.column.type),
        "atttypmod": lambda s, a: Typmod(a.column.type),
        "attnum": lambda s, a: a.number,
        "attnotnull": lambda s, a: a.column.not_null,
        "atthasdef": lambda s, a: a.column.default is not None or a.column.generated is not None,
        "attidentity": lambda s, a: {"ALWAYS": "a", "BY DEFAULT": "d"}.get(a.column.identity or "", ""),
        "attgenerated": lambda s, a: "" if a.column.generated is None else "s" if a.column.generated_stored else "v",
        "attisdropped": lambda s, a: False,
        "attislocal": lambda s, a: a.column.local,
    },
    ("attrelid",),
)


def _defaults(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    for relation in relations(state, wanted, name="", oid="adrelid"):
        for number, column in enumerate(relation.columns, start=1):
            if column.default is not None or column.generated is not None:
                yield Attribute(relation, column, number)


PG_ATTRDEF: Final = table(
    "pg_catalog.pg_attrdef",
    _defaults,
    {
        "oid": lambda s, a: Oid("pg_attrdef", (*a.relation.key, a.column.name)),
        "adrelid": lambda s, a: a.relation.oid,
        "adnum": lambda s, a: a.number,
        "adbin": lambda s, a: Spelled(a.column.default or a.column.generated or ""),
    },
    ("adrelid",),
)


# --- the views of them ----------------------------------------------------------------------------------------------


def system_rows(schema: str, name: str, **more: Value) -> Iterator[Ghost]:
    """The rows of Postgres's own relations in a view, by its columns for schema and name."""
    for home in ("pg_catalog", "information_schema"):
        yield Ghost(SYSTEM_RELATIONS, {schema: home, name: own_names("relations"), **more})


def _tables(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    yield from tables_and_views(state, wanted.get("tablename"), wanted.get("schemaname"), kinds="rp")
    yield from system_rows("schemaname", "tablename", rowsecurity=False)


PG_TABLES: Final = table(
    "pg_catalog.pg_tables",
    _tables,
    {
        "schemaname": lambda s, r: r.schema,
        "tablename": lambda s, r: r.name,
        "tableowner": lambda s, r: r.owner,
        "tablespace": lambda s, r: r.item.tablespace,
        "hasindexes": lambda s, r: bool(r.item.indexes),
        "hasrules": lambda s, r: bool(r.item.rules),
        "rowsecurity": _rls,
    },
    ("tablename",),
)


def _views(kind: str, column: str) -> Any:
    def scan(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
        yield from tables_and_views(state, wanted.get(column), wanted.get("schemaname"), kinds=kind)
        if kind == "v":
            yield from system_rows("schemaname", column, definition=Spelled("select"))

    return scan


def definition(state: State, relation: Relation) -> Spelled:
    """The query of a view."""
    return Spelled(relation.item.definition)


PG_VIEWS: Final = table(
    "pg_catalog.pg_views",
    _views("v", "viewname"),
    {
        "schemaname": lambda s, r: r.schema,
        "viewname": lambda s, r: r.name,
        "viewowner": lambda s, r: r.owner,
        "definition": definition,
    },
    ("viewname",),
)
PG_MATVIEWS: Final = table(
    "pg_catalog.pg_matviews",
    _views("m", "matviewname"),
    {
        "schemaname": lambda s, r: r.schema,
        "matviewname": lambda s, r: r.name,
        "matviewowner": lambda s, r: r.owner,
        "hasindexes": lambda s, r: bool(r.item.indexes),
        "ispopulated": lambda s, r: r.item.populated,
        "definition": definition,
    },
    ("matviewname",),
)


PG_STAT_USER_TABLES: Final = table(
    "pg_catalog.pg_stat_user_tables",
    lambda s, wanted: tables_and_views(s, wanted.get("relname"), wanted.get("schemaname"), kinds="rpm"),
    {
        "relid": lambda s, r: r.oid,
        "schemaname": lambda s, r: r.schema,
        "relname": lambda s, r: r.name,
    },
    ("relname",),
)
TABLES: Final[tuple[CatalogTable, ...]] = (
    PG_CLASS, PG_ATTRIBUTE, PG_ATTRDEF, PG_TABLES, PG_VIEWS, PG_MATVIEWS, PG_STAT_USER_TABLES,
)  # fmt: skip
