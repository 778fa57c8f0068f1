"""`policytool ci`: one command for a pull request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli import audit as auditing
from policytool.cli import servers
from policytool.cli.auditing import baseline, own_rules, rule_options, selection, summarise
from policytool.cli.options import SEVERITY, common, configuration, option, progress, targets, write
from policytool.cli.servers import server_options
from policytool.errors import UsageError

if TYPE_CHECKING:
    from policytool.config import Config
    from policytool.report.pull_request import Review

FORMATS = ("markdown", "text", "json", "sarif", "junit", "github", "gitlab")
REPORTS = (("markdown", "comment.md"), ("sarif", "policytool.sarif"), ("junit", "policytool.junit.xml"))


@click.command("ci")
@click.argument("source", required=False)
@option("--base", metavar="REF", help="The branch that this one is for.  [default: as the CI service or git says]")
@option("--whole", is_flag=True, help="Audit everything, and compare with nothing.")
@rule_options
@option("--min-severity", type=SEVERITY, default="info", show_default=True, help="Show nothing below this.")
@option("--fail-on", type=click.Choice([*auditing.RANK, "never"]),
        help="Exit with 1 from this severity on.  [default: error]")  # fmt: skip
@option("--fail-on-hazard", multiple=True, metavar="HAZARD", help="Exit with 1 if there is such a hazard; widened, …")
@option("--baseline", metavar="FILE", help="Leave out what this baseline holds.  [default: the project's]")
@option("--no-baseline", is_flag=True, help="Show also what the baseline holds.")
@option("--strict", is_flag=True, help="SQL that could not be analysed fails.")
@option("--no-tests", is_flag=True, help="Run no policy tests.")
@server_options
@option("--reports", metavar="FOLDER", help="Write comment.md, policytool.sarif and policytool.junit.xml there.")
@common(FORMATS)
def command(source: str | None, **options: Any) -> int:
    """Say of a pull request what it brings: findings since its base, who gains or loses what, policy tests.

    It is one comment: Markdown on stdout; in a GitHub job it is put on the page of the job as well. Policy tests, where
    there are any, run on a throwaway Postgres; all else runs nothing.

    \b
    policytool ci
    policytool ci --base origin/main --reports policytool-reports
    policytool ci --fail-on warning --fail-on-hazard widened -o github -o sarif:audit.sarif
    """
    from policytool.cli.diff import hazard
    from policytool.integrations.pull_request import review, with_tests

    config = configuration(options["config_path"])
    named = [hazard(name) for name in options["fail_on_hazard"]]
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    own = own_rules(options, config)
    try:
        found = review(
            source,
            _base(options),
            config=config,
            platform=options["platform"],
            as_tool=options["as_tool"],
            selection=selection(options, config, min_severity=options["min_severity"]),
            baseline=baseline(options["baseline"], config, unused=options["no_baseline"]),
            rules=own,
            progress=say,
        )
        if not options["no_tests"]:
            found = with_tests(
                found,
                config=config,
                **servers.chosen(options),
                platform=options["platform"],
                progress=say,
            )
    finally:
        say("")
    for form, path in _outputs(options):
        write(path, render(found, form, path, options, config))
    from policytool.report.pull_request import render as as_markdown

    summarise(lambda: as_markdown(found))
    return exit_code(found, config, named, options)


def _base(options: dict[str, Any]) -> str | None:
    from policytool.integrations.base import base_of

    if options["whole"]:
        if options["base"] is not None:
            raise UsageError("--base and --whole contradict each other", hint="leave one of them out")
        return None
    given: str | None = options["base"] or base_of(os.environ, Path.cwd())
    if given is None and not options["quiet"]:
        click.echo("note: this is no branch of another one: everything is audited (--base REF names one)", err=True)
    return given


def _outputs(options: dict[str, Any]) -> list[tuple[str, Path | None]]:
    found = targets(options["form"], options["outputs"], FORMATS)
    if options["reports"] is None:
        return found
    folder = Path(options["reports"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror}", hint="name another folder") from None
    return [*found, *((form, folder / name) for form, name in REPORTS)]


def render(review: Review, form: str, path: Path | None, options: dict[str, Any], config: Config) -> str:
    """What was found, in one format."""
    match form:
        case "markdown":
            from policytool.report.pull_request import render as as_markdown

            return as_markdown(review)
        case "json":
            from policytool.report.pull_request import document

            return document(review)
        case "junit":
            from policytool.report.pull_request import junit

            return junit(review, options["fail_on"] or config.fail_on)
    return auditing.render(review.audit, form, path, options, config)


def exit_code(review: Review, config: Config, named: list[str], options: dict[str, Any]) -> int:
    """1 for what an audit would fail on, a hazard that is named, a test that fails; else why tests could not be run.

    3 without any table.
    """
    code = auditing.exit_code(review.audit, config, options)
    hazards = review.diff.hazards if review.diff is not None else frozenset()
    if code == 1 or hazards & set(named) or (review.tests is not None and review.tests.failed):
        return 1
    return review.code or code
