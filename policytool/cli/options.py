"""Options that are alike in every command, and where output goes."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from policytool.config import PLATFORMS, Config, find, load
from policytool.errors import ConfigurationError, UsageError

F = TypeVar("F", bound=Callable[..., Any])
COLOUR = click.Choice(["auto", "always", "never"])
SEVERITY = click.Choice(["error", "warning", "info"])


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """A click option that an environment variable can stand for: --fail-on is POLICYTOOL_FAIL_ON."""
    long = next(name for name in names if name.startswith("--"))
    return click.option(*names, envvar="POLICYTOOL_" + long[2:].upper().replace("-", "_"), **settings)


def common(formats: tuple[str, ...], *, output: dict[str, Any] | None = None) -> Callable[[F], F]:
    """The options every command has; `formats` are those of -f, the first is the default."""
    form = click.Choice(formats)
    to = {"metavar": "[FORMAT:]FILE", "help": "Write to a file."} | (output or {})
    options = (
        option("-f", "--format", "form", type=form, default=formats[0], show_default=True, help="Output format."),
        option("-o", "--output", "outputs", multiple=True, **to),
        option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file."),
        option("--platform", type=click.Choice(PLATFORMS), help="Whose database; found out by itself."),
        option("--as-tool", is_flag=True, help="Leave out files that the layout's own tool would skip."),
        option("-q", "--quiet", count=True, help="Say less."),
        option("-v", "--verbose", count=True, help="Say more."),
        option("--color", type=COLOUR, default="auto", show_default=True, help="NO_COLOR is obeyed."),
        option("--no-progress", is_flag=True, help="No progress on stderr."),
    )

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def configuration(path: Path | None) -> Config:
    """The configuration named, or the nearest; the defaults where there is none."""
    if path is not None and not path.is_file():
        raise ConfigurationError(f"{path}: no such file", hint="name an existing file with --config")
    return load(path or find(Path.cwd()))


def targets(form: str, outputs: tuple[str, ...], formats: tuple[str, ...]) -> list[tuple[str, Path | None]]:
    """(format, file) for each output; stdout is (format, None). `-o json:x.json` sets the format of one file.

    `-o github` is that format on stdout. A format that is asked for by -f and has no file goes there, too.
    """
    found = [target(form, output, formats) for output in outputs]
    context = click.get_current_context(silent=True)
    asked = context is not None and context.get_parameter_source("form") == ParameterSource.COMMANDLINE
    if not outputs or (asked and form not in [head for head, _ in found]):
        found.insert(0, (form, None))
    return found


def target(form: str, output: str, formats: tuple[str, ...]) -> tuple[str, Path | None]:
    """(format, file) of one -o."""
    head, colon, rest = output.partition(":")
    if head in formats:
        return head, Path(rest) if colon else None
    return form, Path(output)


def write(path: Path | None, text: str) -> None:
    """Write to stdout, or to a file that appears whole or not at all."""
    if path is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written: {error.strerror}", hint="may you write in this folder?") from None


def progress(*, quiet: int, disabled: bool) -> Callable[[str], None]:
    """Shows what is being done on stderr, on one line that goes away; only where someone is looking."""
    if disabled or quiet or not sys.stderr.isatty():
        return lambda _: None

    def say(message: str) -> None:
        sys.stderr.write(f"\r\033[K{message}" if message else "\r\033[K")
        sys.stderr.flush()

    return say


def coloured(color: str) -> bool | None:
    """True to force colour, False to forbid it, None to let the terminal decide."""
    if color == "always":
        return True
    return False if color == "never" or os.environ.get("NO_COLOR") else None


def terminal_width() -> int:
    """The columns to fill: COLUMNS, else the terminal of stdout or, behind a pipe, of stderr; else 100."""
    if os.environ.get("COLUMNS", "").isdigit():
        return max(40, int(os.environ["COLUMNS"]))
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            return max(40, os.get_terminal_size(stream.fileno()).columns) if stream else 100
        except (OSError, ValueError):
            continue
    return 100
