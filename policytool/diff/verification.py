"""What came of running a plan on a throwaway server."""

from __future__ import annotations

from msgspec import Struct


class Verification(Struct, frozen=True, kw_only=True):
    """`problems` say where the server and the plan disagree; without any, the plan does what it says."""

    server: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    statements: int = 0
    tables: int = 0  # that had rows when the plan began
    rows: int = 0

    @property
    def passed(self) -> bool:
        """Whether the plan is proved."""
        return not self.problems

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        if not self.passed:
            return f"not verified: {self.problems[0]}"
        held = f"{_many(self.rows, 'row')} in {_many(self.tables, 'table')}" if self.rows else "no rows"
        return f"verified on {self.server}: {_many(self.statements, 'statement')} run, with {held}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
