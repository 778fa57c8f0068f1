"""`policytool audit`: findings for every table."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli import servers
from policytool.cli.auditing import baseline, own_rules, rule_options, selection, summarise
from policytool.cli.options import (
    SEVERITY,
    coloured,
    common,
    configuration,
    option,
    progress,
    targets,
    terminal_width,
    write,
)
from policytool.cli.servers import server_options
from policytool.errors import UsageError

if TYPE_CHECKING:
    from policytool.api import Loaded
    from policytool.audit.outcome import Audit
    from policytool.config import Config

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html")
RANK = {"error": 0, "warning": 1, "info": 2}


@click.command("audit")
@click.argument("source", required=False)
@rule_options
@option("--min-severity", type=SEVERITY, default="info", show_default=True, help="Show nothing below this.")
@option("--fail-on", type=click.Choice([*RANK, "never"]), help="Exit with 1 from this severity on.  [default: error]")
@option("--since", metavar="REF", help="Report only what is new since the branch left REF.")
@option("--baseline", metavar="FILE", help="Leave out what this baseline holds.  [default: the project's]")
@option("--no-baseline", is_flag=True, help="Show also what the baseline holds.")
@option("--apply", "applied", is_flag=True, help="Run the migrations on a throwaway Postgres, and audit that.")
@server_options
@option("--keep-going", is_flag=True, help="With --apply: go on after a file that fails.")
@option("--strict-privileges", is_flag=True, help="With --apply: give postgres nothing that it has no grant for.")
@option("--strict", is_flag=True, help="SQL that could not be analysed fails the audit.")
@common(FORMATS)
def command(source: str | None, **options: Any) -> int:
    """Audit every table that the migrations in SOURCE make.

    SOURCE is a folder, a file, `-`, git:REF[:PATH], a snapshot, or a live database (postgresql://… or service=NAME),
    which is only read; without one, the configured source or the migrations found here.

    \b
    policytool audit
    policytool audit supabase/migrations --fail-on warning
    policytool audit git:main -f json -o audit.json
    policytool audit --since origin/main -o github -o sarif:out.sarif
    policytool audit postgresql://auditor@db.example.com/shop
    policytool audit --apply
    """
    from policytool import api

    config = configuration(options["config_path"])
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    own = own_rules(options, config)
    known = baseline(options["baseline"], config, unused=options["no_baseline"])
    try:
        loaded = _load(source, config, options, say)
        chosen = selection(options, config, min_severity=options["min_severity"])
        audit = api.audit(loaded, selection=chosen, baseline=known, rules=own, progress=say)
    finally:
        say("")
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        write(path, render(audit, form, path, options, config))
        if form == "github":
            from policytool.report.markdown import render as as_markdown

            summarise(lambda: as_markdown(audit))
    return exit_code(audit, config, options)


def _load(source: str | None, config: Config, options: dict[str, Any], say: Callable[[str], None]) -> Loaded:
    from policytool import api

    given = {"config": config, "platform": options["platform"], "as_tool": options["as_tool"], "progress": say}
    if options["since"] is not None:
        if options["applied"]:
            raise UsageError(
                "--since and --apply do not go together", hint="--since compares catalogs built from files"
            )
        return api.load_since(options["since"], source, **given)
    if not options["applied"]:
        return api.load(source, **given)
    return api.load_applied(
        source,
        **servers.chosen(options),
        keep_going=options["keep_going"],
        strict=options["strict_privileges"],
        **given,
    )


def render(audit: Audit, form: str, path: Path | None, options: dict[str, Any], config: Config) -> str:
    """The report in one format."""
    match form:
        case "text":
            return _text(audit, path, options)
        case "concise":
            from policytool.report.text import concise

            return "".join(f"{line}\n" for line in concise(audit))
        case "junit":
            from policytool.report.junit import render as as_junit

            return as_junit(audit, options["fail_on"] or config.fail_on)
    report: str = import_module(f"policytool.report.{form}").render(audit)
    return report


def _text(audit: Audit, path: Path | None, options: dict[str, Any]) -> str:
    from rich.console import Console

    from policytool.report.text import show

    colour = coloured(options["color"]) if path is None else False
    terminal = sys.stdout.isatty() if colour is None else colour
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=terminal_width() if path is None else 100,
        force_terminal=terminal,
        no_color=not terminal,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    show(audit, console, verbosity=options["verbose"] - options["quiet"])
    return buffer.getvalue()


def exit_code(audit: Audit, config: Config, options: dict[str, Any]) -> int:
    """1 for a finding as severe as --fail-on, or SQL not analysed under --strict; 3 without any table; else 0."""
    result = audit.result
    threshold = options["fail_on"] or config.fail_on
    if threshold != "never" and any(RANK[f.severity] <= RANK[threshold] for f in result.findings):
        return 1
    if (options["strict"] or config.strict) and (
        audit.rules_left_out or any(u.security for u in result.coverage.unmodelled)
    ):
        return 1
    return 0 if result.coverage.tables else 3
