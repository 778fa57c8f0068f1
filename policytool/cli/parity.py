"""`policytool parity`: what is built from the files, held against a real server that ran them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from policytool.cli import servers
from policytool.cli.options import common, configuration, progress, targets, write
from policytool.cli.servers import server_options

if TYPE_CHECKING:
    from policytool.postgres.observe import Parity

FORMATS = ("text", "json")


@click.command("parity")
@click.argument("source", required=False)
@server_options
@common(FORMATS)
def command(source: str | None, **options: Any) -> int:
    """Check policytool's own reading of SOURCE against Postgres.

    The migrations are folded into a catalog, and run on a throwaway server whose catalog is read. Each field on which
    the two differ is printed with the statement behind it; the exit code is 1 if there is any. Statements that Postgres
    refuses count on neither side.

    \b
    policytool parity
    policytool parity supabase/migrations -f json
    policytool parity --postgres local --pg 17
    """
    from policytool import api

    config = configuration(options["config_path"])
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    try:
        found = api.parity(
            source,
            config=config,
            platform=options["platform"],
            as_tool=options["as_tool"],
            **servers.chosen(options),
            progress=say,
        )
    finally:
        say("")
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        write(path, render(found, form, verbosity=options["verbose"] - options["quiet"]))
    return 1 if found.differences else 0


def render(found: Parity, form: str, *, verbosity: int = 0) -> str:
    """The differences in one format."""
    from policytool.report import parity

    return parity.as_json(found) if form == "json" else parity.as_text(found, verbosity=verbosity)
