"""A diff as Markdown, made for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policytool.diff.access import NARROWER, WIDER
from policytool.diff.run import Diff
from policytool.report import diff_sql
from policytool.report.diff_access import sentences


def render(diff: Diff, *, access: bool = False) -> str:
    """A table of changes, and the SQL folded away."""
    if access:
        return "\n".join(_access(diff)) + "\n"
    proof = diff.verification
    unproved = [f"> **Not verified:** {_cell(problem)}" for problem in proof.problems] if proof is not None else []
    if not diff.changes:
        return "".join(f"{line}\n" for line in ("No change of the schema.", *unproved))
    lines = [f"### Schema: {_cell(diff.before)} → {_cell(diff.after)}", ""]
    lines += [f"> **This plan is not good:** {_cell(problem)}" for problem in diff.problems]
    lines += unproved
    if proof is not None and proof.passed:
        lines += [f"✅ {_cell(proof.sentence)}", ""]
    lines += [*_access(diff), ""]
    lines += ["| | what | hazards |", "|---|---|---|"]
    for change in diff.changes:
        hazards = "; ".join(f"**{hazard.name}** {_cell(hazard.message)}" for hazard in change.hazards)
        lines.append(f"| {change.action} | {change.kind} {_code(change.identity)} | {hazards} |")
    fence = "```"
    while fence in diff_sql.render(diff):
        fence += "`"
    lines += [
        "",
        "<details><summary>SQL</summary>",
        "",
        f"{fence}sql",
        diff_sql.render(diff).rstrip(),
        fence,
        "",
        "</details>",
    ]
    return "\n".join(lines) + "\n"


def _access(diff: Diff) -> Iterator[str]:
    cells = [cell for cell in diff.access if cell.verdict != "unchanged"]
    yield "#### Who may do what"
    yield ""
    if not cells:
        yield "Nobody gains or loses access."
    for verdicts, sign in ((WIDER, "🔓"), (NARROWER, "🔒")):
        chosen = [c for c in cells if c.verdict in verdicts and (sign == "🔓" or c.verdict != "changed")]
        for sentence, below in sentences(chosen):
            yield f"- {sign} **{_cell(sentence)}**"
            yield from (f"  - {_cell(line)}" for line in below)


def _cell(text: str) -> str:
    """Text that stays in its line and its cell, whatever is in it."""
    return re.sub(r"([|`*\[\]])", r"\\\1", " ".join(text.split())).replace("<", "&lt;")


def _code(text: str) -> str:
    return "`" + " ".join(text.split()).replace("|", "\\|").replace("`", "'") + "`"
