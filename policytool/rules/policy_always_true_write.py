"""A policy lets every client write every row."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS, WRITES, Command
from policytool.access.reachers import Reacher, can_do, grants_of
from policytool.access.required import readable
from policytool.access.scope import opened
from policytool.access.storage import is_objects
from policytool.access.wording import width
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Related, Severity, lowered, member_ref
from policytool.rule import Context, PolicyRule
from policytool.syntax.location import Location

OpenTo = dict[Command, tuple[str, ...]]  # the clients for whom the policy is true in a command


class PolicyAlwaysTrueWrite(PolicyRule):
    """A policy lets every client write every row."""

    name = "policy-always-true-write"
    severity = "error"
    splinter = "0024_permissive_rls_policy"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies whose expression is true for anyone, for a command that a client holds."""
        if is_objects(table):
            return  # storage-bucket-unscoped says more of it
        open_to = {c: roles for c in COMMANDS if (roles := opened(policy, table, c, context.access))}
        if not any(c in WRITES for c in open_to):
            return
        found = tuple(_reachers(open_to))
        rows = "any row into" if tuple(open_to) == ("INSERT",) else "every row of"
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'{can_do(found, f"{rows} {table.schema}.{table.name}")} by policy "{policy.name}", which is always true',
            at=_place(policy, open_to),
            severity=self._severity(table, open_to, found, context),
            because=(*grants_of(found, table, context.access), *_unseen(table, found, context)),
            fix=_fix(table, policy, context),
        )

    def _severity(self, table: Table, open_to: OpenTo, found: tuple[Reacher, ...], context: Context) -> Severity | None:
        harmless = all(r.commands == ("INSERT",) for r in found) and _harmless(table, found, context)
        severity: Severity = "warning" if harmless or _blind(open_to, table, context) else "error"
        return severity if context.access.profile.exposes(table.schema) else lowered(severity)


def _blind(open_to: OpenTo, table: Table, context: Context) -> bool:
    """Whether rows can be changed only by statements that look at none, which the REST API does not make."""
    roles = {r for among in open_to.values() for r in among}
    rest = context.access.profile.platform == "supabase" and not {"SELECT", "INSERT"} & open_to.keys()
    return rest and not readable(table, roles, context.access)


def _unseen(table: Table, found: tuple[Reacher, ...], context: Context) -> tuple[Related, ...]:
    """Where they do not see all of the rows, the policies for SELECT choose among them too."""
    access, changes = context.access, {"UPDATE", "DELETE"}
    roles = [r.role for r in found if changes & set(r.commands)]
    if all(access.row_filter(r, table, "SELECT").reach == "all" for r in roles):
        return ()
    return (Related(message="a statement with a WHERE finds only rows that the policies for SELECT let by"),)


def _reachers(open_to: OpenTo) -> Iterator[Reacher]:
    seen: set[Command] = set()
    for role in sorted({r for roles in open_to.values() for r in roles}, key=width, reverse=True):
        added = tuple(c for c, roles in open_to.items() if role in roles and c not in seen)
        seen.update(added)
        if added:
            yield Reacher(role=role, commands=added)


def _harmless(table: Table, found: tuple[Reacher, ...], context: Context) -> bool:
    """A contact form that nobody reads back; or rows that belong to nobody in particular, put in by somebody known."""
    access = context.access
    reads = any(access.row_filter(r, table, "SELECT").reach not in ("none", "conditional") for r in access.clients)
    owned = access.owner_columns(table) or access.tenant_columns(table)
    return not reads or (not owned and not any(access.anonymous(r.role) for r in found))


def _place(policy: Policy, open_to: dict[Command, tuple[str, ...]]) -> Location | None:
    """The expression that is true: WITH CHECK where only new rows are let in by it."""
    only_new = set(open_to) == {"INSERT"} and policy.with_check is not None
    return (policy.with_check_at if only_new else policy.using_at or policy.with_check_at) or policy.made


def _fix(table: Table, policy: Policy, context: Context) -> Fix:
    owners = context.access.owner_columns(table)
    target = f"policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"
    if any(word in policy.name.lower() for word in ("service", "system", "backend")):
        note = "service_role bypasses row level security and needs no policy; this one opens the table to all others"
        return Fix(sql=f"drop {target};", note=note)
    if not owners:
        return Fix(sql=f"drop {target};", note="then say in a new policy which rows a client may write")
    mine = f"({identifier(owners[0])} = (select auth.uid()))"
    using = f" using {mine}" if policy.command != "INSERT" else ""
    check = f" with check {mine}" if policy.command != "DELETE" else ""
    return Fix(sql=f"alter {target} to authenticated{using}{check};")
