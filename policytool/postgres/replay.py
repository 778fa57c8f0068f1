"""Runs SQL files on a server the way migration tools and psql do, and says exactly where one fails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple

from policytool.postgres.guard import forbidden
from policytool.postgres.process import SUPERUSER
from policytool.source.model import SqlFile
from policytool.syntax.location import line_index
from policytool.syntax.psql import meta_command
from policytool.syntax.split import Piece, split

if TYPE_CHECKING:
    import psycopg

    from policytool.postgres.server import Connection, Server

# What Postgres says of VACUUM, CREATE INDEX CONCURRENTLY and others that refuse to run inside a transaction.
ACTIVE_TRANSACTION = "25001"
NOT_PERMITTED = "42501"
SETTINGS: Mapping[str, str] = {"statement_timeout": "60s"}


class Extensions(NamedTuple):
    """What a platform does about an extension: where it goes unless the statement says, and what is run after it."""

    home: Callable[[str], str | None]
    after: Callable[[str], SqlFile | None]


_EXTENSION = re.compile(
    r'create\s+extension\s+(?:if\s+not\s+exists\s+)?(?:"(?P<name>[^"]+)"|(?P<plain>\w+))', re.IGNORECASE
)
_SCHEMA = re.compile(r"\bschema\b", re.IGNORECASE)
_COPY = re.compile(r"copy\b.*\b(?:from\s+stdin|to\s+stdout)\b", re.IGNORECASE | re.DOTALL)
_COPY_IN = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_END_OF_ROWS = re.compile(r"^\\\.[ \t\r]*\Z", re.MULTILINE)


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
    """

    path: str
    statements: int
    seconds: float
    error: ApplyError | None = None
    kept: int = 0
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    file: SqlFile
    piece: Piece

    @property
    def sql(self) -> str:
        return self.file.text[self.piece.body : self.piece.end]

    @property
    def rows(self) -> str:
        """The lines between COPY … FROM stdin and the end mark."""
        after = self.file.text[self.piece.end : self.piece.after].removeprefix(";")
        return _END_OF_ROWS.sub("", after[after.find("\n") + 1 :])


def replay(
    server: Server,
    database: str,
    files: Iterable[SqlFile | Path | str],
    *,
    user: str | None = None,
    keep_going: bool = False,
    settings: Mapping[str, str] = SETTINGS,
    extensions: Extensions | None = None,
) -> tuple[FileResult, ...]:
    """Run the files in order on one connection, each after RESET ALL, up to the first error or past it.

    With `extensions` the server's superuser makes them, as Supabase does, and then runs what it gives.
    """
    results: list[FileResult] = []
    connection = server.connect(database, user, settings=settings)
    try:
        for number, source in enumerate(files, 1):
            if connection.closed:
                connection = server.connect(database, user, settings=settings)
            connection.execute("reset all")
            results.append(apply_file(connection, _as_file(source, number), extensions))
            if results[-1].error and not keep_going:
                break
    finally:
        connection.close()
    return tuple(results)


def apply_sql(connection: Connection, text: str, *, path: str = "") -> ApplyError | None:
    """Run a text as one file; the connection must be in autocommit mode."""
    return apply_file(connection, SqlFile(path=path, text=text)).error


def apply_file(connection: Connection, file: SqlFile, extensions: Extensions | None = None) -> FileResult:
    """Run a file in one transaction, apart from statements that refuse one, or each by itself if the file says so."""
    began = time.perf_counter()
    ignored: list[str] = []
    steps = list(_steps(file, ignored))
    connection.prepare_threshold = None
    error, kept = _run(connection, steps, extensions, transaction=file.transaction)
    last = steps[kept - 1] if kept else None
    return FileResult(
        path=file.path,
        statements=len(steps),
        seconds=time.perf_counter() - began,
        error=error,
        kept=last.piece.after if last is not None and last.file is file else 0,
        ignored=tuple(ignored),
    )


def _as_file(source: SqlFile | Path | str, number: int) -> SqlFile:
    match source:
        case Path():
            return SqlFile(path=str(source), text=source.read_text(encoding="utf-8"), order=number)
        case str():
            return SqlFile(path=f"text {number}", text=source, order=number)
    return source


def _steps(file: SqlFile, ignored: list[str]) -> Iterator[_Step]:
    for piece in split(file.text):
        if piece.kind == "sql":
            yield _Step(file=file, piece=piece)
            continue
        line = file.text[piece.body : piece.end]
        command = meta_command(line)
        included = [include.file for include in file.includes if include.name == command.argument]
        if command.verdict == "include" and included:
            yield from _steps(included[0], ignored)
        elif command.verdict != "silent":
            ignored.append(line)


def _run(
    connection: Connection, steps: list[_Step], extensions: Extensions | None, *, transaction: bool
) -> tuple[ApplyError | None, int]:
    """Run the steps, and say how many have taken effect.

    One that refuses a transaction is committed around, after those before it have run once more. A transaction that the
    file leaves open is committed, as by a tool that puts its own around the file.
    """
    import psycopg

    alone: set[int] = set()
    position = begun = 0
    while position < len(steps):
        try:
            if position in alone and _in_transaction(connection):
                connection.execute("commit")
            if not _in_transaction(connection):
                begun = position
                if transaction and position not in alone:
                    connection.execute("begin")
            if reason := forbidden(steps[position].sql):
                connection.execute("rollback")
                return _refused(steps[position], reason), begun
            if extensions and (match := _EXTENSION.match(steps[position].sql)):
                _make_extension(connection, steps[position], match["name"] or match["plain"].lower(), extensions)
            else:
                _execute(connection, steps[position])
            position += 1
            if position == len(steps) and _in_transaction(connection):
                position -= 1
                connection.execute("commit")
                position += 1
        except psycopg.Error as error:
            if not connection.closed:
                connection.execute("rollback")
            if not (transaction and error.sqlstate == ACTIVE_TRANSACTION and position not in alone):
                return _described(steps[position], error), begun
            alone.add(position)
            position = begun
    return None, len(steps)


def _in_transaction(connection: Connection) -> bool:
    return connection.info.transaction_status.name != "IDLE"


def _execute(connection: Connection, step: _Step, addition: str = "") -> None:
    sql: LiteralString = step.sql + addition
    with connection.cursor() as cursor:
        if not _COPY.match(sql):
            cursor.execute(sql)
            return
        with cursor.copy(sql) as copy:
            if _COPY_IN.match(sql):
                copy.write(step.rows)
            else:
                for _ in copy:
                    pass


def _make_extension(connection: Connection, step: _Step, name: str, extensions: Extensions) -> None:
    """Make an extension as the superuser, so that it owns it and the project's default privileges leave it alone."""
    from psycopg import sql

    (role,) = connection.execute("select pg_catalog.current_setting('role')").fetchone() or ("none",)
    # SUPERUSER made the cluster; role and session user stay the project's own for everything else
    connection.execute(sql.SQL("set role {}").format(sql.Identifier(SUPERUSER)))
    home, after = extensions.home(name), extensions.after(name)
    placed = f" schema {home}" if home is not None and not _SCHEMA.search(step.sql) else ""
    try:
        _execute(connection, step, placed)
        for follow in _steps(after, []) if after else ():
            _execute(connection, follow)
    finally:
        if not connection.closed and connection.info.transaction_status.name != "INERROR":
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))


def _refused(step: _Step, reason: str) -> ApplyError:
    line, column = line_index(step.file.text).position(step.piece.body)
    return ApplyError(
        path=step.file.path,
        line=line,
        column=column,
        statement=step.sql,
        sqlstate=NOT_PERMITTED,
        message=f"refused before it reached the server: {reason}",
    )


def _described(step: _Step, error: psycopg.Error) -> ApplyError:
    diagnostic: Any = error.diag
    offset = int(diagnostic.statement_position or 1) - 1
    line, column = line_index(step.file.text).position(step.piece.body + offset)
    return ApplyError(
        path=step.file.path,
        line=line,
        column=column,
        statement=step.sql,
        sqlstate=error.sqlstate or "",
        message=diagnostic.message_primary or str(error).strip(),
        detail=diagnostic.message_detail,
        hint=diagnostic.message_hint,
        context=diagnostic.context,
    )
