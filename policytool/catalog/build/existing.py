"""What a CREATE finds in its place: nothing, a relation, or a table that was only assumed."""

from __future__ import annotations

from policytool.catalog.build.new_types import check_free
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Name, Table


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
    raise Refused("42P07", f'relation "{key[1]}" already exists')


def is_assumed(state: State, key: Name) -> bool:
    """Whether a relation is a table by assumption only, so that it may be of any kind."""
    return key in state.tables and state.tables[key].assumed


def keep(state: State, key: Name, before: Table) -> None:
    """What statements had already done to a table that was assumed when they ran."""
    table = state.tables[key]
    names = {c.name for c in table.constraints} | {i.name for i in table.indexes}
    state.update(
        "tables",
        key,
        constraints=table.constraints + tuple(c for c in before.constraints if c.name not in names),
        indexes=table.indexes + tuple(i for i in before.indexes if i.name not in names),
        policies=before.policies,
        triggers=before.triggers,
        rules=before.rules,
        rls_enabled=before.rls_enabled,
        rls_forced=before.rls_forced,
        grants=before.grants,
        owner=before.owner,
        comment=before.comment,
    )
