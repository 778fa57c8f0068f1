"""Help: quick, with examples that are understood, the same as docs/cli.md."""

from __future__ import annotations

import inspect
import os
import resource
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from policytool.cli import COMMANDS, program
from policytool.cli.reference import reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
SECONDS = 0.25  # of the processor, the best of several: 0.1 where it is measured alone


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and sub-command with its name."""
    context = click.Context(program, info_name="policytool")
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {child}", found) for child, found in command.commands.items())


def test_the_page_of_commands_is_current() -> None:
    """After a change: UPDATE_DOCS=1 make test TESTS=tests/cli/test_reference.py."""
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(reference(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize(("name", "command"), [pytest.param(*found, id=found[0]) for found in commands()])
def test_each_command_has_an_example(name: str, command: click.Command) -> None:
    """Every example that begins with policytool names options and values that exist."""
    examples = inspect.cleandoc(command.help or "").partition("\b\n")[2].splitlines()
    assert any(line.startswith(f"policytool {name}") for line in examples)
    for line in examples:
        words = shlex.split(line.partition(" > ")[0].partition(" | ")[0], comments=True)
        if words[:1] == ["policytool"]:
            found = program.get_command(click.Context(program), words[1])
            assert found is not None
            found.make_context(words[1], words[2:])


def spent(*arguments: str) -> float:
    """Seconds of the processor that a run takes, the best of five."""
    found = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "policytool", *arguments], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


@pytest.mark.parametrize("arguments", [["--help"], ["audit", "--help"], ["mcp", "--help"], ["lsp", "--help"]])
def test_help_is_quick(arguments: list[str]) -> None:
    """Nobody waits for it; nothing heavy is imported."""
    assert spent(*arguments) < SECONDS
