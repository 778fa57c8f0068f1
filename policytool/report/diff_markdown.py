"""A diff as Markdown, made for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policytool.diff.access import NARROWER, WIDER
from policytool.diff.run import Diff
from policytool.report import diff_sql
from policytool.report.diff_access import sentences
from policytool.report.markdown import LIMIT


def render(diff: Diff, *, access: bool = False) -> str:
    """Who may do what, a table of changes, and the SQL folded away. What would be too long for a comment is left out,
    the SQL first, and it is said."""
    if access:
        return _fitted(list(_access(diff)), LIMIT)
    proof = diff.verification
    unproved = [f"> **Not verified:** {_cell(problem)}" for problem in proof.problems] if proof is not None else []
    if not diff.changes:
        return "".join(f"{line}\n" for line in ("No change of the schema.", *unproved))
    lines = [f"### Schema: {_cell(diff.before)} → {_cell(diff.after)}", ""]
    lines += [f"> **This plan is not good:** {_cell(problem)}" for problem in diff.problems]
    lines += unproved
    lines += [f"> **{hazard.name}** {_cell(hazard.message)}" for hazard in diff.overall]
    if proof is not None and proof.passed:
        lines += [f"✅ {_cell(proof.sentence)}", ""]
    told = _fitted([*lines, *_access(diff), ""], LIMIT // 2) + _fitted(list(_table(diff)), LIMIT // 2)
    sql = _sql(diff_sql.render(diff).rstrip())
    return told + (sql if len(told) + len(sql) <= LIMIT else "\n_The SQL is too long for a comment: `-f sql`._\n")


def _fitted(lines: list[str], room: int) -> str:
    """As many lines as there is room for; the last one says how many are not there."""
    kept: list[str] = []
    room -= 100
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    left = len(lines) - len(kept)
    return "".join(f"{line}\n" for line in kept) + (
        f"\n_{left} more lines do not fit in a comment._\n\n" if left else ""
    )


def _table(diff: Diff) -> Iterator[str]:
    yield from ("| | what | hazards |", "|---|---|---|")
    for change in diff.changes:
        aside = ["not run without `--allow-drops`"] if change.withheld else []
        hazards = "; ".join([*aside, *(f"**{hazard.name}** {_cell(hazard.message)}" for hazard in change.hazards)])
        yield f"| {change.action} | {change.kind} {_code(change.identity)} | {hazards} |"


def _sql(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"\n<details><summary>SQL</summary>\n\n{fence}sql\n{text}\n{fence}\n\n</details>\n"


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
