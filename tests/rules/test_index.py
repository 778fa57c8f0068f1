"""docs/rules.md lists every rule."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from policytool.audit.registry import all_rules, title
from policytool.audit.splinter import lints
from policytool.finding import CONCERNS
from policytool.rule import Rule

INDEX = Path(__file__).parents[2] / "docs" / "rules.md"
MEANINGS = {
    "security": "What leaks, or can be written by whom it should not",
    "correctness": "What does not work as it says",
    "availability": "Migrations that stop others, lose data, or fail",
    "performance": "What is slow",
}


def lines() -> Iterator[str]:
    """The page as it should be."""
    yield "# Rules"
    yield ""
    yield "`policytool explain RULE` prints the page of a rule: why it matters, the SQL that is wrong, its fix, limits."
    yield "Those marked *auditor* are off unless they are named with `--select` or `--persona auditor` is given; those"
    yield "marked *live* need a database that runs."
    for concern in CONCERNS:
        yield from ("", f"## {MEANINGS[concern]}", "", "| rule | severity | |", "|---|---|---|")
        yield from (row(rule) for rule in all_rules() if rule.concern == concern)
    yield from ("", "## The lints of Supabase's advisor", "", "| lint | rule |", "|---|---|")
    for lint in lints():
        yield f"| {lint.name} | {', '.join(lint.rules)}{' *(live)*' if lint.live else ''} |"


def row(rule: Rule) -> str:
    marks = [word for word, on in (("auditor", rule.persona == "auditor"), ("live", rule.live)) if on]
    page = f"../policytool/rules/{rule.name.replace('-', '_')}.md"
    return f"| [{rule.name}]({page}) | {rule.severity}{''.join(f' *{m}*' for m in marks)} | {title(rule)} |"


def test_the_index_lists_every_rule() -> None:
    """The page is what the rules say; UPDATE_DOCS=1 writes it."""
    wanted = "\n".join(lines()) + "\n"
    if os.environ.get("UPDATE_DOCS"):
        INDEX.write_text(wanted, encoding="utf-8")
    assert INDEX.read_text(encoding="utf-8") == wanted


def test_every_lint_of_the_advisor_has_its_rule() -> None:
    """Those that a catalog decides, and those that need a live database."""
    assert [lint.name for lint in lints() if not lint.rules] == []
