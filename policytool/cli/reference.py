"""The reference of all commands as Markdown, made from click: `python -m policytool.cli.reference > docs/cli.md`."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

import click

from policytool.cli import COMMANDS, program

HEAD = """\
# Commands

Made from the program itself (`python -m policytool.cli.reference`); `policytool COMMAND --help` says the same.
A *source* is a folder, a file, `-`, `git:REF[:PATH]`, a snapshot, or a live database. Every option has an environment
variable: `--fail-on` is `POLICYTOOL_FAIL_ON`.
"""


def reference() -> str:
    """The whole page."""
    context = click.Context(program, info_name="policytool")
    parts = [HEAD]
    for name in COMMANDS:
        command = program.get_command(context, name)
        if command is not None:
            parts += _command(name, command)
    return "\n".join(parts).rstrip() + "\n"


def _command(name: str, command: click.Command, level: int = 2) -> Iterator[str]:
    text, _, examples = inspect.cleandoc(command.help or "").partition("\b\n")
    arguments = [_argument(p) for p in command.params if isinstance(p, click.Argument)]
    group = isinstance(command, click.Group)
    usage = " ".join([f"policytool {name}", "COMMAND" if group else "[OPTIONS]", *arguments])
    yield f"{'#' * level} {name}\n\n`{usage}`\n"
    yield _escaped(text.strip()) + "\n"
    if examples.strip():
        yield f"```shell\n{examples.strip()}\n```\n"
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    if options:
        yield "\n".join(["| option | |", "|---|---|", *map(_option, options)]) + "\n"
    if isinstance(command, click.Group):
        for child, found in command.commands.items():
            yield from _command(f"{name} {child}", found, level + 1)


def _argument(parameter: click.Argument) -> str:
    shown = (parameter.metavar or parameter.name or "").upper().replace("_", "-")
    if isinstance(parameter.type, click.Choice) and parameter.metavar is None:
        shown = "|".join(map(str, parameter.type.choices))
    more = "…" if parameter.nargs == -1 else ""
    return f"{shown}{more}" if parameter.required else f"[{shown}{more}]"


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    value = "" if option.is_flag or option.count else f" {_value(option)}"
    default = ""
    if option.show_default and option.default is not None and not option.is_flag:
        default = f" Default: `{option.default}`."
    more = " Repeatable." if option.multiple and "repeatable" not in (option.help or "") else ""
    return f"| {names}{value} | {_cell(option.help or '')}{default}{more} |"


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "\\|".join(f"`{choice}`" for choice in option.type.choices)
    return "`" + (option.metavar or option.type.name.upper()).replace("|", "\\|") + "`"


def _cell(text: str) -> str:
    """A help text with its default as a sentence of its own."""
    said = re.sub(r"\s*\[default: (.+?)\]\s*$", r" Default: \1.", text)
    return _escaped(said).replace("|", "\\|")


def _escaped(text: str) -> str:
    return re.sub(r"([*<])", r"\\\1", text)


if __name__ == "__main__":
    sys.stdout.write(reference())
