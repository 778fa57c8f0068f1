"""`policytool fleet`: many databases side by side."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli.options import option, progress, targets, write

if TYPE_CHECKING:
    from policytool.report.fleet.model import FleetReport

FORMATS = ("text", "html", "markdown", "json")
SUFFIXES = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json"}
RANK = {"error": 0, "warning": 1, "info": 2}


@click.command("fleet")
@click.argument("list_", metavar="FLEET.TOML", type=click.Path(path_type=Path))
@option("-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@option("-o", "--output", "outputs", multiple=True, metavar="[FORMAT:]FILE", help="Write to a file.")
@option("--reports", metavar="FOLDER", help="Write the report of each database there, too.")
@option("--jobs", type=click.IntRange(min=1), help="How many at a time.  [default: as the list says, else 4]")
@option(
    "--timeout", type=float, metavar="SECONDS", help="How long each may take.  [default: as the list says, else 120]"
)
@option("--fail-on", type=click.Choice([*RANK, "never"]), default="error", show_default=True, help="Exit with 1 then.")
@option("-q", "--quiet", count=True, help="Say less.")
@option("--no-progress", is_flag=True, help="No progress on stderr.")
def command(list_: Path, **options: Any) -> int:
    """Audit a list of databases side by side, and make one report of them all.

    Each is read in a process of its own and never written to. One that is down or too slow is told in the report and
    stops no other: the exit code is then 4, and 1 where others have findings.

    \b
    policytool fleet fleet.toml -o fleet.html
    policytool fleet fleet.toml --jobs 8 --timeout 60 -o fleet.html -o json:fleet.json --reports reports
    """
    from msgspec import structs

    from policytool.fleet.config import read
    from policytool.fleet.run import audit_fleet

    fleet = read(list_)
    if options["jobs"]:
        fleet = structs.replace(fleet, concurrency=options["jobs"])
    if options["timeout"]:
        every = tuple(structs.replace(d, timeout=None) for d in fleet.database)
        fleet = structs.replace(fleet, timeout=options["timeout"], database=every)
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    try:
        found = audit_fleet(fleet, reports=Path(options["reports"]) if options["reports"] else None, progress=say)
    finally:
        say("")
    outputs = tuple(_with_format(output) for output in options["outputs"])
    for form, path in targets(options["form"], outputs, FORMATS):
        write(path, _render(found, form, path))
    return _exit_code(found, options["fail_on"])


def _with_format(output: str) -> str:
    named = output.partition(":")[0] in FORMATS
    form = SUFFIXES.get(Path(output).suffix.lower())
    return output if named or form is None else f"{form}:{output}"


def _render(fleet: FleetReport, form: str, path: Path | None) -> str:
    if form == "json":
        from policytool.report.json import pretty

        return pretty(fleet)
    if form == "html":
        from policytool.report.fleet.html import render

        return render(fleet, beside=path.parent if path else Path())
    found: str = import_module(f"policytool.report.fleet.{form}").render(fleet)
    return found


def _exit_code(fleet: FleetReport, threshold: str) -> int:
    from policytool.report.fleet.model import UNREAD

    worst = [RANK[f.severity] for m in fleet.members for f in m.findings]
    if threshold != "never" and any(rank <= RANK[threshold] for rank in worst):
        return 1
    return 4 if any(m.state in UNREAD for m in fleet.members) else 0
