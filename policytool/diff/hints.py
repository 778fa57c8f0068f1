"""`-- policytool: renamed from old`, on a statement or on the line of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.objects import Catalog
from policytool.diff.renames import WHOLES, Rename
from policytool.syntax.remarks import MARK, Remark, remarks
from policytool.syntax.statement import Statement

_HINT: Final = re.compile(
    r"policytool:\s*renamed\s+from\s+(?P<old>(?:\"(?:[^\"]|\"\")+\"|[\w$]+)(?:\.(?:\"(?:[^\"]|\"\")+\"|[\w$]+))?)"
)
_NAME: Final = re.compile(r"\"((?:[^\"]|\"\")+)\"|([\w$]+)")
_FIRST: Final = re.compile(
    r"\s*,?\s*(?:alter\s+table\s.*?\s)?(?:add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?)?"
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
        old = tuple(_plain(*part) for part in _NAME.findall(match["old"]))
        statement = _statement(statements, remark)
        if statement is not None:
            inside = (remark.location.line, remark.location.column) > _start(statement)
            name = _column(lines, remark) if inside and remark.location.line <= statement.location.end_line else None
            yield from _rename(statement, old, name, catalog)


def _plain(quoted: str, plain: str) -> str:
    return quoted.replace('""', '"') if quoted else plain.lower()


def _start(statement: Statement) -> tuple[int, int]:
    return statement.location.line, statement.location.column


def _statement(statements: list[Statement], remark: Remark) -> Statement | None:
    """The statement that a remark stands in or at the end of, else the next one."""
    line = remark.location.line
    for statement in sorted(statements, key=_start):
        if statement.location.line <= line <= statement.location.end_line or statement.location.line > line:
            return statement
    return None


def _column(lines: list[str], remark: Remark) -> str | None:
    """The first name on the remark's line, else on the next."""
    head = lines[remark.location.line - 1][: remark.location.column - 1]
    if not head.strip() and remark.location.line < len(lines):
        head = lines[remark.location.line]
    match = _FIRST.match(head)
    return _plain(match[1], match[2] or "") if match else None


def _rename(statement: Statement, old: tuple[str, ...], column: str | None, catalog: Catalog) -> Iterator[Rename]:
    place = statement.location
    for kind in WHOLES:
        store: dict[Any, Any] = getattr(catalog, kind)
        for key, item in store.items():
            if column is not None and kind in ("tables", "composites"):
                for held in item.columns:
                    if held.name == column and held.made is not None and _within(held.made, place):
                        yield Rename(kind=kind, old=key, new=key, column=(old[-1], column))
                        return
            if item.made == place and kind != "sequences":
                schema = old[0] if len(old) > 1 else key[0]
                yield Rename(kind=kind, old=(schema, old[-1], *key[2:]), new=key)
                return


def _within(inner: Any, outer: Any) -> bool:
    return bool(inner.path == outer.path and outer.line <= inner.line <= outer.end_line)
