"""Visitors without an account hold write privileges on a table."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import WRITES, Command, RowFilter
from policytool.access.because import of_policy
from policytool.access.scope import of_nobody
from policytool.access.wording import verbs, widest
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Severity, table_ref
from policytool.rule import Context, TableRule


class AnonWriteGrant(TableRule):
    """Visitors without an account hold write privileges on a table."""

    name = "anon-write-grant"
    severity = "error"
    cwe = 732

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Anonymous writes that some row passes; info where a grant was written and policies refuse every row.

        Tables without RLS and policies that are plainly true have rules of their own.
        """
        access = context.access
        roles = [r for r in access.clients if access.anonymous(r) and not access.exempt(r, table)]
        held = {c: widest(able) for c in WRITES if (able := [r for r in roles if access.reach(r, c, table)])}
        if not table.rls_enabled or not held or not access.profile.exposes(table.schema):
            return
        reach = {c: access.row_filter(role, table, c) for c, role in held.items()}
        passing = {c: f for c, f in reach.items() if f.reach == "conditional" and f.open}
        role = widest(held.values())
        if passing:
            yield self._open(table, role, passing, context)
        elif not any(f.reach == "all" for f in reach.values()):
            yield from self._idle(table, role, tuple(held), context)

    def _open(self, table: Table, role: str, passing: dict[Command, RowFilter], context: Context) -> Finding:
        policies = tuple(dict.fromkeys(p for f in passing.values() for p in f.open))
        first = policies[0]
        severity: Severity = "error"
        if tuple(passing) == ("INSERT",):
            severity = "info" if all(_meant(p, table, context) for p in policies) else "warning"
        place = first.with_check_at if tuple(passing) == ("INSERT",) else first.using_at
        return self.finding(
            table_ref(table),
            f"a visitor who is not signed in can {verbs(passing)} rows of {table.schema}.{table.name}: "
            f'policy "{first.name}" asks about the row and not who writes it',
            at=place or first.made or table.made,
            severity=severity,
            because=(
                *context.access.because(role, passing, table),
                *(of_policy(p, "lets visitors write too") for p in policies[1:3]),
            ),
            fix=_revoke(table, role, tuple(passing), "unsafe"),
        )

    def _idle(self, table: Table, role: str, held: tuple[Command, ...], context: Context) -> Iterator[Finding]:
        granted = context.access.privileges.grants
        written = [g for c in held for g in granted(role, c, table) if context.deliberate(g)]
        if not written:
            return
        shown = tuple(c for c in held if any(g.privilege == c for g in written))
        yield self.finding(
            table_ref(table),
            f"{role} is granted {', '.join(shown)} on {table.schema}.{table.name}, and only policies keep it out",
            at=written[0].made or table.made,
            severity="info",
            because=context.access.because(role, shown, table),
            fix=_revoke(table, role, shown, "safe"),
        )


def _meant(policy: Policy, table: Table, context: Context) -> bool:
    """Whether a policy speaks of visitors by their role, or of rows that are nobody's."""
    named = any(r != "public" and context.access.anonymous(r) for r in policy.roles)
    return named or of_nobody(policy, table, context.access, anonymous=True)


def _revoke(table: Table, role: str, commands: tuple[Command, ...], safety: str) -> Fix:
    privileges = ", ".join(c.lower() for c in commands)
    grantee = identifier(role)
    return Fix(
        sql=f"revoke {privileges} on {qualified(table.schema, table.name)} from {grantee};",
        safety="safe" if safety == "safe" else "unsafe",
    )
