"""Edits that an editor offers for a finding: its fix, in this file or in a new one, or a comment that accepts it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct

from policytool import api
from policytool.errors import PolicytoolError
from policytool.finding import Finding
from policytool.source.new_file import new_file
from policytool.source.sections import tool_of


class Offer(Struct, frozen=True, kw_only=True):
    """Text for a place of a file (line and column from 1); `new`: the file is to be made first."""

    title: str
    kind: Literal["fix", "ignore"]
    path: str
    line: int
    column: int
    text: str
    new: bool = False
    safe: bool = False


def offers(finding: Finding, loaded: api.Loaded, path: str, text: str) -> tuple[Offer, ...]:
    """What can be done about a finding in a file with this text."""
    return tuple(
        offer
        for offer in (_here(finding, loaded, path, text), _next(finding, loaded), _ignore(finding, loaded, path))
        if offer is not None
    )


def _here(finding: Finding, loaded: api.Loaded, path: str, text: str) -> Offer | None:
    """The fix at the end of the file that runs last, which nobody may have run yet."""
    files = [file for file in loaded.project.files if not file.repeatable]
    if finding.fix is None or not files or files[-1].path != path or tool_of(text) is not None:
        return None  # where a file holds the way down as well, its end is that of the way down
    lines = text.split("\n")
    gap = "" if lines[-1] == "" else "\n"
    return Offer(
        title=f"{_title(finding)} at the end of this file",
        kind="fix",
        path=path,
        line=len(lines),
        column=len(lines[-1]) + 1,
        text=f"{gap}\n{finding.fix.sql.strip()}\n",
        safe=finding.fix.safety == "safe",
    )


def _next(finding: Finding, loaded: api.Loaded) -> Offer | None:
    if finding.fix is None:
        return None
    try:
        file = new_file(loaded.project, finding.rule.replace("-", "_"))
    except PolicytoolError:  # a layout that keeps a list of its files, or a file alone
        return None
    body = f"-- {finding.rule}: {' '.join(finding.identity.split())}\n{file.block(finding.fix.sql.strip())}"
    return Offer(
        title=f"{_title(finding)} in a new migration",
        kind="fix",
        path=file.path.as_posix(),
        line=1,
        column=1,
        text=file.text(body),
        new=not Path(file.path).exists(),
        safe=finding.fix.safety == "safe",
    )


def _title(finding: Finding) -> str:
    unsafe = finding.fix is not None and finding.fix.safety == "unsafe"
    return f"Fix {finding.rule}{' (a client may lose what it can do)' if unsafe else ''}"


def _ignore(finding: Finding, loaded: api.Loaded, path: str) -> Offer | None:
    """A comment above the statement; the reason is for its author to write."""
    place = finding.location
    if place is None or finding.object.kind == "rule":
        return None
    for statement in loaded.built.statements:
        at = statement.location
        held = at.path == path and (at.line, at.column) <= (place.line, place.column) <= (at.end_line, at.end_column)
        if held:
            indent = " " * (at.column - 1)
            return Offer(
                title=f"Accept {finding.rule} here, with a reason",
                kind="ignore",
                path=path,
                line=at.line,
                column=at.column,
                text=f"-- policytool: ignore[{finding.rule}] say why\n{indent}",
            )
    return None
