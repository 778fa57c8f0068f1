"""Runs SQL files on a server the way migration tools and psql do, and says exactly where one fails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from policytool.postgres.perform import (
    Extensions,
    Rights,
    described,
    ended_in_time,
    extension_wanted,
    perform,
    placed,
    refused,
)
from policytool.postgres.results import ApplyError, FileResult
from policytool.postgres.steps import Step, as_file, steps_of
from policytool.postgres.substitutes import lacks_real
from policytool.source.model import SqlFile

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from policytool.postgres.administrator import Administrator
    from policytool.postgres.server import Connection, Server

# What Postgres says of VACUUM, CREATE INDEX CONCURRENTLY and others that refuse to run inside a transaction.
ACTIVE_TRANSACTION = "25001"
NOT_SUPPORTED = "0A000"
LONGEST = 60.0  # seconds
SETTINGS: Mapping[str, str] = {"statement_timeout": "60s"}
_COPY = re.compile(r"copy\b.*\b(?:from\s+stdin|to\s+stdout)\b", re.IGNORECASE | re.DOTALL)
_COPY_IN = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)


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
    rights = Rights(administrator=administrator, extensions=extensions, watch=watch)
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
    return _apply(connection, file, Rights())


def _apply(connection: Connection, file: SqlFile, rights: Rights) -> FileResult:
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
    connection: Connection, steps: list[Step], rights: Rights, left_out: dict[int, ApplyError], *, transaction: bool
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
            step = steps[position]
            with ended_in_time(connection, step.file.text, LONGEST):
                out = position in left_out
                run = partial(execute, rows=step.rows)
                reason = None if out else perform(connection, step.sql, rights, run, wanted.get(position, []))
            if reason:
                connection.execute("rollback")
                return refused(step, reason), begun
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
            elif name := extension_wanted(error, rights, wanted.get(position, [])):
                wanted.setdefault(position, []).append(name)
            elif not connection.closed and (name := lacks_real(connection, error, steps[position].sql)):
                left_out[position] = placed(steps[position], NOT_SUPPORTED, f"needs the real extension {name}")
            else:
                return described(steps[position], error), begun
            position = begun
    return None, len(steps)


def _in_transaction(connection: Connection) -> bool:
    return connection.info.transaction_status.name != "IDLE"


def execute(connection: Connection, sql: str, rows: str = "") -> PGresult | None:
    """Send a statement, and the rows of a COPY; what came back, if it is not one."""
    with connection.cursor() as cursor:
        if not _COPY.match(sql):
            cursor.execute(sql.encode())
            return cursor.pgresult
        with cursor.copy(sql.encode()) as copy:
            if _COPY_IN.match(sql):
                copy.write(rows)
            else:
                for _ in copy:
                    pass
    return None
