"""The information schema: tables, columns, views, schemas, routines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policytool.catalog.build.plpgsql import objects
from policytool.catalog.build.plpgsql.relations.base import (
    CatalogTable,
    Ghost,
    Relation,
    table,
    tables_and_views,
)
from policytool.catalog.build.plpgsql.relations.classes import (
    Attribute,
    definition,
    own_columns,
    system_rows,
    type_of,
)
from policytool.catalog.build.plpgsql.relations.parts import unsaid
from policytool.catalog.build.plpgsql.relations.routines import functions
from policytool.catalog.build.plpgsql.values import Opaque, Spelled, Value
from policytool.catalog.build.roles import is_superuser, privileges_of
from policytool.catalog.build.state import State
from policytool.catalog.expression.types import built_in
from policytool.catalog.model import Function

Wanted = Mapping[str, Value]
_YES: Final = {True: "YES", False: "NO"}
_LENGTH: Final = re.compile(r"\((\d+)(?:,(\d+))?\)")
_DATABASE: Final = Opaque("postgres")


def visible(state: State, item: Any, *, select: bool = True) -> bool:
    """Whether the information schema shows an object to the current role: as its owner, or by some privilege."""
    role = state.session.role
    if is_superuser(state, role):
        return True
    members = {"public", *privileges_of(state, role)}
    return item.owner in members or any(
        g.grantee in members and (select or g.privilege != "SELECT") for g in item.grants
    )


def shown(state: State, wanted: Wanted, kinds: str = "rpfv") -> Iterator[Relation]:
    """The tables and views that the current role may know of."""
    for relation in tables_and_views(state, wanted.get("table_name"), wanted.get("table_schema"), kinds=kinds):
        if visible(state, relation.item):
            yield relation


# --- tables and views -----------------------------------------------------------------------------------------------

_TABLE_TYPES: Final = {"v": "VIEW", "f": "FOREIGN"}


def _tables(state: State, wanted: Wanted) -> Iterator[Any]:
    yield from shown(state, wanted)
    yield from system_rows("table_schema", "table_name")


def _table_type(state: State, relation: Relation) -> str:
    return "LOCAL TEMPORARY" if relation.schema == "pg_temp" else _TABLE_TYPES.get(relation.kind, "BASE TABLE")


_IDENTITY: Final[dict[str, Any]] = {
    "table_catalog": lambda s, r: _DATABASE,
    "table_schema": lambda s, r: r.schema,
    "table_name": lambda s, r: r.name,
}
TABLES_VIEW: Final = table(
    "information_schema.tables", _tables, {**_IDENTITY, "table_type": _table_type}, ("table_name",)
)


def _views(state: State, wanted: Wanted) -> Iterator[Any]:
    yield from shown(state, wanted, "v")
    yield from system_rows("table_schema", "table_name")


VIEWS: Final = table(
    "information_schema.views",
    _views,
    {
        **_IDENTITY,
        "view_definition": definition,
        "check_option": lambda s, r: r.item.check_option or "NONE",
    },
    ("table_name",),
)


# --- columns --------------------------------------------------------------------------------------------------------


def _columns(state: State, wanted: Wanted) -> Iterator[Any]:
    for relation in shown(state, wanted):
        yield from (Attribute(relation, column, n) for n, column in enumerate(relation.columns, start=1))
        if relation.assumed:
            yield unsaid(relation, "columns", table_schema=relation.schema, table_name=relation.name)
    yield from system_rows("table_schema", "table_name", column_name=own_columns())


def _base_type(state: State, spelled: str) -> str:
    """The type under a domain."""
    for _ in range(8):
        key = type_of(state, spelled).key
        if key not in state.domains:
            break
        spelled = state.domains[key].type
    return spelled


def data_type(state: State, spelled: str) -> str:
    """data_type of the information schema."""
    spelled = _base_type(state, spelled)
    schema, name = type_of(state, spelled).key
    if name.startswith("_"):
        return "ARRAY"
    if schema != "pg_catalog":
        return "USER-DEFINED"
    return {"bpchar": "character", "char": '"char"'}.get(name) or built_in(name, ())


def _column_type(state: State, attribute: Attribute) -> str:
    return data_type(state, attribute.column.type)


def _udt(state: State, attribute: Attribute) -> tuple[str, str]:
    key: tuple[str, str] = type_of(state, _base_type(state, attribute.column.type)).key
    return key


def _maximum(state: State, attribute: Attribute) -> Value:
    spelled = _base_type(state, attribute.column.type)
    found = _LENGTH.search(spelled)
    if not spelled.startswith(("character", "bit")):
        return None
    return int(found[1]) if found else 1 if spelled == "character" else None


def _numeric(part: int) -> Any:
    fixed = {"integer": (32, 0), "bigint": (64, 0), "smallint": (16, 0)}

    def get(state: State, attribute: Attribute) -> Value:
        spelled = _base_type(state, attribute.column.type)
        if spelled in fixed:
            return fixed[spelled][part]
        found = _LENGTH.search(spelled) if spelled.startswith("numeric") else None
        return int(found[part + 1] or 0) if found else None

    return get


def _nullable(state: State, attribute: Attribute) -> str:
    type_of(state, attribute.column.type)
    key = objects.type_oid(state, attribute.column.type).key
    domain = state.domains.get(key)
    return _YES[not (attribute.column.not_null or (domain is not None and domain.not_null))]


def _domain(part: int) -> Any:
    def get(state: State, attribute: Attribute) -> Value:
        key = type_of(state, attribute.column.type).key
        return key[part] if key in state.domains else None

    return get


def _default(state: State, attribute: Attribute) -> Value:
    return None if attribute.column.default is None else Spelled(attribute.column.default)


def _generation(state: State, attribute: Attribute) -> Value:
    return None if attribute.column.generated is None else Spelled(attribute.column.generated)


COLUMNS: Final = table(
    "information_schema.columns",
    _columns,
    {
        "table_catalog": lambda s, a: _DATABASE,
        "table_schema": lambda s, a: a.relation.schema,
        "table_name": lambda s, a: a.relation.name,
        "column_name": lambda s, a: a.column.name,
        "ordinal_position": lambda s, a: a.number,
        "column_default": _default,
        "is_nullable": _nullable,
        "data_type": _column_type,
        "character_maximum_length": _maximum,
        "numeric_precision": _numeric(0),
        "numeric_scale": _numeric(1),
        "domain_schema": _domain(0),
        "domain_name": _domain(1),
        "udt_schema": lambda s, a: _udt(s, a)[0],
        "udt_name": lambda s, a: _udt(s, a)[1],
        "is_identity": lambda s, a: _YES[a.column.identity is not None],
        "identity_generation": lambda s, a: a.column.identity,
        "is_generated": lambda s, a: "NEVER" if a.column.generated is None else "ALWAYS",
        "generation_expression": _generation,
    },
    ("table_name",),
)


# --- schemas, sequences, domains, routines --------------------------------------------------------------------------


def _schemas(state: State, wanted: Wanted) -> Iterator[Any]:
    yield from (item for item in state.schemas.values() if visible(state, item))
    for name in objects.SYSTEM_SCHEMAS:
        if name not in state.schemas:
            yield Ghost("the owner of a schema of Postgres's own", {"schema_name": name}, sure=True)


SCHEMATA: Final = table(
    "information_schema.schemata",
    _schemas,
    {"schema_name": lambda s, n: n.name, "schema_owner": lambda s, n: n.owner, "catalog_name": lambda s, n: _DATABASE},
)
SEQUENCES: Final = table(
    "information_schema.sequences",
    lambda s, wanted: (item for item in s.sequences.values() if visible(s, item) and not item.identity),
    {
        "sequence_schema": lambda s, q: q.schema,
        "sequence_name": lambda s, q: q.name,
        "data_type": lambda s, q: q.type,
    },
)


def _routines(state: State, wanted: Wanted) -> Iterator[Any]:
    for item in functions(state, wanted, "routine_name"):
        if isinstance(item, Function):
            if visible(state, item):
                yield item
        else:
            known = {"routine_schema": item.values["pronamespace"].key, "routine_name": item.values["proname"]}
            yield Ghost(item.reason, known)


def _routine_type(state: State, function: Function) -> Value:
    return {"function": "FUNCTION", "procedure": "PROCEDURE"}.get(function.kind)


def _result(state: State, function: Function) -> Value:
    if function.returns is None:
        return None
    return data_type(state, function.returns.removeprefix("SETOF "))


ROUTINES: Final = table(
    "information_schema.routines",
    _routines,
    {
        "routine_catalog": lambda s, f: _DATABASE,
        "routine_schema": lambda s, f: f.schema,
        "routine_name": lambda s, f: f.name,
        "specific_schema": lambda s, f: f.schema,
        "routine_type": _routine_type,
        "data_type": _result,
        "routine_definition": lambda s, f: None if f.atomic else f.body,
        "routine_body": lambda s, f: "SQL" if f.language == "sql" else "EXTERNAL",
        "external_language": lambda s, f: f.language.upper(),
        "security_type": lambda s, f: "DEFINER" if f.security_definer else "INVOKER",
    },
    ("routine_name",),
)
TABLES: Final[tuple[CatalogTable, ...]] = (TABLES_VIEW, VIEWS, COLUMNS, SCHEMATA, SEQUENCES, ROUTINES)
