"""Ordinary members can give themselves or others any role."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.access.memberships import Entry, Membership, enrolments, membership, promotions
from policytool.access.wording import and_list
from policytool.catalog.model import Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, TableRule


class MembershipRolePromote(TableRule):
    """Ordinary members can give themselves or others any role."""

    name = "membership-role-promote"
    severity = "error"
    cwe = 269

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Policies for UPDATE or INSERT on memberships that ask for a membership, or one's own row, but for no role."""
        access = context.access
        found = membership(table, access) if access.profile.exposes(table.schema) else None
        entries = list(promotions(found, access)) if found is not None else []
        if found is None or not entries or any(e.ranks for e in enrolments(found, access)):
            return  # who can join as anything need not be promoted: membership-self-enrol says so
        first = next((e for e in entries if e.command == "UPDATE"), entries[0])
        ranks = tuple(dict.fromkeys(r for e in entries for r in e.ranks))
        policies = dict.fromkeys(e.policy for e in entries if e.policy != first.policy)
        yield self.finding(
            table_ref(table),
            f"any member can {_does(first, found, ranks)}: "
            f'policy "{first.policy.name}" asks for no {and_list(ranks)} of whoever does it',
            at=first.policy.using_at or first.policy.with_check_at or first.policy.made,
            because=(
                *access.because(first.role, (first.command,), table),
                *(of_policy(p, "asks for none either") for p in policies),
            ),
        )


def _does(entry: Entry, found: Membership, ranks: tuple[str, ...]) -> str:
    name = f"{found.table.schema}.{found.table.name}"
    if entry.command == "INSERT":
        return f"add members to {name} with any {and_list(ranks)}"
    return f"set {and_list(ranks)} in {name} to anything, their own included"
