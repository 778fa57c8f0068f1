"""Runs SQL files on a server the way migration tools and psql do, and says exactly where one fails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple

from policytool.postgres.guard import refusal
from policytool.postgres.privileged import EXTENSIONS, owned_by_superuser
from policytool.postgres.results import ApplyError, FileResult
from policytool.postgres.steps import Step, as_file, steps_of
from policytool.postgres.substitutes import for_this_database, lacks_real
from policytool.source.model import SqlFile
from policytool.syntax.location import line_index
from policytool.syntax.raw import Raw, Unparsable, parse

if TYPE_CHECKING:
    import psycopg

    from policytool.postgres.administrator import Administrator
    from policytool.postgres.server import Connection, Server

# What Postgres says of VACUUM, CREATE INDEX CONCURRENTLY and others that refuse to run inside a transaction.
ACTIVE_TRANSACTION = "25001"
NOT_PERMITTED = "42501"
NOT_SUPPORTED = "0A000"
LONGEST = 60.0  # seconds
SETTINGS: Mapping[str, str] = {"statement_timeout": "60s"}


class Extensions(NamedTuple):
    """What a platform does about an extension: where it goes unless the statement says, and what is run after it.

    `instead` is what is run on a server that lacks it and cannot be given a stand-in.
    """

    home: Callable[[str], str | None]
    after: Callable[[str], SqlFile | None]
    instead: Callable[[str], str | None] = lambda _: None


# Of a CREATE EXTENSION in a body: its name, and the schema it asks for.
_EXTENSION = (
    r"create\s+extension\s+(?:if\s+not\s+exists\s+)?\"?{name}\"?(?:\s+with)?(?:\s+schema\s+\"?(?P<schema>\w+))?"
)
_NO_EXTENSION = re.compile(r'permission denied to create extension "(?P<name>[^"]+)"')
_SCHEMA = re.compile(r"\bschema\b", re.IGNORECASE)
_COPY = re.compile(r"copy\b.*\b(?:from\s+stdin|to\s+stdout)\b", re.IGNORECASE | re.DOTALL)
_COPY_IN = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rights:
    administrator: Administrator | None = None
    extensions: Extensions | None = None
    watch: Callable[[Connection], None] = lambda _: None


def replay(
    server: Server,
    database: str,
    files: Iterable[SqlFile | Path | str],
    *,
    user: str | None = None,
    keep_going: bool = False,
    settings: Mapping[str, str] = SETTINGS,
    extensions: Extensions | None = None,
    administrator: Administrator | None = None,
    progress: Callable[[FileResult], None] = lambda _: None,
    watch: Callable[[Connection], None] = lambda _: None,
) -> tuple[FileResult, ...]:
    """Run the files in order on one connection, each as if on a new one, up to the first error or past it.

    With an administrator, the server's superuser runs the statements that only it may run; `extensions` says what else
    comes with one. `watch` is called before the commit of a file, in its transaction.
    """
    results: list[FileResult] = []
    rights = _Rights(administrator=administrator, extensions=extensions, watch=watch)
    connection = server.connect(database, user, settings=settings)
    try:
        for number, source in enumerate(files, 1):
            if connection.closed:
                connection = server.connect(database, user, settings=settings)
            connection.execute("reset all; reset role; discard temp")
            results.append(_apply(connection, as_file(source, number), rights))
            progress(results[-1])
            if results[-1].error and not keep_going:
                break
    finally:
        connection.close()
    return tuple(results)


def apply_sql(connection: Connection, text: str, *, path: str = "") -> ApplyError | None:
    """Run a text as one file; the connection must be in autocommit mode."""
    return apply_file(connection, SqlFile(path=path, text=text)).error


def apply_file(connection: Connection, file: SqlFile) -> FileResult:
    """Run a file in one transaction, apart from statements that refuse one, or each by itself if the file says so."""
    return _apply(connection, file, _Rights())


def _apply(connection: Connection, file: SqlFile, rights: _Rights) -> FileResult:
    began = time.perf_counter()
    ignored: list[str] = []
    steps = list(steps_of(file, ignored))
    connection.prepare_threshold = None
    left_out: dict[int, ApplyError] = {}
    error, kept = _run(connection, steps, rights, left_out, transaction=file.transaction)
    last = steps[kept - 1] if kept else None
    return FileResult(
        path=file.path,
        statements=len(steps),
        seconds=time.perf_counter() - began,
        error=error,
        kept=last.piece.after if last is not None and last.file is file else 0,
        ignored=tuple(ignored),
        left_out=tuple(left_out.values()),
    )


def _run(
    connection: Connection, steps: list[Step], rights: _Rights, left_out: dict[int, ApplyError], *, transaction: bool
) -> tuple[ApplyError | None, int]:
    """Run the steps, and say how many have taken effect; `left_out` gets those that a stand-in makes impossible.

    One that refuses a transaction is committed around, after those before it have run once more. A transaction that the
    file leaves open is committed, as by a tool that puts its own around the file.
    """
    import psycopg

    alone: set[int] = set()
    wanted: dict[int, list[str]] = {}
    position = begun = 0
    while position < len(steps):
        try:
            if position in alone and _in_transaction(connection):
                connection.execute("commit")
            if not _in_transaction(connection):
                begun = position
                if transaction and position not in alone:
                    connection.execute("begin")
            with _ended_in_time(connection, steps[position]):
                out = position in left_out
                reason = None if out else _perform(connection, steps[position], rights, wanted.get(position, []))
            if reason:
                connection.execute("rollback")
                return _refused(steps[position], reason), begun
            position += 1
            if position == len(steps) and _in_transaction(connection):
                position -= 1
                rights.watch(connection)
                connection.execute("commit")
                position += 1
        except psycopg.Error as error:
            if not connection.closed:
                connection.execute("rollback")
            if transaction and error.sqlstate == ACTIVE_TRANSACTION and position not in alone:
                alone.add(position)
            elif name := _extension_wanted(error, rights, wanted.get(position, [])):
                wanted.setdefault(position, []).append(name)
            elif not connection.closed and (name := lacks_real(connection, error, steps[position].sql)):
                left_out[position] = _placed(steps[position], NOT_SUPPORTED, f"needs the real extension {name}")
            else:
                return _described(steps[position], error), begun
            position = begun
    return None, len(steps)


def _perform(connection: Connection, step: Step, rights: _Rights, wanted: list[str]) -> str | None:
    """Run one statement as whom it needs, or say why it must not run; `wanted` are extensions to make before."""
    trees = _parsed(step.sql)
    if isinstance(trees, str):
        return trees
    if reason := refusal(trees):
        return reason
    for name in wanted:
        found = re.search(_EXTENSION.format(name=re.escape(name)), step.sql, re.IGNORECASE)
        where = f' schema "{found["schema"]}"' if found and found["schema"] else ""
        _make_extension(connection, f'create extension "{name}"{where}', name, rights)
    stmt = trees[0].stmt if len(trees) == 1 else {}
    sql = for_this_database(connection, step.sql, stmt)
    administrator = rights.administrator
    if administrator is not None and not (stmt and administrator.takes(stmt)):
        _execute(connection, step, sql)
    elif "CreateExtensionStmt" in stmt:
        _make_extension(connection, sql, stmt["CreateExtensionStmt"]["extname"], rights)
    elif administrator is None:
        _execute(connection, step, sql)
    else:
        (owner,) = connection.execute("select current_user").fetchone() or ("",)
        administrator.run(connection, sql)
        if item := owned_by_superuser(stmt):
            administrator.give(connection, *item, owner)
    return None


def _parsed(sql: str) -> list[Raw] | str:
    """The trees of a statement, none where Postgres will refuse it by itself, or why it must not be sent."""
    try:
        return parse(sql)
    except Unparsable as error:
        return error.message if "too deeply" in error.message else []


def _extension_wanted(error: psycopg.Error, rights: _Rights, made: list[str]) -> str | None:
    """The extension that a body wanted to make and may not, if the superuser can make it before."""
    found = _NO_EXTENSION.match(error.diag.message_primary or "")
    name = found["name"] if found and rights.administrator else None
    return name if name in EXTENSIONS and name not in made else None


@contextmanager
def _ended_in_time(connection: Connection, step: Step) -> Iterator[None]:
    """A dump begins with `set statement_timeout = 0`; from there on the clock is ours."""
    if "statement_timeout" not in step.file.text:
        yield
        return
    timer = Timer(LONGEST, connection.cancel_safe)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _in_transaction(connection: Connection) -> bool:
    return connection.info.transaction_status.name != "IDLE"


def _execute(connection: Connection, step: Step, sql: LiteralString) -> None:
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


def _make_extension(connection: Connection, statement: str, name: str, rights: _Rights) -> None:
    """Make an extension as the superuser, so that it owns it and the project's default privileges leave it alone."""
    home = rights.extensions.home(name) if rights.extensions else None
    after = rights.extensions.after(name) if rights.extensions else None
    placed = f" schema {home}" if home is not None and not _SCHEMA.search(statement) else ""
    there = b"select from pg_catalog.pg_extension where extname = %s"
    if rights.extensions and (script := rights.extensions.instead(name)):
        statement = statement + placed if connection.execute(there, [name]).fetchone() is not None else script
    else:
        statement += placed
    commands = [statement, *(step.sql for step in steps_of(after, []))] if after else [statement]
    for command in commands:
        if rights.administrator is None:
            connection.execute(command.encode())
        else:
            rights.administrator.run(connection, command)
    if rights.administrator is not None:
        rights.administrator.settle(connection, name)


def _refused(step: Step, reason: str) -> ApplyError:
    return _placed(step, NOT_PERMITTED, f"refused before it reached the server: {reason}")


def _placed(step: Step, sqlstate: str, message: str) -> ApplyError:
    line, column = line_index(step.file.text).position(step.piece.body)
    return ApplyError(
        path=step.file.path, line=line, column=column, statement=step.sql, sqlstate=sqlstate, message=message
    )


def _described(step: Step, error: psycopg.Error) -> ApplyError:
    diagnostic: Any = error.diag
    administered = "policytool_administer" in (diagnostic.context or "")
    offset = int((diagnostic.internal_position if administered else diagnostic.statement_position) or 1) - 1
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
        context=None if administered else diagnostic.context,
    )
