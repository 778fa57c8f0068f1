"""A policy is dropped and made again, and between the two statements it is missing."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.lives import changed, life
from policytool.access.losses import lost
from policytool.access.policies import commands_of
from policytool.catalog.model import Name, Policy, Table
from policytool.finding import Finding, Related, member_ref
from policytool.rule import Context, StatementRule, Step


class PolicySwapGap(StatementRule):
    """A policy is dropped and made again, and between the two statements it is missing."""

    name = "policy-swap-gap"
    severity = "warning"
    cwe = 362

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """DROP POLICY with its replacement later in the same file, where the two do not commit together."""
        if step.statement.kind != "DropStmt" or not step.changes:
            return
        for change, before, after in changed(step, "tables"):
            if before is None or after is None or before.policies is after.policies or not before.rls_enabled:
                continue
            if context.history.born_in_file("tables", change.key, step):
                continue
            for policy in lost(before, after):
                again = _made_again(policy, change.key, step, context)
                if again is not None and not _repeated(policy, change.key, again, context):
                    yield self._finding(policy, before, step, again)

    def _finding(self, policy: Policy, table: Table, step: Step, again: Step) -> Finding:
        name = f"{table.schema}.{table.name}"
        gap = "what it let through is refused" if policy.permissive else "what it kept shut is open"
        return self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" on {name} is dropped and made again, and the two do not commit together: '
            f"in between, and for good if the second fails, {gap}",
            at=step.statement.location,
            because=(Related(message="it is made again here", location=again.statement.location),),
        )


def _made_again(policy: Policy, key: Name, step: Step, context: Context) -> Step | None:
    """The later statement of the file that takes the policy's place, if it runs in a transaction of its own."""
    history = context.history
    own = history.unit(step).steps[-1].ordinal
    for later in history.same_file(step):
        if later.ordinal <= step.ordinal:
            continue
        for change, before, after in changed(later, "tables"):
            if change.key != key or before is None or after is None:
                continue
            if any(_replaces(p, policy) for p in after.policies if p not in before.policies):
                return later if later.ordinal > own else None
    return None


def _replaces(new: Policy, old: Policy) -> bool:
    if new.permissive != old.permissive:
        return False
    return new.name == old.name or bool(set(commands_of(new)) & set(commands_of(old)))


def _repeated(policy: Policy, key: Name, again: Step, context: Context) -> bool:
    """Whether a later file does the same once more: it is told once."""
    later = life(context.history, "tables", key, again).later
    return any(
        c.before is not None and c.after is not None and any(p.name == policy.name for p in lost(c.before, c.after))
        for c in later
    )
