"""Policy test files in pytest: a file is collected as a module, each of its cases as a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import (
    ExceptionChainRepr,
    ExceptionInfo,
    ReprEntryNative,
    ReprFileLocation,
    ReprTraceback,
    TerminalRepr,
)

from policytool.errors import PolicytoolError
from policytool.integrations.pytest_grounds import Grounds, configuration, loaded, platform_named, said
from policytool.integrations.pytest_saying import told
from policytool.testing.running.cases import Case, cases
from policytool.testing.running.collect import source_of
from policytool.testing.running.conduct import PROFILES
from policytool.testing.running.results import Result
from policytool.testing.running.run import Runner, prepared, started
from policytool.testing.suites.read import read_head, read_suite

if TYPE_CHECKING:
    from policytool.config import PlatformName
    from policytool.testing.suites.suite import Head, Suite

MARKER = "policytool"


class Failed(AssertionError):
    """A case that is not as expected."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.problem)
        self.result = result


class Profile:
    """A file on one platform: its suite, and what runs its cases, made when the first of them is run."""

    def __init__(self, suite: Suite, source: str | None, platform: PlatformName | None, grants: str) -> None:
        self.suite = suite
        self.grants = grants
        self._source = source
        self._platform = platform
        self._runner: Runner | PolicytoolError | None = None

    def run(self, case: Case, grounds: Grounds, file: PolicyFile) -> Result:
        """Try a case."""
        if self._runner is None:
            stack = ExitStack()
            file.addfinalizer(lambda: self._close(stack))
            try:
                self._runner = self._begun(grounds, stack)
            except PolicytoolError as error:
                self._runner = error  # it would fail again for every case
        if isinstance(self._runner, PolicytoolError):
            raise self._runner
        return self._runner.run(case)

    def _begun(self, grounds: Grounds, stack: ExitStack) -> Runner:
        place = grounds.place(self._source, self._platform)
        rows = stack.enter_context(prepared(place.ground, self.suite))
        return stack.enter_context(started(rows, grants=self.grants))

    def _close(self, stack: ExitStack) -> None:
        self._runner = None
        stack.close()


class PolicyFile(pytest.Module):
    """A `*.policy.yaml`."""

    obj = None  # no module is imported for it

    def collect(self) -> Iterator[PolicyCase]:
        """Its cases, for each profile of grants that it asks for."""
        try:
            yield from self._cases()
        except PolicytoolError as error:
            raise self.CollectError(said(error)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise self.CollectError(f"{self.path}: cannot be read: {error}") from None

    def _cases(self) -> Iterator[PolicyCase]:
        text = self.path.read_text(encoding="utf-8")
        path = os.path.relpath(self.path)
        head = read_head(path, text)
        source = source_of_file(self.config, self.path, head)
        for platform, grants in _profiles(self.config, head, source):
            built = loaded(self.config, source, platform).built
            exposed = built.platform.exposed_schemas or ("public",)
            suite = read_suite(path, text, built.catalog, schemas=exposed)
            profile = Profile(suite, source, platform, grants)
            for case in cases(suite, built.catalog):
                name = f"{case.name}[{grants}]" if head.grants == "both" and grants else case.name
                yield PolicyCase.from_parent(self, name=name, callobj=_runs(case, profile, self))


def source_of_file(config: pytest.Config, path: Path, head: Head) -> str | None:
    """The migrations that a file is for: as it says, as the ini file says, or those of its project."""
    if head.migrations is None and config.getini("policytool_source"):
        return None
    return source_of(path, head.migrations, configuration(config))


def _profiles(config: pytest.Config, head: Head, source: str | None) -> Iterator[tuple[PlatformName | None, str]]:
    """The platforms that a file is for; new tables are granted to the API roles or not, or it is tried both ways."""
    named = platform_named(head.platform)
    chosen = loaded(config, source, named).built.platform
    if chosen.family != "supabase" or head.grants is None:
        yield named, ""
        return
    for grants in PROFILES if head.grants == "both" else (head.grants,):
        yield PROFILES[grants], grants


def _runs(case: Case, profile: Profile, file: PolicyFile) -> Any:
    def run(policytool_grounds: Grounds) -> None:
        try:
            result = profile.run(case, policytool_grounds, file)
        except PolicytoolError as error:
            pytest.fail(said(error), pytrace=False)
        if not result.passed:
            raise Failed(result)

    run.at = case.at  # type: ignore[attr-defined]
    return pytest.mark.policytool(run)


class PolicyCase(pytest.Function):
    """One case of a file."""

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where the file says so."""
        return self.path, self.obj.at.line - 1, self.name

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """A case that failed is told in words, without a traceback through us."""
        if not isinstance(excinfo.value, Failed):
            return super().repr_failure(excinfo)
        result = excinfo.value.result
        place = ReprFileLocation(result.file, result.line, result.problem)
        trace = ReprTraceback([ReprEntryNative(explained(result).splitlines(keepends=True))], None, "native")
        return ExceptionChainRepr([(trace, place, None)])


def explained(result: Result) -> str:
    """All that is known of a failure."""
    who = f"{result.actor} ({result.role})" if result.actor else ""
    facts = {
        "who": f"{who}, {result.grants} grants" if result.grants else who,
        "sql": result.sql,
        "expected": result.expected,
        "got": result.outcome,
        "error": result.message if result.message not in result.problem else "",
        "why": result.why,
    }
    return f"{result.file}:{result.line}: {told(result.problem, facts, result.row)}\n"
