"""Tables that stay: columns, constraints, indexes, triggers, policies, relatives, storage."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from policytool.catalog.ddl import constraints, indexes, policies, tables, triggers, words
from policytool.catalog.ddl.names import relation_key
from policytool.catalog.ddl.step import Key, Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Constraint, Index, Policy, Sequence, Table, View
from policytool.catalog.spelling import identifier, qualified
from policytool.diff.actions import columns
from policytool.diff.same import differing, named, same


def steps(world: World, before: Table, after: Table, identities: dict[str, Sequence]) -> Iterator[Step]:
    """The statements that are left once everything that had to go has gone."""
    if before.columns is not after.columns or before.of_type != after.of_type:
        yield from columns.step(world, before, after, identities)
    yield from _storage(world, before, after)
    yield from _relatives(before, after)
    yield from _constraints(world, before, after)
    yield from index_steps(world, before, after)
    yield from trigger_steps(world, before, after)
    yield from policies.security_step(after, enabled=before.rls_enabled, forced=before.rls_forced)
    yield from _policies(world, before, after)


def _head(table: Table) -> str:
    noun = "foreign table" if table.kind == "foreign table" else "table"
    return f"alter {noun} {qualified(table.schema, table.name)}"


def _storage(world: World, before: Table, after: Table) -> Iterator[Step]:
    head, sql = _head(after), []
    needs: frozenset[Key] = frozenset()
    if before.persistence != after.persistence:
        sql.append(f"{head} set {'unlogged' if after.persistence == 'unlogged' else 'logged'}")
        needs = _logged_first(world, after)
    if before.access_method != after.access_method:
        sql.append(f"{head} set access method {identifier(after.access_method or 'heap')}")
    if before.tablespace != after.tablespace:
        sql.append(f"{head} set tablespace {identifier(after.tablespace or 'pg_default')}")
    if changed := columns.generic(before.server_options, after.server_options):
        sql.append(f"{head} {changed}")
    sql += option_changes(head, before.options, after.options)
    if sql:
        needs |= {("other", "access method", "", after.access_method or "")}
        yield step(Phase.CONSTRAINTS, ("storage", after.schema, after.name), *sql, schema=after.schema, needs=needs)


def _logged_first(world: World, table: Table) -> frozenset[Key]:
    """A logged table cannot refer to an unlogged one: what it refers to is logged before it, and unlogged after it."""
    name = (table.schema, table.name)
    if table.persistence == "permanent":
        others = [(c.reference.schema, c.reference.table) for c in table.constraints if c.reference is not None]
    else:
        others = world.referencing.get(name, [])
    return frozenset(("storage", *other) for other in others if other != name)


def option_changes(head: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    """SET and RESET of storage parameters."""
    names = {option.partition("=")[0] for option in after}
    gone = [name for option in before if (name := option.partition("=")[0]) not in names]
    new = [option for option in after if option not in before]
    if gone:
        yield f"{head} reset ({', '.join(gone)})"
    if new:
        yield f"{head} set {words.storage(new)}"


def _relatives(before: Table, after: Table) -> Iterator[Step]:
    """What a table belongs to from now on; what it belonged to has let go of it already."""
    name, head = (after.schema, after.name), _head(after)
    key = ("attached", *name)
    if after.partition_of is not None and before.partition_of is None:
        sql = (
            f"alter table {qualified(*after.partition_of)} attach partition {qualified(*name)} {after.partition_bound}"
        )
        needs = frozenset({("attached", *after.partition_of), relation_key(name), relation_key(after.partition_of)})
        yield step(Phase.PARTITIONS, key, sql, schema=after.schema, needs=needs)
    new = [parent for parent in after.inherits if parent not in before.inherits]
    if new:
        several = [f"{head} inherit {qualified(*parent)}" for parent in new]
        needs = frozenset({relation_key(name), *(relation_key(parent) for parent in new)})
        yield step(Phase.INHERITANCE, key, *several, schema=after.schema, needs=needs)
    if before.of_type != after.of_type:
        of_type = f"{head} of {qualified(*after.of_type)}" if after.of_type is not None else f"{head} not of"
        needs = frozenset({relation_key(name)})
        yield step(Phase.CONSTRAINTS, ("of type", *name), of_type, schema=after.schema, needs=needs)


# --- constraints and indexes ----------------------------------------------------------------------------------------


def _constraints(world: World, before: Table, after: Table) -> Iterator[Step]:
    if before.constraints is after.constraints:
        return
    old, name = named(before.constraints), (after.schema, after.name)
    for constraint in after.constraints:
        was = old.get(constraint.name)
        if was is None:
            # A table that is yet to be attached needs the checks of its parent; keys come with it.
            free = constraint.kind == "CHECK" and not _comes(world, before, after, constraint)
            if free or not (constraint.inherited and not constraint.local):
                made = tables.constraint_step(world, after, constraint)
                yield _using_index(made, after, constraint) if _has_index(before, constraint) else made
        elif was is not constraint and not (constraint.inherited and not constraint.local):
            sql = list(_altered(after, was, constraint))
            if sql:
                yield step(Phase.FOREIGN_KEYS, constraints.key(name, constraint), *sql, schema=after.schema)


def _has_index(before: Table, constraint: Constraint) -> bool:
    """Whether the index of a new key is there already, under the name of the key."""
    found = next((i for i in before.indexes if i.name == constraint.name), None)
    return constraint.kind in ("PRIMARY KEY", "UNIQUE") and found is not None and found.constraint is None


def _using_index(made: Step, table: Table, constraint: Constraint) -> Step:
    name = identifier(constraint.name)
    sql = f"{_head(table)} add constraint {name} {constraint.kind.lower()} using index {name}"
    return replace(made, sql=(sql + constraints.timing(constraint),))


def _comes(world: World, before: Table, after: Table, constraint: Constraint) -> bool:
    """Whether a constraint comes with that of a parent, which the table has had before."""
    kept = (p for p in columns.parents(after) if p in columns.parents(before) and p in world.catalog.tables)
    return any(c.name == constraint.name for parent in kept for c in world.catalog.tables[parent].constraints)


def _altered(table: Table, before: Constraint, after: Constraint) -> Iterator[str]:
    head, name = _head(table), identifier(after.name)
    if after.kind == "FOREIGN KEY" and (before.deferrable, before.deferred) != (after.deferrable, after.deferred):
        timing = "deferrable" if after.deferrable else "not deferrable"
        if after.deferrable:
            timing += " initially deferred" if after.deferred else " initially immediate"
        yield f"{head} alter constraint {name} {timing}"
    if after.validated and not before.validated:
        yield f"{head} validate constraint {name}"


def index_steps(world: World, before: Table | View, after: Table | View) -> Iterator[Step]:
    """The indexes that are not there, and the parameters of those that are."""
    if before.indexes is after.indexes:
        return
    old, new = named(before.indexes), named(after.indexes)
    for made in indexes.steps(after, world.references):
        index = new[made.key[-1]]
        if index.name not in old and not _of_parent(before, after, index):
            yield made
    for name, index in new.items():
        was = old.get(name)
        if was is not None and sorted(was.options) != sorted(index.options):
            head = f"alter index {qualified(after.schema, name)}"
            sql = list(option_changes(head, was.options, index.options))
            yield step(Phase.INDEXES, ("index options", after.schema, name), *sql, schema=after.schema)


def _of_parent(before: Table | View, after: Table | View, index: Index) -> bool:
    """Whether an index comes by itself, with that of the partitioned table."""
    return isinstance(after, Table) and index.parent is not None and getattr(before, "partition_of", None) is not None


# --- triggers and policies ------------------------------------------------------------------------------------------


def trigger_steps(world: World, before: Table | View, after: Table | View) -> Iterator[Step]:
    """Triggers and rules that are not there, and the state of those that are."""
    name = (after.schema, after.name)
    if before.triggers is not after.triggers:
        old = named(before.triggers)
        for trigger in after.triggers:
            was = old.get(trigger.name)
            if was is None:
                yield from triggers.trigger_steps(world.catalog, after, trigger)
            elif was.enabled != trigger.enabled:
                sql = triggers.enable(after, trigger)
                yield step(Phase.TRIGGERS, ("trigger", *name, trigger.name), sql, schema=after.schema)
    old_rules = named(before.rules)
    for rule in after.rules:
        found = old_rules.get(rule.name)
        if found is not None and found.enabled == rule.enabled:
            continue
        sql_of = [triggers.rule(after, rule)] if found is None else []
        if rule.enabled != (found.enabled if found is not None else "ORIGIN"):
            sql_of.append(triggers.enable_rule(after, rule))
        yield step(Phase.TRIGGERS, ("rule", *name, rule.name), *sql_of, schema=after.schema)


def _policies(world: World, before: Table, after: Table) -> Iterator[Step]:
    if before.policies is after.policies:
        return
    old = named(before.policies)
    for policy in after.policies:
        was = old.get(policy.name)
        if was is None:
            yield policies.policy_step(after, policy)
        elif not same(was, policy):
            key = ("policy", after.schema, after.name, policy.name)
            yield step(Phase.POLICIES, key, _altered_policy(after, was, policy), schema=after.schema)


def _altered_policy(table: Table, before: Policy, after: Policy) -> str:
    fields = differing(before, after)
    text = f"alter policy {identifier(after.name)} on {qualified(table.schema, table.name)}"
    if "roles" in fields:
        text += f" to {words.listed(after.roles)}"
    if "using" in fields:
        text += f"\n  using ({after.using})"
    if "with_check" in fields:
        text += f"\n  with check ({after.with_check})"
    return text
