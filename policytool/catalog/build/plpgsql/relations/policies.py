"""pg_policy, pg_policies and pg_rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policytool.catalog.build.plpgsql.relations.base import (
    CatalogTable,
    Ghost,
    Relation,
    of_table,
    of_view,
    role,
    table,
    tables_and_views,
)
from policytool.catalog.build.plpgsql.relations.classes import SYSTEM_RELATIONS
from policytool.catalog.build.plpgsql.relations.parts import Part, holders, unsaid
from policytool.catalog.build.plpgsql.values import Oid, Spelled, Value
from policytool.catalog.build.state import State
from policytool.catalog.model import Policy

_COMMANDS: Final = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d", "ALL": "*"}


def _policies(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    for relation in holders(state, wanted.get("polrelid"), "rp"):
        yield from _policies_of(relation)


def _policies_of(relation: Relation) -> Iterator[Any]:
    for policy in relation.item.policies:
        yield Part(relation, policy)
    if relation.assumed:
        known = {"polrelid": relation.oid, "schemaname": relation.schema, "tablename": relation.name}
        yield unsaid(relation, "policies", **known)


def _policy_rows(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    for relation in tables_and_views(state, wanted.get("tablename"), wanted.get("schemaname"), kinds="rp"):
        yield from _policies_of(relation)


def _expression(text: str | None) -> Value:
    return None if text is None else Spelled(text)


def _role_oids(state: State, part: Part) -> tuple[Value, ...]:
    policy: Policy = part.item
    return tuple(0 if name == "public" else role(name) for name in policy.roles)


PG_POLICY: Final = table(
    "pg_catalog.pg_policy",
    _policies,
    {
        "oid": lambda s, p: Oid("pg_policy", (*p.relation.key, p.item.name)),
        "polname": lambda s, p: p.item.name,
        "polrelid": lambda s, p: p.relation.oid,
        "polcmd": lambda s, p: _COMMANDS[p.item.command],
        "polpermissive": lambda s, p: p.item.permissive,
        "polroles": _role_oids,
        "polqual": lambda s, p: _expression(p.item.using),
        "polwithcheck": lambda s, p: _expression(p.item.with_check),
    },
    ("polrelid",),
)
PG_POLICIES: Final = table(
    "pg_catalog.pg_policies",
    _policy_rows,
    {
        "schemaname": lambda s, p: p.relation.schema,
        "tablename": lambda s, p: p.relation.name,
        "policyname": lambda s, p: p.item.name,
        "permissive": lambda s, p: "PERMISSIVE" if p.item.permissive else "RESTRICTIVE",
        "roles": lambda s, p: tuple(p.item.roles),
        "cmd": lambda s, p: p.item.command,
        "qual": lambda s, p: _expression(p.item.using),
        "with_check": lambda s, p: _expression(p.item.with_check),
    },
    ("tablename",),
)


# --- rules ----------------------------------------------------------------------------------------------------------


def _rules(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    for relation in (*map(of_table, state.tables.values()), *map(of_view, state.views.values())):
        yield from (Part(relation, rule) for rule in relation.item.rules)
    yield Ghost(SYSTEM_RELATIONS, {"schemaname": "pg_catalog", "tablename": "pg_settings"})


PG_RULES: Final = table(
    "pg_catalog.pg_rules",
    _rules,
    {
        "schemaname": lambda s, p: p.relation.schema,
        "tablename": lambda s, p: p.relation.name,
        "rulename": lambda s, p: p.item.name,
        "definition": lambda s, p: Spelled(p.item.definition),
    },
)
TABLES: Final[tuple[CatalogTable, ...]] = (PG_POLICY, PG_POLICIES, PG_RULES)
