"""Dropping something else took the policies along that name it."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.lives import Life, changed, life
from policytool.access.losses import Loss, cause, consequence, joined, lost, made_again, missed
from policytool.access.wording import and_list, widest
from policytool.catalog.model import Policy
from policytool.finding import Finding, Fix, Related, Severity, table_ref
from policytool.rule import Context, StatementRule, Step

TOLD = frozenset(
    {"policy-always-true-write", "policy-always-true-read", "policy-any-authenticated", "policy-true-for-anon",
     "anon-write-grant", "owner-column-unscoped", "tenant-column-unscoped", "policy-user-metadata",
     "rls-no-policy", "rls-restrictive-only"}
)  # fmt: skip


class CascadeDropsPolicy(StatementRule):
    """Dropping something else took the policies along that name it."""

    name = "cascade-drops-policy"
    severity = "error"
    cwe = 863

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Policies that went with a column, function, table or type, and that are missed at the end; once a table."""
        for change, before, after in changed(step, "tables"):
            if before is None or after is None or before.policies is after.policies:
                continue
            found = life(context.history, "tables", change.key, step)
            gone: dict[str, list[tuple[Policy, Loss]]] = {}
            for policy in lost(before, after):
                dropped = cause(policy, step)
                loss = dropped and missed(policy, found, before, context.access)
                if dropped and loss:
                    gone.setdefault(dropped, []).append((policy, loss))
            for dropped, policies in gone.items():
                yield self._finding(dropped, policies, found, step, context)

    def _finding(
        self, dropped: str, gone: list[tuple[Policy, Loss]], found: Life, step: Step, context: Context
    ) -> Finding:
        table, together = found.end, joined([loss for _, loss in gone])
        fixes = [made_again(policy, table, context.catalog) for policy, _ in gone]
        names = and_list(f'"{policy.name}"' for policy, _ in gone)
        one = len(gone) == 1
        return self.finding(
            table_ref(table),
            f"dropping {dropped} takes {'policy' if one else 'policies'} {names} of {table.schema}.{table.name} along, "
            f"and nothing takes {'its' if one else 'their'} place: {consequence(together)}",
            at=step.statement.location,
            severity=self._severity(found, together, context),
            because=(
                *(Related(message=f'policy "{p.name}" was made here', location=p.made) for p, _ in gone if p.made),
                *context.access.because(widest(together.roles), together.commands, table),
            ),
            fix=Fix(sql="\n".join(f.sql for f in fixes if f)) if all(fixes) else None,
            key=dropped,
        )

    def _severity(self, found: Life, together: Loss, context: Context) -> Severity:
        if context.told(found.end, TOLD):
            return "info"
        return "error" if together.opens else "warning"
