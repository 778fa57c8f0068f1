"""A migration switches off the row level security of a table."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.lives import Life, changed, life
from policytool.access.reachers import can_do, grants_of, reachers
from policytool.catalog.build.state import Change
from policytool.catalog.model import Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, Severity, lowered, table_ref
from policytool.rule import Context, StatementRule, Step

TOLD = frozenset({"rls-disabled-exposed", "policies-without-rls", "partition-rls-gap"})


class DisableRls(StatementRule):
    """A migration switches off the row level security of a table."""

    name = "disable-rls"
    severity = "error"
    cwe = 862

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """DISABLE and NO FORCE that still hold at the end; info where another rule says what comes of it."""
        for change, before, after in changed(step, "tables"):
            if after is None or after.origin == "extension":
                continue
            if _disabled(before, after, step):
                found = life(context.history, "tables", change.key, step)
                yield from self._disable(found, before, step, context)
            elif before is not None and before.rls_forced and not after.rls_forced and after.rls_enabled:
                yield from self._unforce(life(context.history, "tables", change.key, step), step, context)

    def _disable(self, found: Life, before: Table | None, step: Step, context: Context) -> Iterator[Finding]:
        end: Table | None = found.end
        if end is None or end.rls_enabled or any(map(_switches_off, found.later)):
            return  # dropped later, on again, or off once more
        reached = reachers(end, context.access)
        name = f"{end.schema}.{end.name}"
        since = before.rls_at if before is not None else None
        yield self.finding(
            table_ref(end),
            f"row level security of {name} is switched off"
            + (f": {can_do(reached, 'every row of it')}" if reached else ", though no client reaches the table today"),
            at=step.statement.location,
            severity=self._severity(end, bool(reached), context),
            because=(
                *((Related(message="it was switched on here", location=since),) if since else ()),
                *grants_of(reached, end, context.access),
            ),
            fix=Fix(
                sql=f"alter table {qualified(end.schema, end.name)} enable row level security;",
                note=None if end.policies else "clients can then do nothing until a policy says what they may",
            ),
        )

    def _severity(self, table: Table, reached: bool, context: Context) -> Severity:
        if context.told(table, TOLD):
            return "info"
        return "error" if reached else lowered("error")

    def _unforce(self, found: Life, step: Step, context: Context) -> Iterator[Finding]:
        """NO FORCE: the owner passes by the policies. Nothing changes for one that bypasses them anyway."""
        end: Table | None = found.end
        if end is None or end.rls_forced or not end.rls_enabled or context.access.privileges.bypasses_rls(end.owner):
            return
        if found.after is None or found.after.rls_forced or end.owner in context.access.profile.trusted:
            return
        yield self.finding(
            table_ref(end),
            f"the policies of {end.schema}.{end.name} no longer bind its owner {end.owner}, "
            "nor the functions and views that run as it",
            at=step.statement.location,
            severity="warning",
            fix=Fix(sql=f"alter table {qualified(end.schema, end.name)} force row level security;"),
            key="force",
        )


def _switches_off(change: Change) -> bool:
    before, after = change.before, change.after
    return before is not None and after is not None and before.rls_enabled and not after.rls_enabled


def _disabled(before: Table | None, after: Table, step: Step) -> bool:
    """Whether it was on until now; for a table that no migration made, whether the statement says that it is off."""
    if after.rls_enabled:
        return False
    if before is not None and not before.assumed:
        return before.rls_enabled
    return after.assumed and after.rls_at == step.statement.location
