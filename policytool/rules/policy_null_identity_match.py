"""To a policy a row of nobody is the row of somebody unknown: NULL matches NULL."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import WRITES, Access, Command, side_of
from policytool.access.nullmatch import Whom, equated, null_matches
from policytool.access.policies import Clause, altered, clauses, commands_of, met_by
from policytool.access.scope import anonymous_writer
from policytool.access.wording import verbs
from policytool.catalog.model import Policy, Table
from policytool.finding import SEVERITIES, Finding, Fix, Severity, member_ref
from policytool.rule import Context, PolicyRule


class PolicyNullIdentityMatch(PolicyRule):
    """To a policy a row of nobody is the row of somebody unknown: NULL matches NULL."""

    name = "policy-null-identity-match"
    severity = "warning"
    cwe = 697

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies that equate a column with the person also where both are NULL."""
        access = context.access
        met = met_by(policy, table, access) if policy.permissive else ()
        if not met:
            return
        found = [(c, *match) for c in clauses(policy) for match in null_matches(c.text, table, access).items()]
        writes = (c for c in commands_of(policy) if c in WRITES)
        if not found or any(anonymous_writer(policy, table, c, access) for c in writes):
            return
        visited = _anonymous(policy, table, access)
        clause, column, whom = min(found, key=lambda f: SEVERITIES.index(_judged(f[2], visited)[0]))
        severity, who = _judged(whom, visited)
        name = f"{table.schema}.{table.name}"
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{who} can {verbs(visited or commands_of(policy))} the rows of {name} whose {column} is NULL: policy "
            f'"{policy.name}" takes a NULL {column} and a person who is not known for the same',
            at=clause.at,
            severity=severity,
            fix=_fix(policy, table, found),
        )


def _judged(whom: frozenset[Whom], visited: tuple[Command, ...]) -> tuple[Severity, str]:
    if "anybody" in whom and visited:
        return "error", "anyone with the anonymous key"
    if "signed in" in whom:
        return "warning", "any signed-in user without that claim"
    return "info", "whoever has a token without an id"


def _anonymous(policy: Policy, table: Table, access: Access) -> tuple[Command, ...]:
    """The commands that a client without an account holds and that the policy may let it use."""
    roles = [r for r in access.clients if access.anonymous(r)]
    return tuple(
        c
        for c in commands_of(policy)
        if any(policy in access.row_filter(r, table, c, side_of(c)).permissive for r in roles)
    )


def _fix(policy: Policy, table: Table, found: list[tuple[Clause, str, frozenset[Whom]]]) -> Fix | None:
    mended: dict[str, str] = {}
    for clause, column, _ in found:
        name = clause.name.replace(" ", "_")
        text = equated(mended.get(name, clause.text), column)
        if text is None:
            return None
        mended[name] = text
    return Fix(sql=altered(policy, table, **mended), note="with = a NULL matches nothing")
