"""Visitors without an account hold write privileges on a table."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Command
from policytool.access.because import of_policy
from policytool.access.wording import verbs
from policytool.catalog.model import Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Severity, table_ref
from policytool.rule import Context, TableRule

WRITES: tuple[Command, ...] = ("INSERT", "UPDATE", "DELETE")


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
        role = next((r for r in access.clients if access.anonymous(r) and r != "public"), "public")
        held = tuple(c for c in WRITES if access.reach(role, c, table))
        if not table.rls_enabled or not held or not access.profile.exposes(table.schema) or access.exempt(role, table):
            return
        reach = {c: access.row_filter(role, table, c) for c in held}
        if any(f.reach == "all" for f in reach.values()):
            return
        passing = tuple(c for c in held if reach[c].reach != "none")
        written = [g for c in held for g in access.privileges.grants(role, c, table) if not g.by_default]
        if not passing and not written:
            return
        shown = passing or tuple(dict.fromkeys(g.privilege for g in written))
        severity: Severity = "info" if not passing else "warning" if passing == ("INSERT",) else "error"
        policies = tuple(dict.fromkeys(p for c in passing for p in reach[c].permissive))
        yield self.finding(
            table_ref(table),
            f"a visitor who is not signed in can {verbs(shown)} rows of {table.schema}.{table.name}"
            if passing
            else f"{role} is granted {', '.join(shown)} on {table.schema}.{table.name}, and only its policies keep it out",
            at=policies[0].made if policies else written[0].made if written else table.made,
            severity=severity,
            because=(*access.because(role, shown, table), *(of_policy(p, "lets it") for p in policies[:3])),
            fix=Fix(
                sql=f"revoke {', '.join(s.lower() for s in shown)} on {qualified(table.schema, table.name)} "
                f"from {identifier(role)};",
                safety="unsafe" if passing else "safe",
            ),
        )
