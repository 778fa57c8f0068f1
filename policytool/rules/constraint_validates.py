"""A constraint is added to a table in use and checks all its rows, while nobody can write to it."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import fresh, fresh_columns
from policytool.catalog.history import Altered
from policytool.catalog.model import Constraint
from policytool.finding import Finding, Severity, lowered, member_ref
from policytool.rule import Context, StatementRule, Step


class ConstraintValidates(StatementRule):
    """A constraint is added to a table in use and checks all its rows, while nobody can write to it."""

    name = "constraint-validates"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Foreign keys and CHECKs that are added without NOT VALID to a table that was there before the file."""
        for altered in context.history.altered(step):
            if altered.before.constraints is altered.after.constraints or altered.before.kind == "foreign table":
                continue
            for constraint in fresh(altered.before.constraints, altered.after.constraints):
                if constraint.validated and constraint.enforced and not constraint.inherited:
                    yield from self._validated(step, altered, constraint)

    def _validated(self, step: Step, altered: Altered, constraint: Constraint) -> Iterator[Finding]:
        new = {c.name: c for c in fresh_columns(altered, step)}
        own = all(name in new for name in constraint.columns)
        severity: Severity = self.severity
        match constraint.kind, constraint.reference:
            case "FOREIGN KEY", reference if reference is not None:
                # A new column that is NULL everywhere is not looked at; a partitioned table takes no NOT VALID.
                unset = own and all(new[n].default is None and not new[n].generated for n in constraint.columns)
                if unset or altered.before.kind == "partitioned table":
                    return
                held = dict.fromkeys((altered.name, f"{reference.schema}.{reference.table}"))
                effect = f"nobody can write to {' and '.join(held)}"
            case "CHECK", _:
                severity = lowered(severity) if own and constraint.columns else severity
                effect = f"nobody can read or write {altered.name}"
            case _:
                return
        yield self.finding(
            member_ref("constraint", altered.after, constraint.name),
            f"{effect} while {constraint.name} checks every row: add it not valid, and validate it in a later file",
            at=constraint.made,
            severity=severity,
        )
