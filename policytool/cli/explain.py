"""`policytool explain RULE`: the page of a rule."""

from __future__ import annotations

import sys

import click


@click.command("explain")
@click.argument("rule")
def command(rule: str) -> int:
    """Print what RULE means, why it matters, and how to fix what it finds.

    \b
    policytool explain rls-disabled-exposed
    """
    from policytool.audit.registry import page, rule_named

    text = page(rule_named(rule))
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        click.echo(text, nl=False)
    return 0
