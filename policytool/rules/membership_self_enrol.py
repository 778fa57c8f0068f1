"""Users can make themselves members of whatever they like."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.access.memberships import Entry, Membership, enrolments, membership
from policytool.access.wording import and_list, who
from policytool.catalog.model import Table
from policytool.finding import Finding, Severity, table_ref
from policytool.rule import Context, TableRule


class MembershipSelfEnrol(TableRule):
    """Users can make themselves members of whatever they like."""

    name = "membership-self-enrol"
    severity = "error"
    cwe = 862

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Own-row policies for INSERT or UPDATE of a membership that ask who joins, and not what. Groups that are no
        tenants by name may be open to all: joining one is info, unless as anything."""
        access = context.access
        found = membership(table, access) if access.profile.exposes(table.schema) else None
        entries = list(enrolments(found, access)) if found is not None else []
        if found is None or not entries:
            return
        first = next((e for e in entries if e.ranks), entries[0])
        policies = dict.fromkeys(e.policy for e in entries if e.policy != first.policy)
        yield self.finding(
            table_ref(table),
            f'{who(first.role)} can {_does(first, found)}: policy "{first.policy.name}" asks who joins, not what',
            at=first.policy.with_check_at or first.policy.using_at or first.policy.made,
            severity=self._severity(entries, context, table),
            because=(
                *access.because(first.role, (first.command,), table),
                *(of_policy(p, f"does not ask for {first.group} either") for p in policies),
            ),
        )

    def _severity(self, entries: list[Entry], context: Context, table: Table) -> Severity | None:
        tenants = context.access.tenant_columns(table)
        if any(e.ranks or e.group in tenants for e in entries):
            return None
        return "info" if any(e.command == "INSERT" for e in entries) else "warning"


def _does(entry: Entry, found: Membership) -> str:
    name = f"{found.table.schema}.{found.table.name}"
    ranks = f", with any {and_list(entry.ranks)}" if entry.ranks else ""
    if entry.command == "INSERT":
        return f"join any {entry.group} in {name}{ranks}"
    row = "row" if found.single else "membership"
    return f"change the {entry.group} of their own {row} in {name} to any other{ranks}"
