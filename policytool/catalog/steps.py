"""The statements of a build with what each of them changed, and which of them are run together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.source.model import SqlFile
from policytool.syntax.statement import Statement

if TYPE_CHECKING:
    from policytool.catalog.build import Built
    from policytool.catalog.build.state import Change


class Step(Struct, frozen=True, kw_only=True):
    """A statement of the migrations with what it changed: the subject of migration rules.

    `root` is the file that was run; `statement.file` may be one that it includes. `path` are the schemas of the
    search_path that exist.
    """

    statement: Statement
    changes: tuple[Change, ...]
    ordinal: int
    root: SqlFile
    path: tuple[str, ...] = ()


class Unit(Struct, frozen=True, kw_only=True):
    """Statements that commit together. `why` says so as part of a sentence; empty for a statement by itself."""

    steps: tuple[Step, ...]
    why: str

    @property
    def transaction(self) -> bool:
        """Whether the statements run inside a transaction block."""
        return bool(self.why)


def together(one: SqlFile, other: SqlFile) -> bool:
    """Whether two files are run as one, on a database that has seen neither.

    Desired state spread over files is not run on what exists at all, and scripts that carry no version are a schema
    that somebody loads from its beginning.
    """
    if one.path == other.path and one.order == other.order:
        return True
    if one.layout != other.layout:
        return False
    unversioned = one.version is None and other.version is None and not (one.repeatable or other.repeatable)
    return one.layout == "supabase-declarative" or (one.layout == "plain" and unversioned)


def steps_of(built: Built) -> tuple[Step, ...]:
    """The statements of a build, each with what it changed."""
    return tuple(_steps(built))


def _steps(built: Built) -> Iterator[Step]:
    changes: dict[int, list[Change]] = {}
    for change in built.journal:
        changes.setdefault(change.statement, []).append(change)
    for ordinal, (statement, root, path) in enumerate(zip(built.statements, built.roots, built.paths, strict=True)):
        made = tuple(changes.get(ordinal, ()))
        yield Step(statement=statement, changes=made, ordinal=ordinal, root=root, path=path)
