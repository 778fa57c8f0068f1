"""The information schema: constraints, triggers and grants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policytool.catalog.build.plpgsql.relations.base import CatalogTable, Getter, Ghost, Relation, relation_at, table
from policytool.catalog.build.plpgsql.relations.parts import Part, constraints, triggers, unsaid
from policytool.catalog.build.plpgsql.relations.standard import shown, visible
from policytool.catalog.build.plpgsql.values import Some, Spelled, Value
from policytool.catalog.build.state import State
from policytool.catalog.model import Constraint, Grant

Wanted = Mapping[str, Value]
_KINDS: Final = ("PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK")
_YES: Final = {True: "YES", False: "NO"}
# Before 18 a NOT NULL column has a CHECK of a made-up name here, such as 2200_16386_1_not_null.
_MADE_UP: Final = Some(frozenset(("2200_16386_1_not_null",)))
_NAMED: Final = Some(suffix="_not_null")


def _on_tables(state: State, wanted: Wanted) -> Iterator[Any]:
    """The constraints of the tables that are asked for."""
    called = wanted.get("constraint_name")
    for relation in shown(state, wanted, "rpf"):
        for constraint in relation.item.constraints:
            if constraint.kind in _KINDS and (called is None or constraint.name == called):
                yield Part(relation, constraint)
        if relation.assumed:
            known = {"table_schema": relation.schema, "table_name": relation.name, "constraint_schema": relation.schema}
            yield unsaid(relation, "constraints", **known)


def _not_null_name(state: State) -> Some:
    return _NAMED if state.major_version >= 18 else _MADE_UP


def _table_constraints(state: State, wanted: Wanted) -> Iterator[Any]:
    yield from _on_tables(state, wanted)
    called = wanted.get("constraint_name")
    if called is not None and not _not_null_name(state).may_be(called):
        return
    for relation in shown(state, wanted, "rpf"):
        if any(column.not_null for column in relation.columns):
            known = {"table_schema": relation.schema, "table_name": relation.name, "constraint_type": "CHECK",
                     "constraint_schema": relation.schema, "constraint_name": _not_null_name(state)}  # fmt: skip
            yield Ghost("the names of NOT NULL constraints", known)
    yield Ghost("the constraints of Postgres's own", {"constraint_schema": "pg_catalog", "table_schema": "pg_catalog",
                "table_name": Some(prefix="pg_"), "constraint_name": Some(prefix="pg_")})  # fmt: skip


_COMMON: Final[dict[str, Any]] = {
    "constraint_schema": lambda s, p: p.relation.schema,
    "constraint_name": lambda s, p: p.item.name,
    "table_schema": lambda s, p: p.relation.schema,
    "table_name": lambda s, p: p.relation.name,
}
TABLE_CONSTRAINTS: Final = table(
    "information_schema.table_constraints",
    _table_constraints,
    {
        **_COMMON,
        "constraint_type": lambda s, p: p.item.kind,
        "is_deferrable": lambda s, p: _YES[p.item.deferrable],
        "initially_deferred": lambda s, p: _YES[p.item.deferred],
    },
    ("table_name",),
)


def _checks(state: State, wanted: Wanted) -> Iterator[Any]:
    called = wanted.get("constraint_name")
    for found in constraints(state, {"conname": called} if called is not None else {}):
        if isinstance(found, Ghost):
            if found.values.get("contype") != "n" and "connamespace" in found.values:
                yield Ghost(found.reason, {"constraint_schema": found.values["connamespace"].key,
                            "constraint_name": found.values.get("conname")} if not found.assumed else {
                            "constraint_schema": found.values["connamespace"].key}, found.assumed)  # fmt: skip
        elif found.item.kind == "CHECK" and visible(state, (found.domain or found.relation.item)):
            yield found
    if called is None or _not_null_name(state).may_be(called):
        yield Ghost("the names of NOT NULL constraints", {"constraint_name": _not_null_name(state)})


def _home(state: State, part: Part) -> str:
    schema: str = part.relation.schema if part.relation is not None else part.domain.schema
    return schema


CHECK_CONSTRAINTS: Final = table(
    "information_schema.check_constraints",
    _checks,
    {
        "constraint_schema": _home,
        "constraint_name": lambda s, p: p.item.name,
        "check_clause": lambda s, p: Spelled(p.item.expression or ""),
    },
)


def _key_columns(state: State, wanted: Wanted) -> Iterator[Any]:
    for found in _on_tables(state, wanted):
        if isinstance(found, Ghost):
            yield found
        elif found.item.kind != "CHECK":
            yield from ((found, name, n) for n, name in enumerate(found.item.columns, start=1))


def _of_first(getter: Getter) -> Getter:
    return lambda state, row: getter(state, row[0])


KEY_COLUMN_USAGE: Final = table(
    "information_schema.key_column_usage",
    _key_columns,
    {
        **{name: _of_first(getter) for name, getter in _COMMON.items()},
        "column_name": lambda s, row: row[1],
        "ordinal_position": lambda s, row: row[2],
    },
    ("table_name",),
)


def _used_columns(state: State, wanted: Wanted) -> Iterator[Any]:
    """The columns that constraints use: the far ones of foreign keys."""
    inner = {key: value for key, value in wanted.items() if key == "constraint_name"}
    for found in _on_tables(state, inner):
        if isinstance(found, Ghost):
            yield Ghost(found.reason, {"constraint_schema": found.values["constraint_schema"]}, assumed=True)
            continue
        constraint: Constraint = found.item
        far = constraint.reference
        relation: Relation | None = found.relation if far is None else relation_at(state, (far.schema, far.table))
        if relation is not None:
            for name in constraint.columns if far is None else far.columns:
                yield found, relation, name


CONSTRAINT_COLUMN_USAGE: Final = table(
    "information_schema.constraint_column_usage",
    _used_columns,
    {
        "constraint_schema": lambda s, row: row[0].relation.schema,
        "constraint_name": lambda s, row: row[0].item.name,
        "table_schema": lambda s, row: row[1].schema,
        "table_name": lambda s, row: row[1].name,
        "column_name": lambda s, row: row[2],
    },
)


def _references(state: State, wanted: Wanted) -> Iterator[Any]:
    for found in _on_tables(state, wanted):
        if isinstance(found, Ghost) or found.item.kind == "FOREIGN KEY":
            yield found


REFERENTIAL_CONSTRAINTS: Final = table(
    "information_schema.referential_constraints",
    _references,
    {
        "constraint_schema": lambda s, p: p.relation.schema,
        "constraint_name": lambda s, p: p.item.name,
        "update_rule": lambda s, p: p.item.reference.on_update,
        "delete_rule": lambda s, p: p.item.reference.on_delete,
    },
)


# --- triggers and grants --------------------------------------------------------------------------------------------


def _triggers(state: State, wanted: Wanted) -> Iterator[Any]:
    name = wanted.get("trigger_name")
    for found in triggers(state, {"tgname": name} if name is not None else {}):
        if isinstance(found, Ghost):
            if found.assumed:
                yield Ghost(found.reason, found.values, assumed=True)
        elif visible(state, found.relation.item, select=False):
            yield from ((found, event) for event in found.item.events if event != "TRUNCATE")


TRIGGERS: Final = table(
    "information_schema.triggers",
    _triggers,
    {
        "trigger_schema": lambda s, row: row[0].relation.schema,
        "trigger_name": lambda s, row: row[0].item.name,
        "event_manipulation": lambda s, row: row[1],
        "event_object_schema": lambda s, row: row[0].relation.schema,
        "event_object_table": lambda s, row: row[0].relation.name,
        "action_timing": lambda s, row: row[0].item.timing,
        "action_orientation": lambda s, row: "ROW" if row[0].item.row else "STATEMENT",
    },
)
_SHOWN: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def _table_grants(state: State, wanted: Wanted) -> Iterator[tuple[Relation, Grant]]:
    for relation in shown(state, wanted):
        for grant in relation.item.grants:
            if not grant.columns and grant.privilege in _SHOWN:
                yield relation, grant


_GRANT_COLUMNS: Final[dict[str, Any]] = {
    "grantor": lambda s, row: row[1].grantor or row[0].owner,
    "grantee": lambda s, row: "PUBLIC" if row[1].grantee == "public" else row[1].grantee,
    "table_schema": lambda s, row: row[0].schema,
    "table_name": lambda s, row: row[0].name,
    "privilege_type": lambda s, row: row[1].privilege,
    "is_grantable": lambda s, row: _YES[row[1].grantable or row[1].grantee == row[0].owner],
}
_KEYS: Final = ("table_name",)
ROLE_TABLE_GRANTS: Final = table("information_schema.role_table_grants", _table_grants, _GRANT_COLUMNS, _KEYS)
TABLE_PRIVILEGES: Final = table("information_schema.table_privileges", _table_grants, _GRANT_COLUMNS, _KEYS)


def _routine_grants(state: State, wanted: Wanted) -> Iterator[Any]:
    for function in state.functions.values():
        yield from ((function, grant) for grant in function.grants if visible(state, function))
    yield Ghost("the privileges of Postgres's own functions", {"routine_schema": "pg_catalog"})


ROUTINE_PRIVILEGES: Final = table(
    "information_schema.routine_privileges",
    _routine_grants,
    {
        "grantor": lambda s, row: row[1].grantor or row[0].owner,
        "grantee": lambda s, row: "PUBLIC" if row[1].grantee == "public" else row[1].grantee,
        "routine_schema": lambda s, row: row[0].schema,
        "routine_name": lambda s, row: row[0].name,
        "privilege_type": lambda s, row: row[1].privilege,
    },
)
TABLES: Final[tuple[CatalogTable, ...]] = (
    TABLE_CONSTRAINTS, CHECK_CONSTRAINTS, KEY_COLUMN_USAGE, CONSTRAINT_COLUMN_USAGE, REFERENTIAL_CONSTRAINTS, TRIGGERS,
    ROLE_TABLE_GRANTS, TABLE_PRIVILEGES, ROUTINE_PRIVILEGES,
)  # fmt: skip
