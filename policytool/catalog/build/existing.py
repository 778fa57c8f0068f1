"""What a CREATE finds in its place: nothing, a relation, or a table that was only assumed."""

from __future__ import annotations

from msgspec.structs import replace

from policytool.catalog.build.new_types import check_free, made_at
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Constraint, Name, Table


def may_create(state: State, key: Name, if_not_exists: bool) -> bool:
    """Whether CREATE TABLE has something to do; an assumed table is made real by it."""
    kind = state.relation_kind(key)
    if kind is None:
        check_free(state, key)
        return True
    if kind == "tables" and state.tables[key].assumed:
        return True
    if if_not_exists:
        return False
    raise Refused("42P07", f'relation "{key[1]}" already exists', made=made_at(state, key))


def is_assumed(state: State, key: Name) -> bool:
    """Whether a relation is a table by assumption only, so that it may be of any kind."""
    return key in state.tables and state.tables[key].assumed


def keep(state: State, key: Name, before: Table) -> None:
    """What statements had already done to a table that was assumed when they ran."""
    table = state.tables[key]
    taken = {c.name for c in table.constraints} | {i.name for i in table.indexes}
    keyed = any(c.kind == "PRIMARY KEY" for c in table.constraints)
    known = {c.name for c in table.columns}
    gone = {c.name for c in before.constraints if c.name in taken or (keyed and c.kind == "PRIMARY KEY")}
    state.update(
        "tables",
        key,
        columns=table.columns + tuple(c for c in before.columns if c.name not in known),
        constraints=table.constraints + tuple(c for c in before.constraints if c.name not in gone),
        indexes=table.indexes + tuple(i for i in before.indexes if i.name not in taken and i.constraint not in gone),
        policies=before.policies,
        triggers=before.triggers,
        rules=before.rules,
        rls_enabled=before.rls_enabled,
        rls_forced=before.rls_forced,
        rls_at=before.rls_at,
        grants=before.grants,
        owner=before.owner,
        comment=before.comment,
    )
    _settle_references(state, key)


def _settle_references(state: State, key: Name) -> None:
    """Foreign keys that name no column mean the primary key, which is known from now on."""
    columns = next((c.columns for c in state.tables[key].constraints if c.kind == "PRIMARY KEY"), ())
    for child in list(state.lookup.referencing.get(key, ())) if columns else ():
        settled = tuple(_settled(c, key, columns) for c in state.tables[child].constraints)
        if settled != state.tables[child].constraints:
            state.update("tables", child, constraints=settled)


def _settled(constraint: Constraint, key: Name, columns: tuple[str, ...]) -> Constraint:
    far = constraint.reference
    if far is None or (far.schema, far.table) != key or far.columns:
        return constraint
    return replace(constraint, reference=replace(far, columns=columns))
