"""What belongs to a table: constraints and triggers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policytool.catalog.build.plpgsql.relations.base import (
    CatalogTable,
    Ghost,
    Relation,
    namespace,
    relation_at,
    table,
    tables_and_views,
)
from policytool.catalog.build.plpgsql.relations.classes import SYSTEM_RELATIONS
from policytool.catalog.build.plpgsql.values import SYSTEM, Oid, Some, Spelled, Value
from policytool.catalog.build.state import State
from policytool.catalog.model import Constraint, Trigger

_ACTIONS: Final = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}
_CONSTRAINTS: Final = {"PRIMARY KEY": "p", "UNIQUE": "u", "FOREIGN KEY": "f", "CHECK": "c", "EXCLUDE": "x"}
_OWN_CONSTRAINTS: Final = Some(frozenset(("cardinal_number_domain_check", "yes_or_no_check")), prefix="pg_")


def holders(state: State, oid: Value, kinds: str = "rpf") -> Iterator[Relation]:
    """The tables whose parts are asked for: one by its identifier, or all."""
    if isinstance(oid, Oid):
        found = relation_at(state, oid.key) if isinstance(oid.key, tuple) and len(oid.key) == 2 else None
        if found is not None and found.kind in kinds:
            yield found
        return
    yield from tables_and_views(state, kinds=kinds)


def unsaid(relation: Relation, what: str, **known: Value) -> Ghost:
    """What an assumed table may have that no migration made."""
    return Ghost(f"the {what} of the assumed table {relation.schema}.{relation.name}", known, assumed=True)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a relation has, or (constraints) a domain."""

    relation: Relation | None
    item: Any
    domain: Any = None


# --- constraints ----------------------------------------------------------------------------------------------------


def constraints(
    state: State, wanted: Mapping[str, Value], on: str = "conrelid", name: str = "conname"
) -> Iterator[Any]:
    """The constraints of tables and domains."""
    called = wanted.get(name)
    for relation in holders(state, wanted.get(on)):
        for constraint in relation.item.constraints:
            if called is None or constraint.name == called:
                yield Part(relation, constraint)
        if state.major_version >= 18 and (called is None or str(called).endswith("_not_null")):
            yield from _not_nulls(relation)
        if relation.assumed:
            known = {"conrelid": relation.oid, "connamespace": namespace(relation.schema), "table_name": relation.name}
            yield unsaid(relation, "constraints", **known, table_schema=relation.schema)
    if on not in wanted:
        for domain in state.domains.values():
            yield from (Part(None, constraint, domain) for constraint in domain.constraints)
        system = {"conrelid": Oid("pg_class", SYSTEM), "connamespace": namespace("pg_catalog"), "confrelid": 0,
                  "contypid": Oid("pg_type", SYSTEM), "contype": Some(frozenset("puc"))}  # fmt: skip
        yield Ghost(SYSTEM_RELATIONS, {**system, "conname": _OWN_CONSTRAINTS})


@dataclass(frozen=True, slots=True)
class NotNull:
    """Stands for the name of the NOT NULL constraint of a column."""

    column: str


def _not_nulls(relation: Relation) -> Iterator[Ghost]:
    """The NOT NULL constraints, of which the catalog holds that they are there and not what they are called."""
    for number, column in enumerate(relation.columns, start=1):
        if column.not_null:
            oid = Oid("pg_constraint", (*relation.key, NotNull(column.name)))
            known = {"conrelid": relation.oid, "connamespace": namespace(relation.schema), "contype": "n", "oid": oid,
                     "conkey": (number,), "conname": Some(suffix="_not_null"), "confrelid": 0}  # fmt: skip
            yield Ghost("the names of NOT NULL constraints", known)


def _numbers(relation: Relation | None, columns: tuple[str, ...]) -> tuple[int, ...] | None:
    if relation is None or not columns:
        return None
    numbers = {column.name: n for n, column in enumerate(relation.columns, start=1)}
    return tuple(numbers.get(name, 0) for name in columns)


def _far_numbers(state: State, part: Part) -> Value:
    reference = part.item.reference
    if reference is None:
        return None
    return _numbers(relation_at(state, (reference.schema, reference.table)), reference.columns)


def _far(state: State, part: Part) -> Value:
    reference = part.item.reference
    return 0 if reference is None else Oid("pg_class", (reference.schema, reference.table))


def _home(state: State, part: Part) -> Oid:
    return namespace(part.relation.schema if part.relation is not None else part.domain.schema)


def constraint_oid(part: Part) -> Oid:
    """The identifier of a constraint: its table or domain, and its name."""
    owner = part.relation.key if part.relation is not None else (part.domain.schema, part.domain.name)
    return Oid("pg_constraint", (*owner, part.item.name))


def _serving_index(state: State, part: Part) -> Value:
    if part.relation is None or part.item.kind in ("CHECK", "FOREIGN KEY"):
        return 0
    return Oid("pg_class", (part.relation.schema, part.item.name))


def constraint_definition(constraint: Constraint) -> Spelled:
    """Something like pg_get_constraintdef(): its names are right, its spelling is ours."""
    columns = f"({', '.join(constraint.columns)})"
    reference = constraint.reference
    match constraint.kind:
        case "CHECK":
            return Spelled(f"CHECK (({constraint.expression}))")
        case "FOREIGN KEY" if reference is not None:
            actions = f" ON UPDATE {reference.on_update}" if reference.on_update != "NO ACTION" else ""
            actions += f" ON DELETE {reference.on_delete}" if reference.on_delete != "NO ACTION" else ""
            far = f"{reference.schema}.{reference.table}({', '.join(reference.columns)})"
            return Spelled(f"FOREIGN KEY {columns} REFERENCES {far}{actions}")
    return Spelled(f"{constraint.kind} {columns}")


PG_CONSTRAINT: Final = table(
    "pg_catalog.pg_constraint",
    constraints,
    {
        "oid": lambda s, p: constraint_oid(p),
        "conname": lambda s, p: p.item.name,
        "connamespace": _home,
        "contype": lambda s, p: _CONSTRAINTS[p.item.kind],
        "condeferrable": lambda s, p: p.item.deferrable,
        "condeferred": lambda s, p: p.item.deferred,
        "convalidated": lambda s, p: p.item.validated,
        "conrelid": lambda s, p: 0 if p.relation is None else p.relation.oid,
        "contypid": lambda s, p: 0 if p.domain is None else Oid("pg_type", (p.domain.schema, p.domain.name)),
        "conindid": _serving_index,
        "confrelid": _far,
        "confdeltype": lambda s, p: " " if p.item.reference is None else _ACTIONS[p.item.reference.on_delete],
        "confupdtype": lambda s, p: " " if p.item.reference is None else _ACTIONS[p.item.reference.on_update],
        "conislocal": lambda s, p: p.item.local,
        "connoinherit": lambda s, p: p.item.no_inherit,
        "conkey": lambda s, p: _numbers(p.relation, p.item.columns),
        "confkey": _far_numbers,
    },
    ("conrelid",),
)


# --- triggers -------------------------------------------------------------------------------------------------------

_EVENTS: Final = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
_ENABLED: Final = {"ORIGIN": "O", "DISABLED": "D", "REPLICA": "R", "ALWAYS": "A"}
_INTERNAL: Final = Some(prefix="RI_ConstraintTrigger_")


def triggers(state: State, wanted: Mapping[str, Value], on: str = "tgrelid", name: str = "tgname") -> Iterator[Any]:
    """The triggers of tables and views, those of foreign keys included."""
    called = wanted.get(name)
    for relation in holders(state, wanted.get(on), "rpfv"):
        for trigger in relation.item.triggers:
            if called is None or trigger.name == called:
                yield Part(relation, trigger)
        known = {"tgrelid": relation.oid}
        if any(c.kind == "FOREIGN KEY" for c in getattr(relation.item, "constraints", ())) or (
            state.lookup.referencing.get(relation.key)
        ):
            internal = {"tgname": _INTERNAL, "tgisinternal": True, "tgfoid": Oid("pg_proc", SYSTEM)}
            yield Ghost("the triggers of foreign keys", {**known, **internal})
        if relation.assumed:
            unsaid_of = {"event_object_table": relation.name, "event_object_schema": relation.schema}
            yield unsaid(relation, "triggers", **known, **unsaid_of)


def _trigger_type(state: State, part: Part) -> int:
    trigger: Trigger = part.item
    timing = {"BEFORE": 2, "INSTEAD OF": 64, "AFTER": 0}[trigger.timing]
    return timing | int(trigger.row) | sum(_EVENTS[event] for event in trigger.events)


PG_TRIGGER: Final = table(
    "pg_catalog.pg_trigger",
    triggers,
    {
        "oid": lambda s, p: Oid("pg_trigger", (*p.relation.key, p.item.name)),
        "tgrelid": lambda s, p: p.relation.oid,
        "tgname": lambda s, p: p.item.name,
        "tgfoid": lambda s, p: Oid("pg_proc", (*p.item.function, ())),
        "tgtype": _trigger_type,
        "tgenabled": lambda s, p: _ENABLED[p.item.enabled],
        "tgisinternal": lambda s, p: False,
        "tgdeferrable": lambda s, p: p.item.deferrable,
        "tginitdeferred": lambda s, p: p.item.deferred,
        "tgnargs": lambda s, p: len(p.item.arguments),
    },
    ("tgrelid",),
)
TABLES: Final[tuple[CatalogTable, ...]] = (PG_CONSTRAINT, PG_TRIGGER)
