"""How long a block may run: nothing that a migration says makes the builder hang."""

from __future__ import annotations

from typing import Final

from policytool.catalog.build.state import State

STATEMENTS: Final = 10_000  # of one block
STATEMENTS_OF_ALL: Final = 100_000  # of all blocks of a build
ROWS: Final = 1_000_000


class Exhausted(Exception):
    """A block runs too long to be folded."""


class Budget:
    """How much may still be run; one for a whole build."""

    def __init__(self) -> None:
        self.statements = STATEMENTS_OF_ALL


class Meter:
    """Counts what one block runs, and takes it from the budget of the build."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._statements = STATEMENTS
        self._rows = ROWS

    def row(self) -> None:
        """Count one row of a query."""
        self._rows -= 1
        if self._rows < 0:
            raise Exhausted(f"stopped after {ROWS} rows")

    def statement(self) -> None:
        """Count one statement."""
        self._statements -= 1
        self.budget.statements -= 1
        if self._statements < 0 or self.budget.statements < 0:
            raise Exhausted(f"stopped after {STATEMENTS if self._statements < 0 else STATEMENTS_OF_ALL} steps")


def budget_of(state: State) -> Budget:
    """The budget of a build."""
    cache = state.caches.setdefault("blocks", {})
    return cache.setdefault("budget", Budget())  # type: ignore[no-any-return]


def keep(state: State, budget: Budget) -> None:
    """Keep the budget over a rollback, which drops what was derived from the state."""
    state.caches.setdefault("blocks", {})["budget"] = budget
