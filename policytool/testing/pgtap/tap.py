"""Reads the Test Anything Protocol: plans, assertions, directives, diagnostics, and whether they fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import structs

from policytool.testing.pgtap.result import Assertion, Directive, Fault

_PLAN: Final = re.compile(r"1\.\.(?P<count>\d+)\s*(?:#\s*skip\S*\s*(?P<why>.*))?\Z", re.IGNORECASE)
_TEST: Final = re.compile(r"(?P<not>not )?ok\b(?:\s+(?P<number>\d+))?(?P<rest>.*)\Z", re.DOTALL)
_DIRECTIVE: Final = re.compile(r"(?<!\\)#\s*(?P<kind>todo|skip)\S*\s*(?P<why>.*)\Z", re.IGNORECASE | re.DOTALL)
_BAIL_OUT: Final = re.compile(r"Bail out!\s*(?P<why>.*)\Z")
_SUMMARY: Final = re.compile(r"#\s*Looks like you ")


class Place(NamedTuple):
    """The statement that a line came from, and how long it took."""

    path: str = ""
    line: int = 0
    seconds: float = 0.0


class Tap:
    """What has been printed so far."""

    def __init__(self) -> None:
        self.assertions: list[Assertion] = []
        self.comments: list[str] = []
        self.plans: list[int] = []
        self.skipped = ""
        self.bail_out: str | None = None
        self._planned_at: list[int] = []
        self._numbers: list[int] = []
        # The lines of a subtest, for the assertion about all of it that comes after them.
        self._subtest: list[str] = []

    def read(self, output: str, place: Place) -> None:
        """Take in the output of one statement; what is no TAP is passed over, as by every reader of it."""
        fresh = False
        lines = output.split("\n")
        place = place._replace(seconds=place.seconds / max(sum(_TEST.match(line) is not None for line in lines), 1))
        for line in lines:
            text = line.rstrip("\r")
            if match := _TEST.match(text):
                self._test(match, place)
                fresh = True
            elif match := _PLAN.match(text):
                self._plan(int(match["count"]), match["why"])
            elif match := _BAIL_OUT.match(text):
                self.bail_out = match["why"].strip()
            elif text.startswith("# Subtest"):
                self._subtest, fresh = [text[2:]], False
            elif text.startswith("    "):
                self._subtest.append(text)
            elif text.startswith("#"):
                self._comment(text, fresh)

    def faults(self) -> Iterator[Fault]:
        """Where the plan and what was run do not fit."""
        ran = len(self.assertions)
        if self.bail_out is not None:
            return
        if not self.plans:
            yield Fault(message="no plan was printed", hint="plan(n) comes first; after no_plan(), finish() prints it")
        elif len(self.plans) > 1:
            yield Fault(message=f"{len(self.plans)} plans were printed", hint="plan or finish once")
        elif not 0 < self._planned_at[0] < ran and self.plans[0] != ran:
            tests = "test" if self.plans[0] == 1 else "tests"
            yield Fault(message=f"planned {self.plans[0]} {tests} but ran {ran}")
        elif 0 < self._planned_at[0] < ran:
            yield Fault(message="the plan was printed in the midst of the tests")
        if self._numbers != list(range(1, len(self._numbers) + 1)):
            wrong = next(n for n, number in enumerate(self._numbers, 1) if n != number)
            yield Fault(message=f"tests out of sequence: found {self._numbers[wrong - 1]} but expected {wrong}")

    def _test(self, match: re.Match[str], place: Place) -> None:
        number = int(match["number"] or len(self.assertions) + 1)
        text, directive, reason = match["rest"], "", ""
        if found := _DIRECTIVE.search(text):
            text, directive, reason = text[: found.start()], found["kind"].lower(), found["why"].strip()
            if directive == "todo" and (skip := _DIRECTIVE.search(reason)):
                reason = reason[: skip.start()].strip()
        kinds: dict[str, Directive] = {"todo": "todo", "skip": "skip"}
        self._numbers.append(number)
        self.assertions.append(
            Assertion(
                number=number,
                ok=match["not"] is None,
                description=re.sub(r"^\s*-\s+|^\s+", "", text).rstrip(),
                directive=kinds.get(directive, ""),
                reason=reason,
                diagnostics=() if match["not"] is None else tuple(self._subtest),
                path=place.path,
                line=place.line,
                seconds=place.seconds,
            )
        )
        self._subtest = []

    def _plan(self, count: int, why: str | None) -> None:
        self.plans.append(count)
        self._planned_at.append(len(self.assertions))
        if count == 0:
            self.skipped = (why or "").strip() or "no tests"

    def _comment(self, text: str, fresh: bool) -> None:
        said = re.sub(r"^#\s?", "", text)
        if fresh and not _SUMMARY.match(text):
            last = self.assertions[-1]
            self.assertions[-1] = structs.replace(last, diagnostics=(*last.diagnostics, said))
        else:
            self.comments.append(said)
