"""What came of cases, of policy test files and pgTAP suites alike."""

from __future__ import annotations

from msgspec import Struct


class Result(Struct, frozen=True, kw_only=True):
    """What came of a case. `skipped` says why it was not run; `problem` what is wrong, `why` what decided it."""

    file: str
    line: int
    name: str
    actor: str = ""
    role: str = ""
    grants: str = ""
    expected: str
    outcome: str
    passed: bool
    seconds: float = 0.0
    skipped: str = ""
    problem: str = ""
    sql: str = ""
    message: str = ""  # the server's error
    why: str = ""
    row: dict[str, str | None] | None = None


class TestRun(Struct, frozen=True, kw_only=True):
    """All that was run. `servers` says on what; `notes` what a reader should know."""

    __test__ = False  # pytest collects classes of this name

    results: tuple[Result, ...]
    servers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    untested: tuple[str, ...] = ()  # tables that no policy test is about, where all tests of a project are run
    seconds: float = 0.0

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.passed)

    @property
    def skipped(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.skipped)

    @property
    def passed(self) -> int:
        return len(self.results) - len(self.failed) - len(self.skipped)

    @property
    def by_grants(self) -> tuple[tuple[str, str], ...]:
        """Cases that pass under some grants only: file and name."""
        outcomes: dict[tuple[str, str], set[bool]] = {}
        for result in self.results:
            outcomes.setdefault((result.file, result.name), set()).add(result.passed)
        return tuple(key for key, seen in outcomes.items() if len(seen) > 1)
