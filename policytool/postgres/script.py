"""A connection as psql has one, for SQL of a project: autocommit, rows as text, errors with their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.postgres.perform import Rights, described, ended_in_time, extension_wanted, perform, refused
from policytool.postgres.replay import SETTINGS, execute
from policytool.postgres.results import ApplyError
from policytool.postgres.steps import Step

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from policytool.postgres.server import Connection, Server

_PER_STATEMENT = "policytool_statement"


class Reply(Struct, frozen=True, kw_only=True):
    """What a statement gave: the names of its columns and its rows, null as None, or the error."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    error: ApplyError | None = None


class Console:
    """Sends the statements of a script one after the other, as a role that is no superuser."""

    def __init__(self, connection: Connection, rights: Rights) -> None:
        self._connection = connection
        self._rights = rights

    def send(self, step: Step, sql: str, *, undo: bool = False) -> Reply:
        """Run one statement of a file; `sql` is the text with variables put in place.

        With `undo` an error inside a transaction takes only this statement back, as psql's ON_ERROR_ROLLBACK does.
        """
        guarded = undo and self._state == "INTRANS"
        if guarded:
            self._connection.execute(f"savepoint {_PER_STATEMENT}".encode())
        reply = self._reply(step, sql)
        if guarded and self._state in ("INTRANS", "INERROR"):
            # Who has ended the transaction in which it was made has ended the savepoint too.
            back = f"rollback to savepoint {_PER_STATEMENT}; " if reply.error else ""
            with suppress(Exception):
                self._connection.execute(f"{back}release savepoint {_PER_STATEMENT}".encode())
        return reply

    @property
    def alive(self) -> bool:
        return not self._connection.closed

    @property
    def _state(self) -> str:
        return self._connection.info.transaction_status.name

    def _reply(self, step: Step, sql: str, wanted: Sequence[str] = ()) -> Reply:
        import psycopg

        results: list[PGresult | None] = []

        def run(connection: Connection, statement: str) -> None:
            results.append(execute(connection, statement, step.rows))

        idle = self._state == "IDLE"
        try:
            with ended_in_time(self._connection, step.file.text):
                reason = perform(self._connection, sql, self._rights, run, wanted)
        except psycopg.Error as error:
            if idle and self.alive and (name := extension_wanted(error, self._rights, wanted)):
                return self._reply(step, sql, (*wanted, name))
            return Reply(error=described(step, error, exact=sql == step.sql))
        if reason:
            return Reply(error=refused(step, reason))
        return _rows(results[-1] if results else None)


@contextmanager
def console(server: Server, database: str, rights: Rights, settings: Mapping[str, str] = SETTINGS) -> Iterator[Console]:
    """A session of `postgres`, who must be no superuser by then."""
    connection = server.connect(database, "postgres", settings=settings)
    # Closed, never committed: what a script leaves open is undone.
    with closing(connection):
        (superuser,) = connection.execute(
            "select rolsuper from pg_catalog.pg_roles where rolname = session_user"
        ).fetchone() or (True,)
        if superuser:
            raise AssertionError("postgres is a superuser: SQL of a project must not run as one")
        connection.prepare_threshold = None
        connection.add_notice_handler(_silent)
        yield Console(connection, rights)


def _silent(_: object) -> None:
    """Notices go where psql's standard error goes: nowhere."""


def _rows(result: PGresult | None) -> Reply:
    if result is None or not result.nfields:
        return Reply()
    width = range(result.nfields)
    text = partial(_text, result)
    return Reply(
        columns=tuple((result.fname(at) or b"").decode("utf-8", "replace") for at in width),
        rows=tuple(tuple(text(row, at) for at in width) for row in range(result.ntuples)),
    )


def _text(result: PGresult, row: int, column: int) -> str | None:
    value = result.get_value(row, column)
    return None if value is None else value.decode("utf-8", "replace")
