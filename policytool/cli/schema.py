"""`policytool schema`: the JSON Schema of what policytool writes and reads."""

from __future__ import annotations

import click


@click.command("schema")
@click.argument(
    "what",
    type=click.Choice(
        [
            "audit",
            "diff",
            "matrix",
            "report",
            "fleet",
            "why",
            "mutation",
            "catalog",
            "configuration",
            "policy-test",
            "test",
        ]
    ),
)
def command(what: str) -> int:
    """Print the JSON Schema of what policytool writes, of its configuration file, or of policy tests, for an editor.

    \b
    policytool schema audit
    policytool schema configuration > policytool.schema.json
    """
    from policytool.report.json import pretty
    from policytool.report.schemas import schema

    click.echo(pretty(schema(what)), nl=False)
    return 0
