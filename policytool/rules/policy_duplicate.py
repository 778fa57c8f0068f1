"""Two policies of a table say the same."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import expression
from policytool.access.because import of_policy
from policytool.access.policies import named, target
from policytool.access.sameness import sense
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyDuplicate(PolicyRule):
    """Two policies of a table say the same."""

    name = "policy-duplicate"
    severity = "info"
    concern = "correctness"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies of equal command, kind, roles and conditions as one whose name comes first."""
        kind = _kind(policy)
        others = [p for p in table.policies if p.name < policy.name and _kind(p) == kind]
        twin = min((p for p in others if _says(p) == _says(policy)), key=lambda p: p.name, default=None)
        if twin is None:
            return
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'{named(policy, table)} says the same as policy "{twin.name}": changing one of them changes nothing',
            at=policy.made,
            because=(of_policy(twin, "has the same command, roles and conditions"),),
            fix=Fix(sql=f"drop {target(policy, table)};", safety="safe"),
        )


def _kind(policy: Policy) -> tuple[object, ...]:
    return (policy.command, policy.permissive, frozenset(policy.roles))


def _says(policy: Policy) -> tuple[str, str]:
    """What is asked of the rows that are there, and of new ones: WITH CHECK is USING where it is left out."""
    return sense(policy.using), sense(expression(policy, "check"))
