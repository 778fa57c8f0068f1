"""`policytool report`: everything about a database for people who were not there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli.auditing import baseline, own_rules, rule_options, selection
from policytool.cli.options import SEVERITY, common, configuration, option, progress, targets, write

if TYPE_CHECKING:
    from policytool.report.overview.model import Report

FORMATS = ("html", "markdown", "json", "csv")
SUFFIXES = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json", ".csv": "csv"}
RANK = {"error": 0, "warning": 1, "info": 2}


@click.command("report")
@click.argument("source", required=False)
@rule_options
@option("--min-severity", type=SEVERITY, default="info", show_default=True, help="Show nothing below this.")
@option("--fail-on", type=click.Choice([*RANK, "never"]), default="never", show_default=True, help="Exit with 1 then.")
@option("--baseline", metavar="FILE", help="Leave out what this baseline holds.  [default: the project's]")
@option("--no-baseline", is_flag=True, help="Show also what the baseline holds.")
@option("--history", metavar="FILE", help="Append this run to a file of one JSON line a run, and draw the trend.")
@option("--compare", metavar="BEFORE", help="Show what changed since another source, or since a JSON report.")
@common(FORMATS, output={"help": "Write to a file; its ending says the format."})
def command(source: str | None, **options: Any) -> int:
    """Make one report of tables, access, policies in plain words, and findings.

    SOURCE is a folder, a file, `-`, git:REF[:PATH], a snapshot or a live database, which is only read. The HTML is one
    file that needs no network; csv is the access matrix.

    \b
    policytool report -o report.html
    policytool report postgresql://auditor@db.example.com/shop -o report.html
    policytool report --compare git:main -o report.md -o json:report.json
    policytool report --history runs.jsonl -o report.html
    """
    from policytool import api
    from policytool.report.overview import history
    from policytool.report.overview.compare import run_of
    from policytool.report.overview.formats import render

    config = configuration(options["config_path"])
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    known = baseline(options["baseline"], config, unused=options["no_baseline"])
    past = history.read(Path(options["history"])) if options["history"] else ()
    try:
        report = api.report(
            source,
            config=config,
            platform=options["platform"],
            as_tool=options["as_tool"],
            selection=selection(options, config, min_severity=options["min_severity"]),
            baseline=known,
            rules=own_rules(options, config),
            compare=options["compare"],
            history=past,
            progress=say,
        )
        say("writing")
        for form, path in _targets(options):
            write(path, render(report, form))
    finally:
        say("")
    if options["history"]:
        history.append(Path(options["history"]), run_of(report))
    return _exit_code(report, options["fail_on"])


def _targets(options: dict[str, Any]) -> list[tuple[str, Path | None]]:
    """A file without a format has the one of its ending."""
    outputs = tuple(_with_format(output) for output in options["outputs"])
    return targets(options["form"], outputs, FORMATS)


def _with_format(output: str) -> str:
    named = output.partition(":")[0] in FORMATS
    form = SUFFIXES.get(Path(output).suffix.lower())
    return output if named or form is None else f"{form}:{output}"


def _exit_code(report: Report, threshold: str) -> int:
    if threshold != "never" and any(RANK[f.severity] <= RANK[threshold] for f in report.findings):
        return 1
    return 0 if report.tables else 3
