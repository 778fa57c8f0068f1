"""`policytool diff --access --observed`: who gained and who lost access, as measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policytool.cli.options import targets, write
from policytool.errors import UsageError

FORMATS = ("text", "json", "markdown")


def observed(before: str, after: str, named: Sequence[str], given: dict[str, Any], options: dict[str, Any]) -> int:
    """Measure both sides and tell the difference; 1 for what --fail-on names, and with --exit-code for any."""
    from policytool import api
    from policytool.report.diff_observed import render

    if not options["access"]:
        raise UsageError("--observed measures access, and nothing else", hint="add --access")
    if options["form"] not in FORMATS:
        raise UsageError(f"{options['form']} cannot show what was measured", hint=f"use {', '.join(FORMATS)}")
    server = {"postgres": options["postgres"], "major": options["major"], "declared": options["yes_throwaway"]}
    sides = (after, before) if options["down"] else (before, after)
    try:
        cells = api.diff_observed(sides[0], sides[1], **given, **server)
    finally:
        given["progress"]("")
    verbosity = options["verbose"] - options["quiet"]
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        write(path, render(cells, form, sides, verbosity=verbosity))
    verdicts = {cell.verdict for cell in cells}
    wider, narrower = (
        verdicts & {"looser", "incomparable", "unknown"},
        verdicts & {"tighter", "incomparable", "unknown"},
    )
    if ("AUTHZ_WIDENED" in named and wider) or ("AUTHZ_NARROWED" in named and narrower):
        return 1
    return 1 if options["exit_code"] and verdicts - {"equal"} else 0
