"""A table was open to clients until a later migration enabled its row level security."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.lives import changed, life
from policytool.access.reachers import can_do, grants_of, reachers
from policytool.catalog.model import Table
from policytool.finding import Finding, Related, table_ref
from policytool.rule import Context, StatementRule, Step


class RlsWindow(StatementRule):
    """A table was open to clients until a later migration enabled its row level security."""

    name = "rls-window"
    severity = "info"
    cwe = 362

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Tables that an earlier file made and left open, the first time that row level security is enabled."""
        for change, before, after in changed(step, "tables"):
            if before is None or after is None or before.rls_enabled or not after.rls_enabled:
                continue
            if after.origin is not None or before.assumed or after.assumed:
                continue
            if context.history.born_in_file("tables", change.key, step):
                continue
            found = life(context.history, "tables", change.key, step)
            states = context.history.timeline("tables", change.key, step)
            earlier = [c.after for c in states if c.statement < step.ordinal and c.after is not None]
            end: Table | None = found.end
            if end is None or not end.rls_enabled or any(t.rls_enabled for t in earlier):
                continue
            opened = reachers(found.before, context.access) if found.before is not None else ()
            if opened:
                can = can_do(opened, f"every row of {end.schema}.{end.name}")
                yield self.finding(
                    table_ref(end),
                    f"where migrations are deployed one by one, {can} until this statement: "
                    "row level security was not enabled in the file that made the table",
                    at=step.statement.location,
                    because=(
                        Related(message="the table was made here", location=found.before.made),
                        *grants_of(opened, found.before, context.access),
                    ),
                )
