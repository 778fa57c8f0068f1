"""A policy that took the place of a stricter one lets more rows through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct

from policytool.access import Access
from policytool.access.containment import Alternative, Alternatives, beyond
from policytool.access.lives import Life, changed, life
from policytool.access.losses import bound_by, definition, sides_of
from policytool.access.policies import altered, commands_of
from policytool.access.row_filter import WRITES, Command
from policytool.access.wording import verbs, who, widest
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, Related, Severity, member_ref
from policytool.rule import Context, StatementRule, Step

Degree = Literal["open", "less", "group", "more"]
DEGREES: tuple[Degree, ...] = ("open", "less", "group", "more")
TOLD = frozenset(
    {"policy-always-true-write", "policy-always-true-read", "policy-any-authenticated", "policy-true-for-anon",
     "anon-write-grant", "owner-column-unscoped", "tenant-column-unscoped", "policy-user-metadata",
     "policy-self-comparison", "policy-uncorrelated-subquery", "policy-check-drops-scope",
     "membership-self-enrol", "membership-role-promote", "storage-bucket-unscoped", "storage-path-unowned"}
)  # fmt: skip


class Widened(Struct, frozen=True, kw_only=True):
    """A command by which a role reaches more rows than before; `columns` tied rows to the person until then."""

    role: str
    command: Command
    degree: Degree
    columns: tuple[str, ...]
    none: bool  # the role reached no row before


class PolicyWeakened(StatementRule):
    """A policy that took the place of a stricter one lets more rows through."""

    name = "policy-weakened"
    severity = "warning"
    cwe = 863

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Policies put in the place of those of an earlier file, and standing as they were put; a file counts whole."""
        for change, before, after in changed(step, "tables"):
            if before is None or after is None or before.policies is after.policies or after.origin == "extension":
                continue
            fresh = [p for p in after.policies if p not in before.policies]
            found = life(context.history, "tables", change.key, step) if fresh else None
            for policy in fresh:
                if found is not None and _stands(policy, found) and (former := _replaced(policy, found)):
                    wider = tuple(_widened(policy, former, found, context.access))
                    if wider:
                        yield self._finding(policy, former, found.end, wider, step, context)

    def _finding(
        self,
        policy: Policy,
        former: tuple[Policy, ...],
        table: Table,
        wider: tuple[Widened, ...],
        step: Step,
        context: Context,
    ) -> Finding:
        degree = next(d for d in DEGREES if any(w.degree == d for w in wider))
        shown = [w for w in wider if w.degree == degree]
        role = widest(w.role for w in shown)
        commands = tuple(dict.fromkeys(w.command for w in shown))
        # Reading by fewer conditions is how a table is opened step by step; writing is what conditions are for.
        grave = degree == "open" or (degree == "less" and any(c in WRITES for c in commands))
        severity: Severity = "warning" if grave and not context.told(table, TOLD, policy.name) else "info"
        return self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" on {table.schema}.{table.name} is weaker than what it replaced: '
            f"{who(role)} can {verbs(commands)} {_rows(role, shown)}",
            at=step.statement.location,
            severity=severity,
            confidence="high" if degree == "open" else "medium",
            because=tuple(
                Related(message=f'until then it was policy "{p.name}"', location=p.changed or p.made) for p in former
            ),
            fix=_fix(policy, former, table),
        )


def _rows(role: str, wider: list[Widened]) -> str:
    columns = " or ".join(sorted({c for w in wider for c in w.columns}))
    match wider[0].degree:
        case "open" if all(w.none for w in wider if w.role == role):
            return "rows, and could reach none before"
        case "open":
            before = f"those tied to them by {columns}" if columns else "those that the policy gave to certain persons"
            return f"rows that nothing ties to them, and before only {before}"
        case "less":
            return "rows by fewer conditions than before"
        case "group":
            return f"rows of others in their group, and before only their own, by {columns}"
    return "what they could before, and more"


def _stands(policy: Policy, found: Life) -> bool:
    """Whether the policy is as the file left it and still there, on a table that had row level security before."""
    before, after, end = found.before, found.after, found.end
    if before is None or after is None or end is None or not (before.rls_enabled and end.rls_enabled):
        return False
    stays = any(p.name == policy.name and definition(p) == definition(policy) for p in end.policies)
    return stays and policy in after.policies


def _replaced(policy: Policy, found: Life) -> tuple[Policy, ...]:
    """The policies for the same commands that the file took away or rewrote; () where it only added this one."""
    left = {(p.name, definition(p)) for p in found.after.policies}
    if any(definition(p) == definition(policy) for p in found.before.policies):
        return ()
    commands = set(commands_of(policy))
    return tuple(
        p
        for p in found.before.policies
        if (p.name, definition(p)) not in left
        and p.permissive == policy.permissive
        and commands.intersection(commands_of(p))
    )


def _widened(policy: Policy, former: tuple[Policy, ...], found: Life, access: Access) -> Iterator[Widened]:
    contained, end = access.contained, found.end
    if not access.profile.exposes(end.schema):
        return
    before, alone = (found.before, _alone(policy, end)) if policy.permissive else _restrictions(policy, former, found)
    for role in bound_by(policy, end, access):
        for command in commands_of(policy):
            if not access.reach(role, command, end):
                continue
            for side in sides_of(command):
                old = contained.rows(role, before, command, side)
                new = contained.rows(role, alone, command, side)
                if old is None or not new:
                    continue
                degree = _degree(_more(new, old, command, end, access), old, new)
                if degree is not None:
                    columns = tuple(sorted({b.column for a in old for b in a.facts.bindings}))
                    yield Widened(role=role, command=command, degree=degree, columns=columns, none=not old)


def _alone(policy: Policy, table: Table) -> Table:
    """The table with what this policy lets through, and no other permissive one."""
    kept = tuple(p for p in table.policies if not p.permissive or p.name == policy.name)
    return msgspec.structs.replace(table, policies=kept)


def _restrictions(policy: Policy, former: tuple[Policy, ...], found: Life) -> tuple[Table, Table]:
    """Two tables of which all rows are open but for what restrictive policies keep shut, before and now."""

    def table(restrictions: tuple[Policy, ...]) -> Table:
        opened = msgspec.structs.replace(policy, name="", permissive=True, command="ALL", using="true", with_check=None)
        closed: Table = msgspec.structs.replace(found.end, policies=(opened, *restrictions))
        return closed

    return table(former), table((policy,))


def _more(
    new: Alternatives, old: Alternatives, command: Command, table: Table, access: Access
) -> tuple[Alternative, ...]:
    """What is new about the rows: not rows of another kind than before, nor new rows that are nobody's."""
    wider = [a for a in beyond(new, old) if not _elsewhere(a, old)]
    if command == "INSERT":
        owners = {*access.bound_columns(table), *access.owner_columns(table), *access.tenant_columns(table)}
        wider = [a for a in wider if not (a.open and a.facts.empty & owners)]
    return tuple(wider)


def _elsewhere(alternative: Alternative, old: Alternatives) -> bool:
    """Whether it speaks of rows of a kind that no condition spoke of before: another bucket, another status."""
    return bool(old) and all(_apart(alternative, other) for other in old)


def _apart(one: Alternative, other: Alternative) -> bool:
    """Whether no row can pass both, because they want different constants in one place."""
    mine, theirs = _constants(one), _constants(other)
    return any(mine[c].isdisjoint(theirs[c]) for c in mine.keys() & theirs.keys())


def _asks_less(new: Alternative, old: Alternative) -> bool:
    """Whether it is the old one with a condition left out, and not for certain persons only."""
    return new.atoms < old.atoms and (new.open or bool(new.facts.bindings))


def _constants(alternative: Alternative) -> dict[object, frozenset[object]]:
    return {a[1]: a[2] for a in alternative.atoms if isinstance(a, tuple) and a[0] == "in"}


def _degree(more: tuple[Alternative, ...], old: Alternatives, new: Alternatives) -> Degree | None:
    """How much wider: open to anybody, a condition less, a group's rows for one's own, or more of the same.

    None if that is not certain.
    """
    if not more:
        return None
    if any(a.open and not any(o.open and not _apart(a, o) for o in old) for a in more):
        return "open"
    if any(_asks_less(n, o) for n in more for o in old):
        return "less"
    tied = [a for a in old if a.facts.bindings]
    if tied and all(a.personal for a in tied) and any(a.facts.bindings and not a.own for a in more):
        return "group"
    # Certain persons more, such as administrators, are what policies are rewritten for.
    return "more" if any(a.open or a.facts.bindings for a in more) and old and not beyond(old, new) else None


def _fix(policy: Policy, former: tuple[Policy, ...], table: Table) -> Fix | None:
    """What the policy of the same name and command said before, where there was one."""
    old = next((p for p in former if p.name == policy.name and p.command == policy.command), None)
    if old is None or old.roles != policy.roles:
        return None
    if (old.using is None) != (policy.using is None) or (old.with_check is None) != (policy.with_check is None):
        return None
    return Fix(sql=altered(policy, table, using=old.using, with_check=old.with_check))
