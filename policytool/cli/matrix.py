"""`policytool matrix`: what each role may do to which rows."""

from __future__ import annotations

from typing import Any

import click

from policytool.cli.options import common, configuration, option, progress, targets, terminal_width, write

FORMATS = ("text", "json", "markdown", "csv")


@click.command("matrix")
@click.argument("source", required=False)
@option("--role", "roles", multiple=True, metavar="NAME", help="Only this role; repeatable.")
@option("--schema", "schemas", multiple=True, metavar="NAME", help="Only what is in this schema; repeatable.")
@common(FORMATS)
def command(source: str | None, roles: tuple[str, ...], schemas: tuple[str, ...], **options: Any) -> int:
    """Show which rows of each table each role may select, insert, update and delete, and which functions it may call.

    SOURCE is a folder, a file, `-`, git:REF[:PATH], a snapshot or a live database, which is only read. It is what
    grants and policies say: nothing is run. -v tells the filter and the reason of each cell.

    \b
    policytool matrix
    policytool matrix --role anon -v
    policytool matrix postgresql://auditor@db.example.com/shop -f csv -o access.csv
    """
    from policytool import api
    from policytool.report.matrix import render

    config = configuration(options["config_path"])
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    try:
        loaded = api.load(source, config=config, platform=options["platform"], as_tool=options["as_tool"], progress=say)
    finally:
        say("")
    cells = api.matrix(loaded, roles=roles, schemas=schemas)
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        verbosity = options["verbose"] - options["quiet"]
        width = terminal_width() if path is None else 80
        write(path, render(cells, form, label=loaded.project.label, width=width, verbosity=verbosity))
    return 0
