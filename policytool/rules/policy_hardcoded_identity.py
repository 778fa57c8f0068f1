"""A policy names a person or a tenant by a constant."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.literalid import Named, named_ids
from policytool.access.policies import clauses, met_by, named
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, PolicyRule


class PolicyHardcodedIdentity(PolicyRule):
    """A policy names a person or a tenant by a constant."""

    name = "policy-hardcoded-identity"
    severity = "warning"
    cwe = 798

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Ids and addresses of people, and ids of tenants, as literals in a policy that clients meet."""
        if not met_by(policy, table, context.access):
            return
        found = [(c, n) for c in clauses(policy) for n in named_ids(c.text, table, context.access)]
        if not found:
            return
        clause, first = found[0]
        count = len({n.value for _, n in found})
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{named(policy, table)} {_said(first, count)}: that is changed only by a migration, and stands in the "
            "repository for all to read",
            at=clause.at,
        )


def _said(first: Named, count: int) -> str:
    if not first.claim:
        return f"compares {first.what} with {'a constant' if count == 1 else f'{count} constants'}"
    whose = {"email": "address", "phone": "number"}.get(first.what, "id")
    return f"lets by {'one person' if count == 1 else f'{count} people'} by {whose}"
