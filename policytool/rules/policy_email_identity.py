"""A policy knows people by their address instead of their id."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.literalid import by_email
from policytool.access.policies import clauses, met_by, named
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, PolicyRule


class PolicyEmailIdentity(PolicyRule):
    """A policy knows people by their address instead of their id."""

    name = "policy-email-identity"
    severity = "info"
    cwe = 290

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies that compare the token's email or phone with a column."""
        if not policy.permissive or not met_by(policy, table, context.access):
            return
        clause = next((c for c in clauses(policy) if by_email(c.text, table, context.access)), None)
        if clause is None:
            return
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{named(policy, table)} knows people by their email or phone: whoever gets an account with that address "
            "gets the rows",
            at=clause.at,
        )
