"""A table is locked against everybody while the same transaction does slow work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policytool.access.migrations import file_ref, slow_work
from policytool.catalog.locks import Lock
from policytool.catalog.model import Name
from policytool.finding import Finding, Related, lowered
from policytool.rule import Context, StatementRule, Step


class _Held(NamedTuple):
    table: Name
    step: Step


class WorkUnderExclusiveLock(StatementRule):
    """A table is locked against everybody while the same transaction does slow work."""

    name = "work-under-exclusive-lock"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Once for each transaction: the first slow statement after another that locked a table in use.

        Where the slow one is an index or a constraint, rules of their own want it elsewhere: this is info.
        """
        unit = context.history.unit(step)
        if not unit.transaction or step.ordinal != unit.steps[0].ordinal:
            return
        held: list[_Held] = []
        found: dict[bool, Finding] = {}
        for later in unit.steps:
            own = [t.key for t in context.history.locks(later) if t.lock is Lock.ACCESS_EXCLUSIVE]
            waiting = [h for h in held if h.table not in own]
            if waiting and (work := slow_work(later, context.history)) is not None:
                found.setdefault(work[1], self._found(later, work, waiting[0], unit.why))
            held += [_Held(key, later) for key in own if _in_use(key, later, context)]
        if found:
            yield found.get(True) or found[False]

    def _found(self, step: Step, work: tuple[str, bool], held: _Held, why: str) -> Finding:
        table = ".".join(held.table)
        return self.finding(
            file_ref(step),
            f"nobody can read or write {table} while {work[0]}: give that a file of its own",
            at=step.statement.location,
            severity=self.severity if work[1] else lowered(self.severity),
            because=(Related(message=f"{table} is locked from here on; {why}", location=held.step.statement.location),),
            key=table,
        )


def _in_use(key: Name, step: Step, context: Context) -> bool:
    table = context.history.before("tables", key, step)
    own = table is not None and table.origin is None and key[0] != "pg_temp"
    return own and not context.history.born_in_file("tables", key, step)
