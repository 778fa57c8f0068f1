"""What became of a file that was applied, and which statement of it failed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyError:
    """A statement that failed: where it is, counted from 1, and what Postgres said."""

    path: str
    line: int
    column: int
    statement: str
    sqlstate: str
    message: str
    detail: str | None = None
    hint: str | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What became of one file; `ignored` holds the psql lines that would have done something.

    After an error, the file has taken effect up to the character `kept`: what ran outside of transactions stays.
    `left_out` are indexes that a stand-in for an extension cannot hold.
    """

    path: str
    statements: int
    seconds: float
    error: ApplyError | None = None
    kept: int = 0
    ignored: tuple[str, ...] = ()
    left_out: tuple[ApplyError, ...] = ()
