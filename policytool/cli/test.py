"""`policytool test`: policy tests and pgTAP suites on a throwaway Postgres."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli import servers
from policytool.cli.mutating import mutate
from policytool.cli.options import coloured, common, configuration, option, progress, targets, terminal_width, write
from policytool.cli.servers import detached, server_options
from policytool.errors import PolicytoolError, UsageError

if TYPE_CHECKING:
    from policytool.report.test_text import TextReport
    from policytool.testing.running.results import TestRun

FORMATS = ("text", "json", "junit", "tap", "markdown")


@click.command("test")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@option("-k", "--keyword", metavar="WORDS", help="Only cases whose file and name hold them; and, or, not.")
@option("-x", "--exit-first", is_flag=True, help="Stop at the first failure.")
@option("-n", "--workers", type=click.IntRange(1), default=1, show_default=True, help="Copies of the database at work.")
@option("--grants", type=click.Choice(["explicit", "legacy", "both"]),
        help="What Supabase grants on new tables to its API roles.")  # fmt: skip
@option("--watch", is_flag=True, help="Run again whenever a test or a migration changes.")
@option("--keep", is_flag=True, help="Leave the databases there, and say how to connect and how to stop.")
@option("--no-why", is_flag=True, help="Do not find out what decided each failure.")
@option("--mutate", is_flag=True, help="Make policies slightly wrong, and say which mistakes no case notices.")
@option("--min-score", metavar="PERCENT", help="With --mutate: exit with 1 if fewer mutants are noticed.")
@option("--init", is_flag=True, help="Write a first policy test from the catalog; never overwrites one.")
@option("--db", metavar="URL", help="Run in this database, in one transaction that is rolled back.")
@option("--i-know", metavar="NAME", help="With --db: the database's name, to say that it is the one.")
@server_options
@common(FORMATS)
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Run policy tests: `*.policy.yaml` and pgTAP suites, as each role would, on a throwaway Postgres.

    PATH is a file or folder; as a rule supabase/tests. The exit code is 1 if a test fails, 2 for a file with mistakes,
    3 if there are no tests, 4 if there is no Postgres to be had.

    \b
    policytool test
    policytool test supabase/tests/orders.policy.yaml -k "anon and not read"
    policytool test --grants both -f junit -o junit:tests.xml
    policytool test --mutate --min-score 100
    policytool test --init
    """
    _check(options)
    if options["init"]:
        return _init(paths, options)
    if options["mutate"]:
        return mutate(paths, options)
    if options["watch"]:
        return _watch(paths, options)
    if options["keep"]:
        return detached(lambda leave: _run(paths, options, leave))
    return _run(paths, options, None)


def _run(paths: Sequence[str], options: dict[str, Any], leave: Callable[[int], None] | None) -> int:
    from policytool import api
    from policytool.testing.running.conduct import Options

    outputs = targets(options["form"], options["outputs"], FORMATS)
    live = _live(options) if ("text", None) in outputs else None
    say = progress(quiet=options["quiet"], disabled=options["no_progress"] or live is not None)

    def hold(run: TestRun, ways: Sequence[str]) -> None:
        """The report first: afterwards nobody listens any more."""
        _print(run, outputs, options, live)
        for way in ways:
            click.echo(f"connect: {way}", err=True)
        click.echo(f"stop:    kill {os.getpid()}", err=True)
        if leave is not None:
            leave(1 if run.failed else 0)

    chosen = Options(
        grants=options["grants"],
        platform=options["platform"],
        keyword=options["keyword"],
        exit_first=options["exit_first"],
        workers=options["workers"],
        explain=not options["no_why"],
        hold=hold if leave is not None else None,
    )
    listeners: dict[str, Any] = {
        "seen": live.seen if live else lambda _: None,
        "begun": live.begun if live else lambda _: None,
        "progress": say,
    }
    config = configuration(options["config_path"])
    try:
        if options["db"]:
            run = api.test_owned(options["db"], options["i_know"], paths, config=config, options=chosen, **listeners)
        else:
            run = api.test(
                paths,
                config=config,
                options=chosen,
                **servers.chosen(options),
                **listeners,
            )
    finally:
        say("")
    _print(run, outputs, options, live)
    return 1 if run.failed else 0


def _check(options: dict[str, Any]) -> None:
    """Raise UsageError for options that do not go together."""
    if options["db"]:
        for name in ("keep", "watch", "init", "mutate", "grants"):
            if options[name]:
                raise UsageError(f"--{name} needs a throwaway server", hint="leave --db out")
    elif options["i_know"]:
        raise UsageError("--i-know goes with --db", hint="a throwaway server needs no assurance")


def _live(options: dict[str, Any]) -> TextReport:
    """What prints while tests run."""
    from policytool.report.test_text import TextReport

    def out(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    colour = coloured(options["color"])
    shown = sys.stdout.isatty() if colour is None else colour
    width = min(terminal_width(), 80)
    return TextReport(out, width=width, verbosity=options["verbose"] - options["quiet"], colour=shown)


def _print(run: TestRun, outputs: list[Any], options: dict[str, Any], live: TextReport | None) -> None:
    from policytool.report.test_document import render
    from policytool.report.test_text import TextReport

    for form, path in outputs:
        if form == "text" and path is None and live is not None:
            live.ended(run)
        elif form == "text":
            pieces: list[str] = []
            report = TextReport(pieces.append, verbosity=options["verbose"] - options["quiet"])
            for server in run.servers:
                report.begun(server)
            for result in run.results:
                report.seen(result)
            report.ended(run)
            write(path, "".join(pieces))
        else:
            write(path, render(run, form))


def _init(paths: Sequence[str], options: dict[str, Any]) -> int:
    """Write a first test, where there is none."""
    from policytool import api

    path = _first_path(paths)
    if path.exists():
        raise UsageError(f"{path} is there already", hint="nothing is overwritten; name another file")
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    try:
        text = api.first_test(
            str(path),
            config=configuration(options["config_path"]),
            platform=options["platform"],
            **servers.chosen(options),
            progress=say,
        )
    finally:
        say("")
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, text)
    click.echo(f"wrote {path}; `policytool test {path}` runs it", err=True)
    return 0


def _first_path(paths: Sequence[str]) -> Path:
    if len(paths) > 1:
        raise UsageError("--init writes one file", hint="name one, or none")
    if not paths:
        return Path("supabase" if Path("supabase").is_dir() else ".") / "tests" / "policies.policy.yaml"
    path = Path(paths[0])
    if path.name.endswith((".policy.yaml", ".policy.yml")):
        return path
    if path.suffix and not path.is_dir():
        raise UsageError(f"{path} would not be found", hint="a policy test is called something.policy.yaml")
    return path / "policies.policy.yaml"


def _watch(paths: Sequence[str], options: dict[str, Any]) -> int:
    """Run, and again whenever a file changes, until interrupted."""
    from policytool.testing.running.watch import changes

    found = changes(Path(), watched=[Path(path) for path in paths])
    code = _told(paths, options)
    for changed in found:
        click.echo(f"\n{', '.join(changed[:3])} changed", err=True)
        code = _told(paths, options)
    return code


def _told(paths: Sequence[str], options: dict[str, Any]) -> int:
    """Run once; what is wrong with a file is told, and waited for to be mended."""
    try:
        return _run(paths, options, None)
    except PolicytoolError as error:
        click.echo(f"error: {error.message}", err=True)
        return error.exit_code
