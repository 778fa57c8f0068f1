"""A policy calls a function for every row though it says the same of all of them."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.bare import bare_calls, with_calls_once
from policytool.access.policies import altered, met_by, named
from policytool.access.wording import and_list
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyHelperUnwrapped(PolicyRule):
    """A policy calls a function for every row though it says the same of all of them."""

    name = "policy-helper-unwrapped"
    severity = "info"
    concern = "performance"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Calls in USING of STABLE functions of the user's without a column among the arguments."""
        if policy.using is None or not met_by(policy, table, context.access):
            return
        helpers = context.access.helpers
        says = context.access.analyst.predicate(policy.using, table)
        bare = context.access.analyst.kept(says, "bare", lambda: tuple(bare_calls(says.node, helpers)))
        found = tuple(dict.fromkeys(qualified(f.schema, f.name) for f in bare))
        if not found:
            return
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{named(policy, table)} calls {and_list(f'{name}()' for name in found)} again for every row it looks at, "
            "with the same arguments each time",
            at=policy.using_at or policy.made,
            fix=Fix(
                sql=altered(policy, table, using=with_calls_once(policy.using, helpers)),
                safety="safe",
                note="inside (select …) Postgres runs the call once for the whole query",
            ),
        )
