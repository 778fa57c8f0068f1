"""One comment for a pull request: the verdict, who gains or loses what, the findings."""

from __future__ import annotations

from msgspec import Struct

from policytool.audit.outcome import Audit
from policytool.diff.access import WIDER
from policytool.diff.run import Diff
from policytool.report import diff_json, diff_markdown, markdown
from policytool.report.document import document as audit_document
from policytool.report.json import pretty
from policytool.report.words import count

MARKER = "<!-- policytool: one comment, kept up to date -->"
ACCESS_ROOM = 15_000  # characters; findings come last and get the rest


class Review(Struct, frozen=True, kw_only=True):
    """What was looked at. No diff where there was nothing to compare with."""

    audit: Audit
    diff: Diff | None = None


def render(review: Review) -> str:
    """The comment, within GitHub's limit: the verdict first, then who gains or loses what, then the findings."""
    verdict, fold, findings = markdown.render(review.audit).partition("\n<details")
    head = f"{MARKER}\n{verdict}\n{_head(review)}\n"
    if review.diff is not None:
        head += f"\n{_cut(diff_markdown.render(review.diff, access=True), ACCESS_ROOM)}"
    return head + _cut(fold + findings, markdown.LIMIT - len(head))


def _head(review: Review) -> str:
    since = review.audit.since
    compared = f"Compared with `{_code(since.ref)}` ({since.commit[:10]}). " if since else ""
    wider = _wider(review.diff)
    warned = " **Somebody may do more than before.**" if wider else ""
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
    """The same for programs: the audit as `audit -f json` has it, the changes of access as `diff -f json` has them."""
    access = () if review.diff is None else diff_json.document(review.diff).access
    hazards = () if review.diff is None else sorted(review.diff.hazards)
    return pretty({"audit": audit_document(review.audit), "access": access, "hazards": list(hazards)})
