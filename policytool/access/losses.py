"""What it means in the end that a policy is gone: rows that it kept shut are open, or nobody reaches them any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from policytool.access.containment import beyond
from policytool.access.lives import Life
from policytool.access.policies import commands_of
from policytool.access.row_filter import COMMANDS, Command, Side
from policytool.access.wording import and_list, verbs, who, widest
from policytool.catalog.expression.references import References, references
from policytool.catalog.history import Step
from policytool.catalog.model import Policy, Table
from policytool.catalog.objects import Catalog
from policytool.finding import Fix

if TYPE_CHECKING:
    from policytool.access import Access


class Loss(Struct, frozen=True, kw_only=True):
    """What clients can do since, or can do no longer. `certain` is false where the policy cannot be put back to see."""

    opens: bool
    roles: tuple[str, ...]
    commands: tuple[Command, ...]
    certain: bool = True


def loss(policy: Policy, table: Table, access: Access) -> Loss | None:
    """What the table, as it is, lacks without the policy; None where it makes no difference, or another took its place.

    Roles that hold no privilege, and those that no policy binds, lose nothing.
    """
    if not table.rls_enabled or not access.profile.exposes(table.schema):
        return None
    return _uncovered(policy, table, access) if policy.permissive else _opened(policy, table, access)


def missed(policy: Policy, found: Life, earlier: Table | None, access: Access) -> Loss | None:
    """What is lost for good with a policy that the table had; None where others did its work until they went, too."""
    if not _is_gone(policy, found, earlier) or loss(policy, found.after, access) is None:
        return None
    return loss(policy, found.end, access)


def sides_of(command: Command) -> tuple[Side, ...]:
    """The sides that decide a command: old rows, new rows, or both."""
    return ("check",) if command == "INSERT" else ("using", "check") if command == "UPDATE" else ("using",)


def named_clients(access: Access) -> tuple[str, ...]:
    """The clients without PUBLIC, which is in all of them, unless there is none besides."""
    return tuple(r for r in access.clients if r != "public") or access.clients


def bound_by(policy: Policy, table: Table, access: Access) -> tuple[str, ...]:
    """The clients that a policy of the table applies to."""
    return tuple(
        role
        for role in named_clients(access)
        if access.privileges.closure(role).intersection(policy.roles) and not access.exempt(role, table)
    )


def _uncovered(policy: Policy, table: Table, access: Access) -> Loss | None:
    """Commands for which no client that the policy let in has another policy."""
    roles = bound_by(policy, table, access)
    lost: dict[Command, tuple[str, ...]] = {}
    for command in commands_of(policy):
        able = tuple(r for r in roles if access.reach(r, command, table) and _let_in(policy, r, command, table, access))
        if able and not any(access.applying(r, table, command)[0] for r in able):
            lost[command] = able
    if not lost:
        return None
    held = {role for able in lost.values() for role in able}
    return Loss(opens=False, roles=tuple(r for r in roles if r in held), commands=tuple(lost))


def _let_in(policy: Policy, role: str, command: Command, table: Table, access: Access) -> bool:
    says = access.predicate(policy, "check" if command == "INSERT" else "using", table)
    return says is not None and says.holds(anonymous=access.anonymous(role))


def _opened(policy: Policy, table: Table, access: Access) -> Loss | None:
    """Commands that reach rows which the policy, put back, would keep shut."""
    contained, certain = access.contained, _fits(policy, table)
    with_it = msgspec.structs.replace(table, policies=(*table.policies, policy))
    roles, commands = [], []
    for role in bound_by(policy, table, access):
        for command in commands_of(policy):
            if not access.reach(role, command, table):
                continue
            for side in sides_of(command):
                now = contained.rows(role, table, command, side)
                then = contained.rows(role, with_it, command, side) if certain else ()
                if now and then is not None and beyond(now, then):
                    roles.append(role)
                    commands.append(command)
    if not roles:
        return None
    found = dict.fromkeys(roles), dict.fromkeys(commands)
    return Loss(opens=True, roles=tuple(found[0]), commands=tuple(found[1]), certain=certain)


def _fits(policy: Policy, table: Table) -> bool:
    """Whether the table still has the columns that the policy asks about."""
    texts = [t for t in (policy.using, policy.with_check) if t is not None]
    columns = {c.name for c in table.columns}
    return table.assumed or all(references(t).own_columns <= columns for t in texts)


def lost(before: Table, after: Table) -> tuple[Policy, ...]:
    """The policies that the table had and has no longer, renamed ones left out."""
    names = {p.name for p in after.policies}
    kept = {definition(p) for p in after.policies}
    return tuple(p for p in before.policies if p.name not in names and definition(p) not in kept)


def made_again(policy: Policy, table: Table, catalog: Catalog) -> Fix | None:
    """The SQL that puts the policy back; None where something that it refers to is there no more."""
    from policytool.catalog.ddl.policies import create

    found = [references(t) for t in (policy.using, policy.with_check) if t is not None]
    functions = {key[:2] for key in catalog.functions}
    for one in found:
        there = one.functions <= functions and one.tables <= catalog.tables.keys() | catalog.views.keys()
        if not there or not _has_columns(one, table, catalog):
            return None
    known = policy.roles == ("public",) or catalog.roles.keys() >= set(policy.roles)
    return Fix(sql=f"{create(table, policy)};", safety="unsafe") if known else None


def _has_columns(found: References, table: Table, catalog: Catalog) -> bool:
    if not found.own_columns <= {c.name for c in table.columns}:
        return False
    for schema, name, column in found.columns:
        relation = catalog.tables.get((schema, name)) or catalog.views.get((schema, name))
        if relation is None or column not in {c.name for c in relation.columns}:
            return False
    return True


def definition(policy: Policy) -> tuple[object, ...]:
    """What a policy says, whatever its name."""
    return policy.command, policy.permissive, policy.roles, policy.using, policy.with_check


def cause(policy: Policy, step: Step) -> str | None:
    """What the statement dropped that the policy depended on, as a message names it; None if nothing of the kind."""
    texts = [t for t in (policy.using, policy.with_check) if t is not None]
    found = [references(t) for t in texts]
    for change in step.changes:
        if change.kind == "functions" and change.after is None:
            if any(change.key[:2] in f.functions for f in found):
                return f"function {change.before.schema}.{change.before.name}"
        elif change.kind in ("tables", "views"):
            if change.after is None:
                if any(change.key in f.tables for f in found):
                    return f"{change.kind[:-1]} {change.key[0]}.{change.key[1]}"
            elif change.before is not None:
                gone = {c.name for c in change.before.columns} - {c.name for c in change.after.columns}
                mine = {c for f in found for c in f.own_columns}
                others = {c[2] for f in found for c in f.columns if c[:2] == change.key}
                own = mine if policy in getattr(change.before, "policies", ()) else frozenset()
                if name := next(iter(sorted(gone & (own | others))), None):
                    return f"column {change.key[0]}.{change.key[1]}.{name}"
        elif change.after is None and change.kind in ("enums", "domains", "composites"):
            if any(change.key in f.types for f in found):
                return f"type {change.key[0]}.{change.key[1]}"
        elif change.after is None and change.kind == "roles" and change.key in policy.roles:
            return f"role {change.key}"
    return None


def _is_gone(policy: Policy, found: Life, earlier: Table | None) -> bool:
    """Whether the table had the policy, and was never given one of its name again; not where it was dropped itself."""
    states = [found.after, found.end, *(c.after for c in found.later)]
    if earlier is None or None in states:
        return False
    return _has(earlier, policy) and not any(_has(t, policy) for t in states)


def _has(table: Table, policy: Policy) -> bool:
    return any(p.name == policy.name for p in table.policies)


def consequence(missed: Loss) -> str:
    """What clients can do since, or can do no longer."""
    if missed.opens:
        return f"{who(widest(missed.roles))} can {verbs(missed.commands)} rows that it kept from them"
    return f"{and_list(missed.roles)} can no longer {verbs(missed.commands)} any row"


def joined(losses: list[Loss]) -> Loss:
    """What several policies leave behind that went together: what stands open if any of them left something open."""
    opening = [one for one in losses if one.opens] or losses
    commands = {command for one in opening for command in one.commands}
    return Loss(
        opens=opening[0].opens,
        roles=tuple(dict.fromkeys(role for one in opening for role in one.roles)),
        commands=tuple(c for c in COMMANDS if c in commands),
        certain=all(one.certain for one in opening),
    )
