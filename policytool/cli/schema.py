"""`policytool schema`: the JSON Schema of what policytool writes and reads."""

from __future__ import annotations

import click


@click.command("schema")
@click.argument("what", type=click.Choice(["audit", "diff", "matrix", "catalog", "configuration"]))
def command(what: str) -> int:
    """Print the JSON Schema of an audit, of a diff, of a matrix, of a catalog, or of the configuration file.

    \b
    policytool schema audit
    policytool schema configuration > policytool.schema.json
    """
    from policytool.report.json import pretty
    from policytool.report.schemas import schema

    click.echo(pretty(schema(what)), nl=False)
    return 0
