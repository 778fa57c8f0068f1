"""`-- policytool: renamed from old`, on a statement or on the line of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.objects import Catalog
from policytool.diff.renames import PARTS, WHOLES, Rename
from policytool.syntax.location import Location
from policytool.syntax.remarks import MARK, Remark, remarks
from policytool.syntax.statement import Statement

_HINT: Final = re.compile(
    r"policytool:\s*renamed\s+from\s+"
    r"(?:'(?P<label>(?:[^']|'')*)'|(?P<old>(?:\"(?:[^\"]|\"\")+\"|[\w$]+)(?:\.(?:\"(?:[^\"]|\"\")+\"|[\w$]+))?))"
)
_LABEL: Final = re.compile(r"'((?:[^']|'')*)'")
_NAME: Final = re.compile(r"\"((?:[^\"]|\"\")+)\"|([\w$]+)")
_FIRST: Final = re.compile(
    r"\s*,?\s*(?:alter\s+table\s.*?\s)?(?:add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?)?(?:constraint\s+)?"
    r"(?:\"((?:[^\"]|\"\")+)\"|([\w$]+))", re.IGNORECASE
)  # fmt: skip


def hints(statements: Iterable[Statement], catalog: Catalog) -> tuple[Rename, ...]:
    """What the comments of a source say of the names its objects had."""
    by_path: dict[str, list[Statement]] = {}
    for statement in statements:
        by_path.setdefault(statement.location.path, []).append(statement)
    found = [r for group in by_path.values() if MARK in group[0].file.text for r in _of_file(group, catalog)]
    olds = {(r.kind, r.new): r.old for r in found if r.column is None}
    return tuple(r if r.column is None else replace(r, old=olds.get((r.kind, r.new), r.old)) for r in found)


def _of_file(statements: list[Statement], catalog: Catalog) -> Iterator[Rename]:
    text = statements[0].file.text
    lines = text.splitlines()
    for remark in remarks(text, statements[0].location.path):
        match = _HINT.search(remark.text)
        if match is None:
            continue
        old = _old(match)
        statement = _statement(statements, remark)
        if statement is not None:
            inside = (remark.location.line, remark.location.column) > _start(statement)
            line = _line(lines, remark) if inside and remark.location.line <= statement.location.end_line else None
            # At the end of a statement of one line it speaks of a label only where it names one.
            labels = match["label"] is not None or remark.location.line != statement.location.line
            yield from _rename(statement, old, line if line is None or labels else line.replace("'", ""), catalog)


def _plain(quoted: str, plain: str) -> str:
    return quoted.replace('""', '"') if quoted else plain.lower()


def _old(match: re.Match[str]) -> tuple[str, ...]:
    if match["label"] is not None:
        return (match["label"].replace("''", "'"),)
    return tuple(_plain(*part) for part in _NAME.findall(match["old"]))


def _start(statement: Statement) -> tuple[int, int]:
    return statement.location.line, statement.location.column


def _statement(statements: list[Statement], remark: Remark) -> Statement | None:
    """The statement that a remark stands in or at the end of, else the next one."""
    line = remark.location.line
    for statement in sorted(statements, key=_start):
        if statement.location.line <= line <= statement.location.end_line or statement.location.line > line:
            return statement
    return None


def _line(lines: list[str], remark: Remark) -> str:
    """What stands on the remark's line, else on the next."""
    head = lines[remark.location.line - 1][: remark.location.column - 1]
    if not head.strip() and remark.location.line < len(lines):
        head = lines[remark.location.line]
    return head


def _rename(statement: Statement, old: tuple[str, ...], line: str | None, catalog: Catalog) -> Iterator[Rename]:
    """What a remark on a statement, or on a line inside one, speaks of."""
    place = statement.location
    part = next(_inside(place, old[-1], line, catalog), None) if line is not None else None
    if part is not None:
        yield part
        return
    if len(old) == 1:
        found = next((n for n, s in catalog.schemas.items() if s.made == place and s.origin is None), None)
        if found is not None:
            yield Rename(kind="schemas", old=old[0], new=found)
            return
    for kind in WHOLES[1:]:
        store: dict[Any, Any] = getattr(catalog, kind)
        for key, item in store.items():
            if item.made == place and kind != "sequences":
                schema = old[0] if len(old) > 1 else key[0]
                yield Rename(kind=kind, old=(schema, old[-1], *key[2:]), new=key)
                return
    for kind in ("tables", "views"):
        for key, host in getattr(catalog, kind).items():
            yield from _attached(kind, key, host, place, old[-1])


def _attached(kind: str, key: Any, host: Any, place: Location, old: str) -> Iterator[Rename]:
    """An index, policy, trigger, rule or constraint that a statement of its own made."""
    for part, field in PARTS.items():
        for item in getattr(host, field, ()) if part != "column" else ():
            if item.made == place and getattr(item, "constraint", None) in (None, True, False):
                yield Rename(kind=kind, old=key, new=key, column=(old, item.name), part=part)
                return


def _inside(place: Location, old: str, line: str, catalog: Catalog) -> Iterator[Rename]:
    """A column, a constraint, or a label that a line inside a statement speaks of."""
    label = _LABEL.search(line)
    text = label[1].replace("''", "'") if label is not None else ""
    for key, enum in catalog.enums.items() if label is not None else ():
        if place in (enum.made, enum.changed):
            yield Rename(kind="enums", old=key, new=key, column=(old, text), part="value")
    match = _FIRST.match(line)
    name = _plain(match[1] or "", match[2] or "") if match else ""
    for kind in ("tables", "composites"):
        for key, item in getattr(catalog, kind).items():
            for part in ("column", "constraint"):
                for held in getattr(item, PARTS[part], ()):
                    if held.name == name and held.made is not None and _within(held.made, place):
                        yield Rename(kind=kind, old=key, new=key, column=(old, name), part=part)


def _within(inner: Location, outer: Location) -> bool:
    return inner.path == outer.path and outer.line <= inner.line <= outer.end_line
