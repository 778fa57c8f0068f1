"""`policytool apply`: the migrations on a throwaway server."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from policytool.cli import servers
from policytool.cli.options import common, configuration, option, progress, targets, write
from policytool.cli.servers import detached, server_options

if TYPE_CHECKING:
    from policytool.postgres.apply import Applied

FORMATS = ("text", "json")


@click.command("apply")
@click.argument("source", required=False)
@server_options
@option("--keep-going", is_flag=True, help="Go on after a file that fails.")
@option("--keep", is_flag=True, help="Leave the database running, and say how to connect and how to stop it.")
@option("--strict-privileges", is_flag=True, help="Give postgres nothing that it does not have by its own grants.")
@common(FORMATS)
def command(source: str | None, **options: Any) -> int:
    """Run the migrations of SOURCE on a throwaway Postgres.

    Nothing of yours is touched: the server is started for this, and gone afterwards. The exit code is 1 if a file
    failed, and 4 if there is no Postgres to be had.

    \b
    policytool apply
    policytool apply supabase/migrations --keep
    policytool apply --postgres local --pg 17 --keep-going
    """
    if options["keep"]:
        return detached(lambda leave: _run(source, options, leave))
    return _run(source, options, None)


def _run(source: str | None, options: dict[str, Any], leave: Callable[[int], None] | None) -> int:
    from policytool import api

    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    try:
        with api.applied(
            source,
            config=configuration(options["config_path"]),
            platform=options["platform"],
            as_tool=options["as_tool"],
            **servers.chosen(options),
            keep_going=options["keep_going"],
            strict=options["strict_privileges"],
            progress=say,
        ) as found:
            say("")
            for form, path in targets(options["form"], options["outputs"], FORMATS):
                write(path, render(found, form, verbosity=options["verbose"] - options["quiet"]))
            code = 1 if found.failed else 0
            if leave is not None:
                click.echo(f"connect: {found.connect}", err=True)
                click.echo(f"stop:    kill {os.getpid()}", err=True)
                leave(code)
            return code
    finally:
        say("")


def render(found: Applied, form: str, *, verbosity: int = 0) -> str:
    """What became of the files, in one format."""
    from policytool.report import apply

    return apply.as_json(found) if form == "json" else apply.as_text(found, verbosity=verbosity)
