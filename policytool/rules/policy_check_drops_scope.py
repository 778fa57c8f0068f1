"""WITH CHECK of a policy forgets whose rows USING asks for."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.access.dropped import Dropped, dropped
from policytool.access.policies import altered
from policytool.access.scope import anonymous_writer, opened
from policytool.access.wording import and_list, who
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, Severity, lowered, member_ref
from policytool.rule import Context, PolicyRule


class PolicyCheckDropsScope(PolicyRule):
    """WITH CHECK of a policy forgets whose rows USING asks for."""

    name = "policy-check-drops-scope"
    severity = "error"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies for UPDATE and ALL; a warning where only blind updates go through, or rows stay the person's."""
        if not table.rls_enabled:
            return
        found = dropped(policy, table, context.access)
        if found is None or _said(policy, table, context.access):
            return
        severity: Severity = "error" if not found.stays and (found.seen or "INSERT" in found.commands) else "warning"
        columns = and_list(found.columns)
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'{who(found.role)} can {_effect(found, table)}: WITH CHECK of policy "{policy.name}" does not ask for '
            f"{columns}, as USING does",
            at=policy.with_check_at or policy.made,
            severity=severity if context.access.profile.exposes(table.schema) else lowered(severity),
            because=context.access.because(found.role, found.commands, table),
            fix=_fix(policy, table),
        )


def _said(policy: Policy, table: Table, access: Access) -> bool:
    """Whether a rule about INSERT says it already: new rows are open to all, or to visitors."""
    if policy.command != "ALL":
        return False
    return bool(opened(policy, table, "INSERT", access)) or anonymous_writer(policy, table, "INSERT", access)


def _effect(found: Dropped, table: Table) -> str:
    name = f"{table.schema}.{table.name}"
    others = "of other tenants" if found.tenant else "of others"
    if found.commands == ("UPDATE",):
        return f"change rows of {name} into rows {others}"
    if found.commands == ("INSERT",):
        return f"insert rows {others} into {name}"
    return f"insert rows {others} into {name}, and change rows into such"


def _fix(policy: Policy, table: Table) -> Fix:
    using, check = policy.using or "", policy.with_check or ""
    whole = using if check.lower() == "true" else f"({using}) and ({check})"
    return Fix(sql=altered(policy, table, with_check=whole))
