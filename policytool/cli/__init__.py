"""The command line: each command is loaded only when it is called, so that `--help` is quick."""

from __future__ import annotations

import gc
import io
import os
import sys
from importlib import import_module

import click

from policytool import __version__
from policytool.errors import PolicytoolError

COMMANDS = {
    "audit": "Findings for every table: who may touch which rows, and how to mend it.",
    "init": "Set policytool up here: configuration, CI workflow, commit hook.",
    "ci": "What a pull request brings: findings, who gains or loses what, in one comment.",
    "fix": "Write one new migration that mends what is found, each fix proved.",
    "baseline": "Remember the findings there are, so that audit shows only others.",
    "catalog": "The catalog that the migrations build, as JSON, SQL or text.",
    "diff": "The migration from one source to another, its hazards, and who gains or loses what.",
    "report": "One page of everything for people who were not there: tables, access, policies in words.",
    "fleet": "Audit a list of databases side by side, and make one report of them all.",
    "matrix": "What each role may do to the rows of each table, and why.",
    "test": "Run policy tests and pgTAP suites as each role, on a throwaway Postgres.",
    "why": "May somebody do something to a row, and what decides it.",
    "parity": "Check the catalog that is built against a server that ran the migrations.",
    "apply": "Run the migrations on a throwaway Postgres.",
    "doctor": "Which Postgres servers can be had, and what is missing.",
    "lsp": "A server for editors: findings while one types, who may do what over a name, fixes.",
    "mcp": "A server for assistants, which judges SQL before it is saved (Model Context Protocol).",
    "rules": "List the rules.",
    "explain": "What a rule means, and how to fix what it finds.",
    "completion": "What a shell reads to complete commands and options.",
    "schema": "The JSON Schema of an audit, a catalog, or the configuration.",
}


class LazyGroup(click.Group):
    """Knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"policytool.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="policytool")
def program() -> None:
    """Who may touch which rows of your Postgres database, before you merge.

    Start with `policytool audit` in a repository that has migrations.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the program and end the process with its exit code. No error becomes a traceback."""
    # A run is short and its trees hold no cycles: looking for some would take as long as parsing.
    gc.disable()
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the program and give its exit code."""
    try:
        code = program.main(args=arguments, prog_name="policytool", standalone_mode=False)
    except PolicytoolError as error:
        _complain(error.message, error.hint)
        return error.exit_code
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        _say(said.getvalue())
        return 2
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted", None)
        return 130
    except SystemExit:
        # click's way to say that the reader of our output went away (`| head`): nothing is wrong, nothing can be said.
        return 0
    except Exception as error:
        if os.environ.get("POLICYTOOL_DEBUG"):
            raise
        _complain(
            f"internal error: {type(error).__name__}: {error}",
            "this is a bug in policytool; POLICYTOOL_DEBUG=1 shows where, please report it",
        )
        return 2
    return code if isinstance(code, int) else 0


def _complain(message: str, hint: str | None) -> None:
    _say(f"error: {message}\n" + (f"hint: {hint}\n" if hint else ""))


def _say(text: str) -> None:
    """Print on stderr, without the password of a connection string that an argument may hold."""
    from policytool.source.database import without_passwords

    click.echo(without_passwords(text), err=True, nl=False)
