"""One comment for a pull request: the verdict, who gains or loses what, policy tests, findings."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from msgspec import Struct

from policytool.audit.outcome import Audit
from policytool.diff.access import WIDER
from policytool.diff.run import Diff
from policytool.report import diff_json, diff_markdown, markdown, test_document
from policytool.report import junit as audit_junit
from policytool.report.document import document as audit_document
from policytool.report.json import pretty
from policytool.report.words import count, printable
from policytool.testing.running.results import TestRun

MARKER = "<!-- policytool: one comment, kept up to date -->"
ACCESS_ROOM = 15_000  # characters; findings come last and get the rest
TESTS_ROOM = 12_000


class Review(Struct, frozen=True, kw_only=True):
    """What was looked at. No diff where there was nothing to compare with, no tests where there are none.

    `untested` says why tests that there are could not be run, `code` what the program would have ended with for it.
    """

    audit: Audit
    diff: Diff | None = None
    tests: TestRun | None = None
    untested: str = ""
    code: int = 0


def render(review: Review) -> str:
    """The comment, within GitHub's limit: the verdict, who gains or loses what, the policy tests, the findings."""
    verdict, fold, findings = markdown.render(review.audit).partition("\n<details")
    first, _, rest = verdict.partition("\n")
    head = f"{MARKER}\n{first}{_tested(review)}\n{rest}\n{_head(review)}\n"
    if review.diff is not None:
        head += f"\n{_cut(diff_markdown.render(review.diff, access=True), ACCESS_ROOM)}"
    if review.tests is not None:
        told = test_document.render(review.tests, "markdown").replace("## policytool test", "#### Policy tests", 1)
        head += f"\n{_cut(told, TESTS_ROOM)}"
    elif review.untested:
        head += f"\n#### Policy tests\n\nThey could not be run: {markdown_text(review.untested)}\n"
    return head + _cut(fold + findings, markdown.LIMIT - len(head))


def _tested(review: Review) -> str:
    """What the first line must not hide."""
    if review.tests is not None and review.tests.failed:
        return f"; {markdown.MARK['error']} {count(len(review.tests.failed), 'policy test')} failed"
    return f"; {markdown.MARK['error']} policy tests could not be run" if review.untested else ""


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]#|~!<>])", r"\\\1", printable(" ".join(text.split())))


def _head(review: Review) -> str:
    since = review.audit.since
    compared = f"Compared with `{_code(since.ref)}` ({since.commit[:10]}). " if since else ""
    warned = " **Somebody may do more than before.**" if _wider(review.diff) else ""
    return f"{compared}Platform {review.audit.platform.name}.{warned}"


def _wider(diff: Diff | None) -> bool:
    return diff is not None and any(cell.verdict in WIDER for cell in diff.access)


def _cut(text: str, room: int) -> str:
    """As many whole lines as there is room for; a folded part that was begun is closed."""
    if len(text) <= room:
        return text
    kept = text[: room - 200].rpartition("\n")[0]
    opened, fenced = kept.count("<details"), kept.count("\n  ```")
    ends = "\n  ```" * (fenced % 2) + "\n\n</details>" * (opened - kept.count("</details>"))
    left = text[len(kept) :].count("\n")
    return f"{kept}{ends}\n\n_{count(left, 'more line')} left out to fit in a comment; run `policytool ci`._\n"


def _code(text: str) -> str:
    return " ".join(text.split()).replace("`", "'")


def document(review: Review) -> str:
    """The same for programs: each part as `audit`, `diff` and `test` have it with `-f json`."""
    access = () if review.diff is None else diff_json.document(review.diff).access
    hazards = [] if review.diff is None else sorted(review.diff.hazards)
    tests = None if review.tests is None else test_document.document(review.tests)
    return pretty({
        "audit": audit_document(review.audit), "access": access, "hazards": hazards, "tests": tests,
        "untested": review.untested or None,
    })  # fmt: skip


def junit(review: Review, fail_on: str) -> str:
    """One JUnit file for findings and tests."""
    whole = ElementTree.fromstring(audit_junit.render(review.audit, fail_on))
    if review.tests is not None:
        part = ElementTree.fromstring(test_document.render(review.tests, "junit"))
        whole.extend(part)
        for name in ("tests", "failures", "errors"):
            whole.set(name, str(int(whole.get(name, "0")) + int(part.get(name, "0"))))
    ElementTree.indent(whole)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(whole, encoding="unicode") + "\n"
