"""A diff as Markdown, made for a pull request."""

from __future__ import annotations

from policytool.diff.run import Diff
from policytool.report import diff_sql


def render(diff: Diff, *, access: bool = False) -> str:
    """A table of changes, and the SQL folded away."""
    if not diff.changes:
        return "No change of the schema.\n"
    lines = [f"### Schema: {_cell(diff.before)} → {_cell(diff.after)}", ""]
    lines += [f"> **This plan is not good:** {_cell(problem)}" for problem in diff.problems]
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


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    return f"`{_cell(text).replace('`', chr(39))}`"
