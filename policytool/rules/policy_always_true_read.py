"""A policy lets every client read every row."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import WRITES
from policytool.access.scope import opened
from policytool.access.sensitive import personal_columns, secret_columns
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
        """Permissive policies that show every row; a warning where columns look secret, or personal and open to all.

        A policy that lets clients write every row besides is `policy-always-true-write`.
        """
        access = context.access
        readers = opened(policy, table, "SELECT", access)
        if not readers or context.public(table) or any(opened(policy, table, c, access) for c in WRITES):
            return
        role = widest(readers)
        private = self._private(table, role, context)
        what = f", {and_list(private[:4])} among its columns" if private else ""
        exposed = access.profile.exposes(table.schema)
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" lets {who(role)} read every row of {table.schema}.{table.name}{what}',
            at=policy.using_at or policy.made,
            severity="warning" if private and exposed else None,
            confidence="medium" if private else None,
            because=access.because(role, ("SELECT",), table),
            fix=_fix(table, policy, context) if private else None,
        )

    def _private(self, table: Table, role: str, context: Context) -> list[str]:
        access = context.access
        found = secret_columns(table)
        if access.anonymous(role):
            found += personal_columns(table)
        return [c for c in found if access.can(role, "SELECT", table, c)]


def _fix(table: Table, policy: Policy, context: Context) -> Fix:
    owners = context.access.owner_columns(table)
    target = f"policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"
    if not owners:
        return Fix(sql=f"drop {target};", note="then say in a new policy who may read which rows")
    return Fix(sql=f"alter {target} to authenticated using ({identifier(owners[0])} = (select auth.uid()));")
