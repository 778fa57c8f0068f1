"""`policytool rules`: the list of rules."""

from __future__ import annotations

import click


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
def command(form: str) -> int:
    """List every rule with its severity and title.

    \b
    policytool rules
    policytool rules -f json
    """
    import msgspec

    from policytool.audit.registry import all_rules, title

    rows = [
        {"name": r.name, "severity": r.severity, "confidence": r.confidence, "persona": r.persona, "title": title(r),
         "splinter": r.splinter, "cwe": r.cwe}
        for r in all_rules()
    ]  # fmt: skip
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return 0
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['severity']:<8} {row['title']}")
    return 0
