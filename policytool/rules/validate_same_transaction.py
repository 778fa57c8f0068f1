"""A constraint is validated in the transaction that adds it, which holds the lock that NOT VALID was to spare."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.history import Altered
from policytool.catalog.model import Constraint
from policytool.finding import Finding, Related, member_ref
from policytool.rule import Context, StatementRule, Step


class ValidateSameTransaction(StatementRule):
    """A constraint is validated in the transaction that adds it, which holds the lock that NOT VALID was to spare."""

    name = "validate-same-transaction"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """VALIDATE CONSTRAINT of what an earlier statement of the same transaction added NOT VALID."""
        for altered in context.history.altered(step):
            pending = {c.name: c for c in altered.before.constraints if not c.validated}
            for constraint in altered.after.constraints if pending else ():
                before = pending.get(constraint.name)
                if before is None or not constraint.validated or before.inherited:
                    continue
                unit = context.history.unit(step)
                if any(_adds(earlier, altered, before) for earlier in context.history.earlier(step)):
                    stops = "write to" if before.kind == "FOREIGN KEY" else "read or write"
                    yield self.finding(
                        member_ref("constraint", altered.after, constraint.name),
                        f"nobody can {stops} {altered.name} while {constraint.name} checks every row: it is "
                        "validated in the transaction that adds it, so validate it in a later file",
                        at=step.statement.location,
                        because=(Related(message=f"added here; {unit.why}", location=before.made),),
                    )


def _adds(step: Step, altered: Altered, constraint: Constraint) -> bool:
    """Whether the statement made this constraint."""
    key = (altered.before.schema, altered.before.name)
    for change in step.changes:
        if change.kind == "tables" and change.key == key and change.after is not None:
            old = change.before.constraints if change.before is not None else ()
            if any(c.made == constraint.made for c in change.after.constraints):
                return not any(c.made == constraint.made for c in old)
    return False
