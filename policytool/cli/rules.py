"""`policytool rules`: the list of rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policytool.cli.auditing import known_options, known_rules

if TYPE_CHECKING:
    from policytool.rule import Rule


@click.command("rules")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the list.",
)
@click.option("--splinter", is_flag=True, help="The lints of Supabase's advisor, and the rule that covers each.")
@known_options
def command(form: str, splinter: bool, config_path: Path | None, *, allow_rules: bool) -> int:
    """List every rule with its severity and title.

    \b
    policytool rules
    policytool rules --splinter
    policytool rules -f json
    """
    from policytool.report.json import pretty

    if splinter:
        from policytool.audit.splinter import lints

        click.echo(pretty(lints()) if form == "json" else "\n".join(_lints()) + "\n", nl=False)
    else:
        rules = known_rules(config_path, allow_rules=allow_rules)
        click.echo(pretty(_documents(rules)) if form == "json" else "\n".join(_rules(rules)) + "\n", nl=False)
    return 0


def _documents(rules: Sequence[Rule]) -> list[dict[str, object]]:
    from policytool.audit.registry import title

    return [
        {"name": r.name, "severity": r.severity, "confidence": r.confidence, "concern": r.concern,
         "persona": r.persona, "title": title(r), "splinter": r.splinter, "cwe": r.cwe}
        for r in rules
    ]  # fmt: skip


def _rules(rules: Sequence[Rule]) -> Iterator[str]:
    from policytool.audit.registry import title

    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        only = " (auditor)" if rule.persona == "auditor" else ""
        yield f"{rule.name:<{width}}  {rule.severity:<8} {title(rule)}{only}"


def _lints() -> Iterator[str]:
    from policytool.audit.splinter import lints

    width = max(len(lint.name) for lint in lints())
    for lint in lints():
        covered = ", ".join(lint.rules) or "no rule"
        yield f"{lint.name:<{width}}  {covered}{'  (needs a live database)' if lint.live else ''}"
