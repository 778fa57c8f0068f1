"""A policy trusts a table that clients can write as they like."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import WRITES
from policytool.access.policies import clauses, met_by, named
from policytool.access.reachers import can_do, grants_of, reachers
from policytool.catalog.expression.references import references
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyReadsUnprotected(PolicyRule):
    """A policy trusts a table that clients can write as they like."""

    name = "policy-reads-unprotected"
    severity = "warning"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies that bind clients and read a table without row level security that a client can write."""
        texts = [clause for clause in clauses(policy) if "SELECT" in clause.text]
        if not texts or not met_by(policy, table, context.access):
            return
        seen: set[tuple[str, str]] = set()
        for clause in texts:
            for key in sorted(references(clause.text).tables - seen - {(table.schema, table.name)}):
                seen.add(key)
                other = context.catalog.tables.get(key)
                if other is None or other.rls_enabled or other.origin is not None or other.assumed:
                    continue
                writers = reachers(other, context.access, among=WRITES)
                if writers:
                    name = f"{other.schema}.{other.name}"
                    yield self.finding(
                        member_ref("policy", table, policy.name),
                        f"{named(policy, table)} decides by what is in {name}, and {can_do(writers, name)}: "
                        "row level security is off there",
                        at=clause.at,
                        because=grants_of(writers, other, context.access),
                        fix=Fix(sql=f"alter table {qualified(*key)} enable row level security;"),
                        key=name,
                    )
                    return
