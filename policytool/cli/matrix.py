"""`policytool matrix`: what each role may do to which rows, as said or as measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli import servers
from policytool.cli.options import common, configuration, option, progress, targets, terminal_width, write
from policytool.cli.servers import server_options
from policytool.errors import UsageError

if TYPE_CHECKING:
    from policytool.api import Loaded
    from policytool.testing.observed.matrix import Measured

FORMATS = ("text", "json", "markdown", "csv")
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("matrix")
@click.argument("source", required=False)
@option("--role", "roles", multiple=True, metavar="NAME", help="Only this role; repeatable.")
@option("--schema", "schemas", multiple=True, metavar="NAME", help="Only what is in this schema; repeatable.")
@option("--observed", is_flag=True, help="Measure it on a throwaway server, and look for leaks.")
@option("--record", type=FILE, metavar="FILE", help="Write what was measured to a file whose diff can be reviewed.")
@option(
    "--emit-test", type=FILE, metavar="FILE", help="Write each leak as a policy test, which fails until it is mended."
)
@option("--allow-unmeasured", is_flag=True, help="Exit with 0 also where something could not be measured.")
@option("--keep-going", is_flag=True, help="Measure what there is where a migration fails.")
@server_options
@common(FORMATS)
def command(source: str | None, roles: tuple[str, ...], schemas: tuple[str, ...], **options: Any) -> int:
    """Show which rows of each table each role may select, insert, update and delete, and which functions it may call.

    SOURCE is a folder, a file, `-`, git:REF[:PATH], a snapshot or a live database, which is only read. It is what
    grants and policies say: nothing is run. -v tells the filter and the reason of each cell.

    With --observed the migrations are run on a throwaway server, rows of two tenants are made up, and everything is
    tried as each role. Exits with 1 on a leak, and where something could not be measured.

    \b
    policytool matrix
    policytool matrix --role anon -v
    policytool matrix postgresql://auditor@db.example.com/shop -f csv -o access.csv
    policytool matrix --observed
    policytool matrix --observed --record supabase/access.matrix --emit-test supabase/tests/leaks.policy.yaml
    """
    from policytool import api
    from policytool.report.matrix import render

    if not options["observed"] and (options["record"] or options["emit_test"]):
        raise UsageError("--record and --emit-test are of what was measured", hint="add --observed")
    config = configuration(options["config_path"])
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    try:
        loaded = api.load(source, config=config, platform=options["platform"], as_tool=options["as_tool"], progress=say)
        if options["observed"]:
            return _observed(loaded, roles, schemas, options, say)
    finally:
        say("")
    cells = api.matrix(loaded, roles=roles, schemas=schemas)
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        verbosity = options["verbose"] - options["quiet"]
        width = terminal_width() if path is None else 80
        write(path, render(cells, form, label=loaded.project.label, width=width, verbosity=verbosity))
    return 0


def _observed(
    loaded: Loaded, roles: tuple[str, ...], schemas: tuple[str, ...], options: dict[str, Any], say: Any
) -> int:
    from policytool import api
    from policytool.report.matrix_observed import render

    found = api.measure(
        loaded,
        roles=roles,
        schemas=schemas,
        **servers.chosen(options),
        keep_going=options["keep_going"],
        progress=say,
    )
    say("")
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        width = terminal_width() if path is None else 80
        write(path, render(found, form, width=width, verbosity=options["verbose"] - options["quiet"]))
    _files(loaded, found, options)
    if found.observation.leaks:
        return 1
    return 1 if found.observation.unmeasured and not options["allow_unmeasured"] else 0


def _files(loaded: Loaded, found: Measured, options: dict[str, Any]) -> None:
    """What --record and --emit-test ask for."""
    if options["record"]:
        from policytool.report.matrix_record import record

        write(options["record"], record(found))
    if options["emit_test"]:
        from policytool.testing.observed.emit import emit

        text = emit(found.observation, loaded.built.catalog)
        if text:
            write(options["emit_test"], text)
        if not options["quiet"]:
            count = len(found.observation.leaks)
            said = f"{count} leak{'' if count == 1 else 's'}: {options['emit_test']}" if text else "no leak, no test"
            click.echo(said, err=True)
