"""What came of a pgTAP suite, as results beside those of policy test files."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.testing.pgtap import Assertion, Fault, SuiteResult
from policytool.testing.running.results import Result


def results_of(suite: SuiteResult, grants: str = "") -> Iterator[Result]:
    """A result for each assertion, and for each error that no assertion tells."""
    if suite.preparation and suite.passed:
        return
    if suite.skipped:
        yield Result(
            file=suite.path, line=0, name="(all)", grants=grants, expected="ok", outcome="skipped", passed=True,
            skipped=suite.skipped, seconds=suite.seconds,
        )  # fmt: skip
    yield from (_assertion(suite, assertion, grants) for assertion in suite.assertions)
    yield from (_fault(suite, fault, grants) for fault in suite.errors)
    if suite.bail_out is not None:
        yield Result(
            file=suite.path, line=0, name="(bail out)", grants=grants, expected="ok", outcome="bail out", passed=False,
            problem=suite.bail_out or "the suite gives up",
        )  # fmt: skip


def _assertion(suite: SuiteResult, assertion: Assertion, grants: str) -> Result:
    skipped = assertion.directive == "skip"
    outcome = "ok" if assertion.ok else "not ok"
    return Result(
        file=assertion.path or suite.path,
        line=assertion.line,
        name=assertion.description or f"test {assertion.number}",
        grants=grants,
        expected="ok",
        outcome="skipped" if skipped else f"{outcome}{' (todo)' if assertion.directive == 'todo' else ''}",
        passed=assertion.passed,
        skipped=(assertion.reason or "skipped") if skipped else "",
        problem="" if assertion.passed else "\n".join(d.removeprefix("# ") for d in assertion.diagnostics) or outcome,
        seconds=assertion.seconds,
    )


def _fault(suite: SuiteResult, fault: Fault, grants: str) -> Result:
    state = f" ({fault.sqlstate})" if fault.sqlstate else ""
    return Result(
        file=fault.path or suite.path,
        line=fault.line,
        name="(error)",
        grants=grants,
        expected="ok",
        outcome="error",
        passed=False,
        problem=fault.message + state,
        message=fault.message,
        why="; ".join(part for part in (fault.detail, fault.hint) if part),
    )
