"""Tests as JSON, TAP, JUnit XML and Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree

from msgspec import Struct

from policytool.report.json import pretty
from policytool.report.test_text import row_of, tally
from policytool.report.words import count, printable
from policytool.testing.running.results import Result, TestRun

_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")
_LIMIT = 60_000  # GitHub refuses a comment of more than 65,536 characters


class Document(Struct, frozen=True, kw_only=True):
    """A run as other programs read it."""

    cases: tuple[Result, ...]
    passed: int
    failed: int
    skipped: int
    seconds: float
    servers: tuple[str, ...]
    notes: tuple[str, ...]
    untested: tuple[str, ...]  # tables that no policy test is about, where all tests are run


def render(run: TestRun, form: str) -> str:
    """The run in one format."""
    match form:
        case "tap":
            return "".join(f"{line}\n" for line in _tap(run))
        case "junit":
            return _junit(run)
        case "markdown":
            return _markdown(run)
    return pretty(document(run))


def document(run: TestRun) -> Document:
    """What `-f json` prints."""
    return Document(
        cases=run.results,
        passed=run.passed,
        failed=len(run.failed),
        skipped=len(run.skipped),
        seconds=round(run.seconds, 4),
        servers=run.servers,
        notes=run.notes,
        untested=run.untested,
    )


def details(result: Result) -> Iterator[tuple[str, str]]:
    """What is told of a failure, beside its name."""
    if result.actor:
        yield "who", f"{result.actor} ({result.role})"
    yield "expected", result.expected
    yield "got", result.outcome
    for label, text in (("so", result.problem), ("sql", result.sql), ("why", result.why)):
        if text:
            yield label, text
    if result.message and result.message not in result.problem:
        yield "error", result.message
    if result.row is not None:
        yield "row", row_of(result.row)


# --- TAP ------------------------------------------------------------------------------------------------------------


def _tap(run: TestRun) -> Iterator[str]:
    """Version 13: the details of a failure are YAML below it."""
    yield "TAP version 13"
    yield f"1..{len(run.results)}"
    for number, result in enumerate(run.results, start=1):
        name = _one_line(f"{result.file}:{result.line} {result.name}{_under(result)}").replace("#", r"\#")
        skip = f" # SKIP {_one_line(result.skipped)}" if result.skipped else ""
        yield f"{'ok' if result.passed else 'not ok'} {number} - {name}{skip}"
        if not result.passed:
            yield "  ---"
            for label, text in details(result):
                yield f"  {label}: {_quoted(text)}"
            yield "  ..."


def _under(result: Result) -> str:
    return f" [{result.grants}]" if result.grants else ""


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())


def _quoted(text: str) -> str:
    escaped = _one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# --- JUnit ----------------------------------------------------------------------------------------------------------


def _junit(run: TestRun) -> str:
    suites = ElementTree.Element("testsuites", name="policytool test")
    ordered = sorted(run.results, key=lambda r: (r.file, r.grants))
    for (file, grants), found in groupby(ordered, key=lambda r: (r.file, r.grants)):
        results = list(found)
        name = f"{file} [{grants}]" if grants else file
        suite = ElementTree.SubElement(suites, "testsuite", name=_clean(name))
        suite.attrib |= _counts(results)
        for result in results:
            suite.append(_case(result, name))
    suites.attrib |= {k: v for k, v in _counts(list(run.results)).items() if k != "time"}
    suites.set("time", f"{run.seconds:.4f}")
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _counts(results: list[Result]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(not r.passed for r in results)),
        "errors": "0",
        "skipped": str(sum(bool(r.skipped) for r in results)),
        "time": f"{sum(r.seconds for r in results):.4f}",
    }


def _case(result: Result, suite: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=_clean(suite), name=_clean(result.name))
    case.attrib |= {"file": _clean(result.file), "line": str(result.line), "time": f"{result.seconds:.4f}"}
    if result.skipped:
        ElementTree.SubElement(case, "skipped", message=_clean(result.skipped))
    elif not result.passed:
        said = result.problem or f"expected {result.expected}, got {result.outcome}"
        failure = ElementTree.SubElement(case, "failure", message=_clean(said))
        failure.text = _clean("\n".join(f"{label}: {text}" for label, text in details(result)))
    return case


def _clean(text: str) -> str:
    return text.translate(_UNPRINTABLE)


# --- Markdown -------------------------------------------------------------------------------------------------------


def _markdown(run: TestRun) -> str:
    mark = "\N{LARGE RED CIRCLE}" if run.failed else "\N{WHITE HEAVY CHECK MARK}"
    text = f"## policytool test: {mark} {tally(run).rpartition(' in ')[0]}\n"
    left = list(run.failed)
    while left and len(text) < _LIMIT:
        text += "".join(f"{line}\n" for line in _failed(left.pop(0)))
    if left:
        text += f"\n_{count(len(left), 'more failure')} left out to fit in a comment; run `policytool test`._\n"
    return text


def _failed(result: Result) -> Iterator[str]:
    yield f"\n<details open><summary><b>{_html(result.name + _under(result))}</b>: {_html(result.problem)}</summary>\n"
    yield f"`{result.file}:{result.line}`\n"
    fence = "`" * (max((len(run) for run in _ticks(result)), default=0) + 3)
    yield fence
    yield from (printable(f"{label}: {text}") for label, text in details(result))
    yield f"{fence}\n\n</details>"


def _ticks(result: Result) -> list[str]:
    text = "".join(text for _, text in details(result))
    return [run for run in "".join(c if c == "`" else " " for c in text).split() if run]


def _html(text: str) -> str:
    return _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
