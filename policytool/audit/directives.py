"""The ignore comments of a source: what each says, and which statement or file it holds for."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from policytool.syntax.location import Location
from policytool.syntax.remarks import MARK, Remark, remarks
from policytool.syntax.statement import Statement

_IGNORE = re.compile(
    r"policytool:\s*(?P<verb>[A-Za-z][\w-]*)\s*(?:\[(?P<rules>[^\]]*)\]\s*(?P<rest>.*)|$)", re.DOTALL | re.MULTILINE
)
_UNTIL = re.compile(r"until\s+(\d{4}-\d{2}-\d{2})\b[\s:,-]*")


class Directive(Struct, frozen=True, kw_only=True):
    """One comment. `covers` is the part of the file it holds for; None where it holds for nothing, `problem` says why.

    `subject` is the text of the statement, so that two comments of one file can be told apart without lines.
    """

    rules: tuple[str, ...]
    reason: str
    location: Location
    covers: Location | None = None
    whole_file: bool = False
    expires: datetime.date | None = None
    subject: str = ""
    problem: str = ""


def directives(statements: Iterable[Statement]) -> tuple[Directive, ...]:
    """The ignore comments of all files that have statements, in order."""
    by_path: dict[str, list[Statement]] = {}
    for statement in statements:
        by_path.setdefault(statement.location.path, []).append(statement)
    return tuple(d for found in by_path.values() if MARK in found[0].file.text for d in _of_file(found))


def _of_file(statements: Sequence[Statement]) -> Iterator[Directive]:
    ordered = sorted(statements, key=lambda s: s.location)
    starts = [(s.location.line, s.location.column) for s in ordered]
    for remark in remarks(ordered[0].file.text, ordered[0].location.path):
        if (match := _IGNORE.search(remark.text)) and (match["rules"] is not None or match["verb"].startswith("ign")):
            yield _directive(match, remark, ordered, starts)


def _directive(
    match: re.Match[str], remark: Remark, ordered: Sequence[Statement], starts: list[tuple[int, int]]
) -> Directive:
    rest = re.sub(r"\s*\*/\s*\Z", "", match["rest"] or "")
    until = _UNTIL.match(rest)
    expires, problem = _date(until[1]) if until else (None, "")
    said = Directive(
        rules=tuple(dict.fromkeys(name.strip() for name in (match["rules"] or "").split(",") if name.strip())),
        reason=" ".join(rest[until.end() if until else 0 :].split()),
        location=remark.location,
        expires=expires,
        problem=problem,
    )
    return _placed(said, match["verb"], remark, ordered, starts)


def _placed(
    said: Directive, verb: str, remark: Remark, ordered: Sequence[Statement], starts: list[tuple[int, int]]
) -> Directive:
    place = (said.location.line, said.location.column)
    if said.problem:
        return said
    if not said.rules:
        return replace(said, problem="it names no rule")
    if verb not in ("ignore", "ignore-file"):
        return replace(said, problem=f"there is no `{verb}`, only `ignore` and `ignore-file`")
    if verb == "ignore-file":
        if place > starts[0]:
            return replace(said, problem="an ignore-file stands above the first statement of its file")
        return replace(said, covers=said.location, whole_file=True)
    statement = _statement(remark, ordered, bisect_right(starts, place))
    if statement is None:
        return replace(said, problem="it stands at no statement: write it directly above one")
    return replace(said, covers=statement.location, subject=statement.sql)


def _date(text: str) -> tuple[datetime.date | None, str]:
    try:
        return datetime.date.fromisoformat(text), ""
    except ValueError:
        return None, f"{text} is no date"


def _statement(remark: Remark, ordered: Sequence[Statement], following: int) -> Statement | None:
    """The statement that a comment is inside of, or beside: at the end of its last line, or right above it."""
    place = remark.location
    if following:
        before = ordered[following - 1]
        end = (before.location.end_line, before.location.end_column)
        if (place.line, place.column) < end or (place.line == end[0] and remark.text in before.comments):
            return before
    if following < len(ordered) and remark.text in ordered[following].comments:
        return ordered[following]
    return None
