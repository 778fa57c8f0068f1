"""A policy calls auth.uid() for every row instead of once for the query."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.initplan import wrapped_expression
from policytool.access.wording import and_list
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Severity, member_ref
from policytool.rule import Context, PolicyRule


class PolicyInitplan(PolicyRule):
    """A policy calls auth.uid() for every row instead of once for the query."""

    name = "policy-initplan"
    severity = "warning"
    concern = "performance"
    splinter = "0003_auth_rls_initplan"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Calls that name the caller outside a scalar sub-select; info where they only check rows being inserted."""
        using, check = (_bare(text, table, context) for text in (policy.using, policy.with_check))
        calls = dict.fromkeys((*using, *check))
        if not calls:
            return
        severity: Severity = "warning" if using and context.access.exposed(table) else "info"
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" on {table.schema}.{table.name} calls {and_list(calls)} again for every row it '
            f"{'looks at' if using else 'lets in'}",
            at=(policy.using_at if using else policy.with_check_at) or policy.made,
            severity=severity,
            fix=_fix(table, policy),
        )


def _bare(text: str | None, table: Table, context: Context) -> list[str]:
    says = context.access.analyst.predicate(text, table) if text is not None else None
    return [c.text for c in says.identity_calls if not c.wrapped] if says is not None else []


def _fix(table: Table, policy: Policy) -> Fix:
    clauses = ""
    if policy.using is not None:
        clauses += f"\n  using ({wrapped_expression(policy.using)})"
    if policy.with_check is not None:
        clauses += f"\n  with check ({wrapped_expression(policy.with_check)})"
    return Fix(
        sql=f"alter policy {identifier(policy.name)} on {qualified(table.schema, table.name)}{clauses};",
        safety="safe",
        note="inside (select …) Postgres runs the call once for the whole query",
    )
