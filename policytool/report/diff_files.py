"""A diff as the next migrations of a project: a file for each transaction, as the tool that runs them has it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from msgspec.structs import replace

from policytool.catalog.transactions import spans
from policytool.diff.changes import Change
from policytool.diff.run import Diff
from policytool.errors import UsageError
from policytool.report import diff_sql
from policytool.source.model import Project
from policytool.source.new_file import NewFile, new_file
from policytool.source.sending import sending, tool
from policytool.syntax.parse import parse_file


def files(
    diff: Diff, project: Project, slug: str, *, output: Path | None = None, now: datetime.datetime | None = None
) -> list[tuple[Path, str]]:
    """The new files in the order in which they are to be run; none where nothing differs.

    Raises UsageError where the tool cannot run them as they have to be run.
    """
    if not diff.changes:
        return []
    if sending(project.layout, transaction=True) == "statement" or project.layout in _PLAIN:
        return [(new_file(project, slug, output=output, now=now).path, _whole(diff, project))]
    segments = list(_segments(diff.changes))
    if output is not None and len(segments) > 1:
        _refuse_one(project, len(segments))
    found: list[tuple[Path, str]] = []
    for number, changes in enumerate(segments, 1):
        name = slug if len(segments) == 1 else f"{slug}_{number}"
        new = new_file(project, name, output=output, now=now)
        text = _text(diff, new, changes, number, len(segments))
        found.append((new.path, text))
        project = replace(project, files=(*project.files, new.read(text, len(project.files))))
    return found


_PLAIN = frozenset(("plain", "file", "stdin"))  # whoever runs them, BEGIN and COMMIT stand in the file


def _whole(diff: Diff, project: Project) -> str:
    return diff_sql.render(diff)


def _refuse_one(project: Project, count: int) -> None:
    raise UsageError(
        f"this migration commits {count} times, and {tool(project.layout)} runs a file in one transaction",
        hint="-o FOLDER writes a file for each transaction",
    )


def _segments(changes: tuple[Change, ...]) -> Iterator[tuple[Change, ...]]:
    """The changes of each transaction; what is only a comment goes with what follows, or with the last."""
    held: tuple[Change, ...] = ()
    last: tuple[Change, ...] = ()
    for _, group in groupby(changes, key=lambda change: change.segment):
        held = (*held, *group)
        if any(not change.withheld for change in held):
            if last:
                yield last
            last, held = held, ()
    yield (*last, *held)


def _text(diff: Diff, new: NewFile, changes: tuple[Change, ...], number: int, count: int) -> str:
    alone = any(change.alone and not change.withheld for change in changes)
    lines = list(diff_sql.heading(diff))
    lines += [f"-- Part {number} of {count}: each is a transaction of its own."] if count > 1 else []
    body = "\n".join(lines) + "\n" + "".join(_body(diff, new, changes, alone=alone))
    text = new.text(body, transaction=not alone)
    _check(new, text, changes, alone=alone)
    return text


def _body(diff: Diff, new: NewFile, changes: tuple[Change, ...], *, alone: bool) -> Iterator[str]:
    # SET LOCAL says nothing to a pipeline, in which the first statement is in no block yet.
    local = "" if sending(new.layout, transaction=True) == "pipeline" else "local "
    off, on = diff_sql.bodies(changes, local)
    if diff.online and not alone:
        off = [f"set {local}lock_timeout = '{diff_sql.LOCK_TIMEOUT}';", *off]
        on = on if local else [*on, "reset lock_timeout;"]
    yield "\n" + "\n".join(off) + "\n" if off else ""
    for change in changes:
        *comments, sql = _lines(change)
        yield "\n" + "".join(f"{line}\n" for line in comments)
        yield f"{sql}\n" if change.withheld else new.block(sql)
    yield "\n" + "\n".join(on) + "\n" if on else ""


def _lines(change: Change) -> list[str]:
    """The hazards of a change, then its SQL as one."""
    lines = list(diff_sql.statements([change]))[1:]
    if change.withheld:
        return lines
    return [*lines[: len(change.hazards)], "\n".join(lines[len(change.hazards) :])]


def _check(new: NewFile, text: str, changes: Iterable[Change], *, alone: bool) -> None:
    """Whether the tool runs the file as it has to be run: together, or outside of a transaction."""
    file = new.read(text, 0)
    found = list(spans(file, parse_file(file).statements))
    if alone and any(why for _, _, why in found):
        (sql,) = (change.sql.partition("\n")[0] for change in changes if change.alone)
        raise UsageError(
            f"{tool(new.layout)} runs every file in a transaction, which this refuses: {sql}",
            hint="plan without --online, or write SQL for psql: -o sql:FILE somewhere else",
        )
