"""`policytool test --mutate`: which mistakes in policies no case notices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from policytool.cli import servers
from policytool.cli.options import configuration, progress, targets, terminal_width, write
from policytool.errors import UsageError


def mutate(paths: Sequence[str], options: dict[str, Any]) -> int:
    """Mutate, and print what came of it. 1 where cases fail anyway, or the score is below --min-score."""
    from policytool import api
    from policytool.report.mutation import FORMATS, render
    from policytool.testing.running.conduct import Options

    wanted = _percent(options["min_score"])
    outputs = targets(options["form"], options["outputs"], FORMATS)
    if wrong := [form for form, _ in outputs if form not in FORMATS]:
        raise UsageError(f"--mutate has no {wrong[0]} output", hint=f"it has {', '.join(FORMATS)}")
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    chosen = Options(
        grants=options["grants"],
        platform=options["platform"],
        keyword=options["keyword"],
        workers=options["workers"],
    )
    try:
        found = api.mutate(
            paths,
            config=configuration(options["config_path"]),
            options=chosen,
            **servers.chosen(options),
            progress=say,
        )
    finally:
        say("")
    for form, path in outputs:
        width = min(terminal_width(), 100) if path is None else 80
        write(path, render(found, form, width=width, verbosity=options["verbose"] - options["quiet"]))
    good = all(not run.score.failing and (wanted is None or run.score.meets(wanted)) for run in found)
    return 0 if good else 1


def _percent(text: str | None) -> str | None:
    """A percentage as it was written: nothing of it is rounded."""
    if text is None:
        return None
    plain = text.removesuffix("%").strip()
    try:
        found = Fraction(plain)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"--min-score {text!r} is no number", hint="give a percentage, as 95 or 99.5") from None
    if not 0 <= found <= 100:
        raise UsageError(f"--min-score {text} is no percentage", hint="give a number from 0 to 100")
    return plain
