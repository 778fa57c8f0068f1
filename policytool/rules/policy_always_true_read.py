"""A policy lets every client read every row."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policytool.access.sensitive import sensitive_columns
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyAlwaysTrueRead(PolicyRule):
    """A policy lets every client read every row."""

    name = "policy-always-true-read"
    severity = "info"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies that show every row; a warning where columns look personal or secret."""
        access = context.access
        if not policy.permissive or not table.rls_enabled or policy.command not in ("ALL", "SELECT"):
            return
        says = access.predicate(policy, "using", table)
        if says is None or says.anon is not True or says.authenticated is not True:
            return
        readers = [
            r for r in access.clients
            if policy in access.applying(r, table, "SELECT")[0] and access.row_filter(r, table, "SELECT").reach == "all"
        ]  # fmt: skip
        if not readers or access.exempt(readers[0], table) or _listed(table, context):
            return
        role = widest(readers)
        private = [c for c in sensitive_columns(table) if access.can(role, "SELECT", table, c)]
        what = f", {and_list(private)} among them" if private else ""
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" lets {who(role)} read every row of {table.schema}.{table.name}{what}',
            at=policy.using_at or policy.made,
            severity="warning" if private and access.anonymous(role) else None,
            because=access.because(role, ("SELECT",), table),
            fix=_fix(table, policy, context) if private else None,
        )


def _listed(table: Table, context: Context) -> bool:
    return any(fnmatchcase(f"{table.schema}.{table.name}", g) for g in context.conventions.public_tables)


def _fix(table: Table, policy: Policy, context: Context) -> Fix:
    owners = context.access.owner_columns(table)
    target = f"policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"
    if not owners:
        return Fix(sql=f"drop {target};", note="then say in a new policy who may read which rows")
    return Fix(sql=f"alter {target} to authenticated using ({identifier(owners[0])} = (select auth.uid()));")
