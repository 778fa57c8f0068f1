"""`policytool diff`: the migration from one source to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from policytool.cli.migrations import NEXT, sort_out, write_migrations
from policytool.cli.options import common, configuration, option, progress, write
from policytool.cli.servers import server_options
from policytool.errors import UsageError

if TYPE_CHECKING:
    from policytool.diff.run import Diff
    from policytool.postgres.providers import Provider

FORMATS = ("text", "sql", "json", "markdown")
OUTPUT = {
    "is_flag": False,
    "flag_value": NEXT,
    "metavar": "[[FORMAT:]FILE|FOLDER]",
    "help": "Write to a file, which SQL never overwrites; the next migration into a folder, at the end of the line "
    "into that of BEFORE.",
}


@click.command("diff")
@click.argument("before")
@click.argument("after")
@option("--allow-drops", is_flag=True, help="Write statements that throw rows away as statements, not as comments.")
@option("--online", is_flag=True, help="In steps that let others work meanwhile.")
@option("--down", is_flag=True, help="The way back: from AFTER to BEFORE.")
@option("--renames", type=click.Choice(["off", "prompt", "auto"]), default="off", show_default=True,
        help="Take what went and came with the same contents as renamed.")  # fmt: skip
@option("--access", is_flag=True, help="Show who gains and loses what, and nothing else.")
@option("--observed", is_flag=True, help="With --access: measure both sides on throwaway servers, with the same rows.")
@option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
@option("--fail-on", multiple=True, metavar="HAZARD", help="Exit with 1 if there is such a hazard; widened, narrowed.")
@option("--allow", multiple=True, metavar="HAZARD", help="Say nothing of this hazard.")
@option("--schema", "schemas", multiple=True, metavar="NAME", help="Show changes of this schema only.")
@option("--kind", "kinds", multiple=True, metavar="KIND", help="Show changes of this kind only: table, policy, …")
@click.option("--verify/--no-verify", default=None, envvar="POLICYTOOL_VERIFY",
              help="Prove the plan on a throwaway server; as a rule where -o writes it to a file.")  # fmt: skip
@server_options
@option("--static", is_flag=True, help="Compare the built catalogs, without a server.")
@option("--strict", is_flag=True, help="SQL that could not be analysed fails the diff.")
@option("--name", default="policytool_diff", show_default=True, help="What a migration is called after its version.")
@common(FORMATS, output=OUTPUT)
def command(before: str, after: str, **options: Any) -> int:
    """The migration that makes BEFORE into AFTER, its hazards, and what changes in who may do what.

    Each is a folder, a file, git:REF[:PATH], a snapshot, a live database (postgresql://…), which is only read, or
    `empty`. What would throw rows away is written as a comment, and the exit code is 1, unless --allow-drops.

    \b
    policytool diff git:main .
    policytool diff supabase/migrations postgresql://auditor@db.example.com/shop --exit-code
    policytool diff git:main . -f markdown --fail-on widened
    policytool diff old.sql new.sql -f sql --allow-drops -o migration.sql
    policytool diff git:main . --verify
    policytool diff git:main . --access --observed --fail-on widened
    policytool diff supabase/migrations supabase/schemas -o
    """
    from policytool import api
    from policytool.diff.run import Options

    named = [hazard(name) for name in options["fail_on"]]
    config = configuration(options["config_path"])
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    chosen = Options(
        allow_drops=options["allow_drops"],
        down=options["down"],
        online=options["online"],
        renames=options["renames"],
        schemas=options["schemas"],
        kinds=options["kinds"],
        allowed=tuple(hazard(name) for name in options["allow"]),
    )
    given = {"config": config, "platform": options["platform"], "as_tool": options["as_tool"], "progress": say}
    if options["observed"]:
        from policytool.cli.diff_observed import observed

        return observed(before, after, named, given, options)
    chosen_form = click.get_current_context().get_parameter_source("form") != ParameterSource.DEFAULT
    outputs = sort_out(options["form"], options["outputs"], FORMATS, chosen=chosen_form)
    server = provider(options, to_file=bool(options["outputs"]))
    try:
        found = api.diff(before, after, options=chosen, verify=server, **given)
    finally:
        say("")
    for where in outputs.migrations:
        begins = after if options["down"] else before
        write_migrations(
            found, where, begins, options["name"], as_tool=options["as_tool"], quiet=bool(options["quiet"])
        )
    for form, path in outputs.reports:
        write(path, render(found, form, access=options["access"], verbosity=options["verbose"] - options["quiet"]))
    return exit_code(found, named, options)


def provider(options: dict[str, Any], *, to_file: bool) -> Provider | None:
    """Where the plan is to be proved, if anywhere: on request, else where a file is written and a server can be had."""
    from policytool.errors import NoPostgres
    from policytool.postgres.providers import choose

    if options["verify"] is False or not (options["verify"] or to_file):
        return None
    try:
        found = choose(options["postgres"], options["major"], declared=options["yes_throwaway"])
        version = found.look()
    except NoPostgres:
        if options["verify"]:
            raise
        return None
    if options["verify"] is None and not options["quiet"]:
        click.echo(f"verifying on a throwaway PostgreSQL {version}; --no-verify leaves this out", err=True)
    return found


def hazard(name: str) -> str:
    """A hazard by its name, or by the short word for a change of access."""
    from policytool.diff.hazards import NAMES

    known = name.upper().replace("-", "_")
    known = known if known in NAMES else f"AUTHZ_{known}"
    if known not in NAMES:
        raise UsageError(f"{name!r} is no hazard", hint=f"there are {', '.join(NAMES)}")
    return known


def render(found: Diff, form: str, *, access: bool = False, verbosity: int = 0) -> str:
    """The diff in one format."""
    match form:
        case "sql":
            from policytool.report import diff_sql

            return diff_sql.render(found)
        case "json":
            from policytool.report import diff_json

            return diff_json.render(found)
        case "markdown":
            from policytool.report import diff_markdown

            return diff_markdown.render(found, access=access)
    from policytool.report import diff_text

    return diff_text.render(found, access=access, verbosity=verbosity)


def exit_code(found: Diff, named: list[str], options: dict[str, Any]) -> int:
    """1 for a plan that is not good or not proved, for what is withheld or named, and on request for any change."""
    if found.problems or found.withheld or (options["strict"] and found.unmodelled):
        return 1
    if found.verification is not None and not found.verification.passed:
        return 1
    if found.hazards & set(named):
        return 1
    return 1 if options["exit_code"] and found.changes else 0
