"""What became of a pgTAP suite: its assertions, its plan, and the errors that no assertion tells."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Directive = Literal["", "todo", "skip"]


class Assertion(Struct, frozen=True, kw_only=True):
    """One line of TAP that says ok or not ok, with the comments behind it and the statement that printed it."""

    number: int
    ok: bool
    description: str = ""
    directive: Directive = ""
    reason: str = ""
    diagnostics: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """What is yet to be done may fail."""
        return self.ok or self.directive == "todo"

    @property
    def surprising(self) -> bool:
        """It was expected to fail, and passes."""
        return self.ok and self.directive == "todo"


class Fault(Struct, frozen=True, kw_only=True):
    """Why a suite fails apart from its assertions: an error of SQL, or of the plan."""

    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    sqlstate: str = ""
    detail: str = ""
    hint: str = ""


class SuiteResult(Struct, frozen=True, kw_only=True):
    """One file. `plan` is the number of tests that it announced; `skipped` is why it ran none of them.

    A file that plans nothing and asserts nothing prepares others: `preparation`.
    """

    path: str
    plan: int | None = None
    skipped: str = ""
    preparation: bool = False
    assertions: tuple[Assertion, ...] = ()
    errors: tuple[Fault, ...] = ()
    bail_out: str | None = None
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def failed(self) -> tuple[Assertion, ...]:
        """The assertions that fail and were not expected to."""
        return tuple(a for a in self.assertions if not a.passed)

    @property
    def passed(self) -> bool:
        """Whether pg_prove would be content."""
        return not self.errors and not self.failed and self.bail_out is None
