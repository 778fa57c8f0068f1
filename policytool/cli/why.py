"""`policytool why`: may somebody do something to a row, and what decides it."""

from __future__ import annotations

from typing import Any

import click

from policytool.cli import servers
from policytool.cli.options import common, configuration, option, progress, targets, terminal_width, write
from policytool.cli.servers import server_options

FORMATS = ("text", "json")


@click.command("why")
@click.argument("actor")
@click.argument("verb", metavar="COMMAND", type=click.Choice(["select", "read", "insert", "update", "delete"]))
@click.argument("target", metavar="TABLE[.ROW]")
@option("--source", metavar="SOURCE", help="The migrations; as a rule supabase/migrations.")
@option("--tests", multiple=True, metavar="PATH", help="The policy tests that have actors and rows; repeatable.")
@server_options
@common(FORMATS)
def command(actor: str, verb: str, target: str, **options: Any) -> int:
    """Say whether ACTOR may do COMMAND to a table or a row, and name the grant or the policy that decides.

    ACTOR is one of the project's policy tests, or anon, authenticated, service_role, another role, or user:UUID. ROW is
    a row of the policy tests, or column=value. It is tried on a throwaway Postgres.

    \b
    policytool why ben select orders.o2
    policytool why anon insert bookings
    policytool why user:6c1f6c3e-0a51-4b51-9a6f-0d6a3b1c2d3e update profiles.role=admin
    """
    from policytool import api
    from policytool.report.why import render

    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    try:
        reply = api.why(
            actor,
            verb,
            target,
            source=options["source"],
            tests=options["tests"],
            config=configuration(options["config_path"]),
            platform=options["platform"],
            as_tool=options["as_tool"],
            **servers.chosen(options),
            progress=say,
        )
    finally:
        say("")
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        verbosity = options["verbose"] - options["quiet"]
        width = terminal_width() if path is None else 80
        write(path, render(reply, form, width=width, verbosity=verbosity))
    return 0
