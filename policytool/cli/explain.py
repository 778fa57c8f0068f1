"""`policytool explain RULE`: the page of a rule."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policytool.cli.auditing import known_options, known_rules


@click.command("explain")
@click.argument("rule")
@known_options
def command(rule: str, config_path: Path | None, *, allow_rules: bool) -> int:
    """Print what RULE means, why it matters, and how to fix what it finds.

    \b
    policytool explain rls-disabled-exposed
    """
    from policytool.audit.registry import page, rule_named

    text = page(rule_named(rule, known_rules(config_path, allow_rules=allow_rules)))
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        click.echo(text, nl=False)
    return 0
