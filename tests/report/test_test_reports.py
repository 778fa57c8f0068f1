"""Reports of tests: what a name or a message holds does not break the format, nor drive the terminal."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from policytool.report.test_document import render
from policytool.report.test_text import TextReport, tally
from policytool.testing.running.results import Result, TestRun

NASTY = 'a "b" <c> & # ```` \x1b[31m\x00 | é'


def result(name: str = "one", **more: object) -> Result:
    given = {"expected": "denied", "outcome": "denied", "passed": True, "file": "a.policy.yaml", "line": 3, **more}
    return Result(name=name, **given)  # type: ignore[arg-type]


FAILED = result(
    NASTY, outcome="allowed", passed=False, actor="sam", role="authenticated", problem=NASTY, sql=f"select '{NASTY}'",
    why=NASTY, row={"id": "1", "body": "x" * 99, "gone": None}, message=NASTY,
)  # fmt: skip
SKIPPED = result("later", skipped="not yet", outcome="skipped")
RUN = TestRun(results=(result(), FAILED, SKIPPED), seconds=1.5, servers=("a server",), notes=("a note",))


def text(run: TestRun, *, verbosity: int = 0, colour: bool = False) -> str:
    pieces: list[str] = []
    report = TextReport(pieces.append, verbosity=verbosity, colour=colour)
    for server in run.servers:
        report.begun(server)
    for each in run.results:
        report.seen(each)
    report.ended(run)
    return "".join(pieces)


def test_text_fits_and_is_printable() -> None:
    """Dots, the failure, the sum; no line is wider than 80, nothing moves the cursor."""
    shown = text(RUN)
    assert "a.policy.yaml .Fs\n" in shown
    assert "1 failed, 1 passed, 1 skipped in 1.50 s" in shown
    assert "\x1b" not in shown
    assert "\x00" not in shown
    assert f"body={'x' * 39}…, gone=null" in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 80
    assert text(RUN, verbosity=-1).count("\n") < shown.count("\n")
    assert "a.policy.yaml:3 later SKIPPED" in text(RUN, verbosity=1)
    assert "\x1b[31mFAILED" in text(RUN, colour=True)


def test_a_long_file_has_more_lines() -> None:
    """Of 80 columns each."""
    lines = text(TestRun(results=(result(),) * 200)).splitlines()
    assert [len(line) for line in lines[:3]] == [80, 80, 54]


def test_tap_keeps_to_its_lines() -> None:
    """A name cannot begin a directive; details are YAML."""
    lines = render(RUN, "tap").splitlines()
    assert lines[:2] == ["TAP version 13", "1..3"]
    assert lines[2] == "ok 1 - a.policy.yaml:3 one"
    assert lines[3].startswith("not ok 2 - ")
    assert "\\#" in lines[3]
    assert lines[-1] == "ok 3 - a.policy.yaml:3 later # SKIP not yet"
    assert lines[4] == "  ---"


def test_junit_is_xml() -> None:
    """With its counts."""
    root = ElementTree.fromstring(render(RUN, "junit"))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "1", "1")
    assert [case.get("line") for case in root.iter("testcase")] == ["3", "3", "3"]


def test_markdown_is_one_comment() -> None:
    """However many failures there are; nothing of a name is HTML or ends the block."""
    shown = render(RUN, "markdown")
    assert "1 failed, 1 passed, 1 skipped" in shown
    assert "&lt;c&gt;" in shown
    assert "`````" in shown
    many = render(TestRun(results=(FAILED,) * 3000), "markdown")
    assert len(many) < 65_536
    assert "left out to fit in a comment" in many


@pytest.mark.parametrize(("passed", "said"), [(True, "1 passed in 0.00 s"), (False, "1 failed in 0.00 s")])
def test_the_sum(passed: bool, said: str) -> None:
    """Only what there is."""
    assert tally(TestRun(results=(result(passed=passed),))) == said
