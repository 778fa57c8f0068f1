"""The audit as Markdown for a pull request: the verdict, then what repeats folded away, within GitHub's limit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policytool.audit.outcome import Audit
from policytool.finding import SEVERITIES, Finding, Severity
from policytool.report.groups import Group, groups
from policytool.report.paths import in_repository
from policytool.report.words import count, printable, tally

LIMIT = 65_000  # GitHub refuses a comment of more than 65,536 characters
MARK: dict[Severity, str] = {
    "error": "\N{LARGE RED CIRCLE}",
    "warning": "\N{LARGE YELLOW CIRCLE}",
    "info": "\N{LARGE BLUE CIRCLE}",
}
SHOWN = 20  # findings of one rule that are told in full
_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~!])")


def render(audit: Audit) -> str:
    """The comment. Where it would be too long, what is least severe is left out, and the end says how much."""
    head = _head(audit)
    sections = list(_sections(audit))
    room = LIMIT - len(head) - 200
    kept: list[str] = []
    for section in sections:
        if len(section) > room:
            break
        room -= len(section)
        kept.append(section)
    left = len(sections) - len(kept)
    tail = f"\n_{count(left, 'more rule')} with findings left out to fit in a comment; run `policytool audit`._\n"
    return head + "".join(kept) + (tail if left else "")


def _head(audit: Audit) -> str:
    result, coverage = audit.result, audit.result.coverage
    worst = next((s for s in SEVERITIES if result.count(s)), None)
    verdict = "\N{WHITE HEAVY CHECK MARK} nothing found" if worst is None else f"{MARK[worst]} {tally(audit)}"
    tables = f"{count(len(coverage.tables), 'table')} audited, {coverage.clean:,} clean"
    open_ = [u for u in coverage.unmodelled if u.security and u.kind != "assumed"]
    missed = f" {count(len(open_), 'statement')} could not be analysed." if open_ else ""
    return f"## policytool: {verdict}\n\n{tables}.{missed}\n"


def _sections(audit: Audit) -> Iterator[str]:
    for group in groups(audit.result.findings):
        yield _section(audit, group)


def _section(audit: Audit, group: Group) -> str:
    shown = group.findings[:SHOWN]
    opened = " open" if group.severity == "error" else ""
    lines = [
        f"\n<details{opened}><summary>{MARK[group.severity]} <b>{group.rule}</b>: {_html(group.summary)}</summary>\n"
    ]
    lines += [_finding(finding) for finding in shown]
    if len(group.findings) > SHOWN:
        lines.append(f"- … and {len(group.findings) - SHOWN:,} more")
    return "\n".join([*lines, "\n</details>\n"])


def _finding(finding: Finding) -> str:
    place = finding.location
    where = f" `{_code(in_repository(place.path))}:{place.line}`" if place else ""
    lines = [f"- {_text(finding.message)}{where}"]
    lines += [f"  - {_text(related.message)}" for related in finding.related[:3]]
    if finding.fix is not None:
        fence = "```" if "```" not in finding.fix.sql else "````"
        body = "\n".join(f"  {line}" for line in finding.fix.sql.splitlines())
        lines.append(f"\n  {fence}sql\n{body}\n  {fence}")
    return "\n".join(lines)


def _text(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no mention of a person, no line of its own."""
    plain = _html(printable(" ".join(text.split())))
    return _SPECIAL.sub(r"\\\1", plain).replace("@", "@\N{ZERO WIDTH NON-JOINER}")


def _code(text: str) -> str:
    return text.replace("`", "'")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
