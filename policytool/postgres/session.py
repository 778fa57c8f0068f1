"""Acting as a role: one connection that becomes whoever is to be tried, as PostgREST does, and undoes what it did."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from policytool.catalog.spelling import identifier, literal
from policytool.postgres.entitled import Actors

if TYPE_CHECKING:
    import psycopg
    from psycopg.pq.abc import PGresult

    from policytool.postgres.server import Connection

# One query takes it all there and back: who it is, then what was asked, then judged and undone. The savepoint stands
# before, since a query that does not parse makes none.
_BEFORE: Final = 1
_SAVE: Final = "savepoint policytool_attempt"
_UNDO: Final = "rollback to savepoint policytool_attempt"
_JUDGE: Final = "set constraints all immediate"
_AFTER: Final = (_JUDGE, _UNDO)
_AFTER_KEPT: Final = (_JUDGE, "set local role none", "release savepoint policytool_attempt", _SAVE)


class Identity(Struct, frozen=True, kw_only=True):
    """A role and the settings that say who it is: `request.jwt.claims` and the like, as text."""

    role: str
    settings: Mapping[str, str] = field(default_factory=dict)


class Answer(Struct, frozen=True, kw_only=True):
    """What became of a statement: rows returned or touched; or the error, by the fields that the protocol gives.

    `function` is the function of the server's source that raised the error: `aclcheck_error` for a missing privilege,
    `ExecWithCheckOptions` for a policy, `exec_stmt_raise` for a RAISE in PL/pgSQL.
    """

    rows: int = 0
    columns: tuple[str, ...] = ()
    values: tuple[tuple[str | None, ...], ...] = ()
    types: tuple[int, ...] = ()  # of the columns, by number
    sqlstate: str = ""
    message: str = ""
    detail: str = ""
    hint: str = ""
    schema: str = ""
    table: str = ""
    column: str = ""
    constraint: str = ""
    context: str = ""
    function: str = ""

    @property
    def ran(self) -> bool:
        return not self.sqlstate


class Broken(Exception):
    """The statement ended the transaction that was to be undone."""


class Session:
    """A connection that logged in as a role that is no superuser and may become the actors.

    Nothing that it does outlives `transaction`, but for what `seeded` commits.
    """

    def __init__(self, connection: Connection, actors: Actors, search_path: str) -> None:
        self.connection = connection
        self.actors = actors
        self._path = {"search_path": search_path} if search_path else {}
        self._touched: set[str] = set()
        self._ended = False  # the transaction that was to be undone

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done within is undone at the end."""
        self._run(f"begin; {_SAVE}")
        self._ended = False
        try:
            yield
        finally:
            if not self.connection.closed:
                self._run("rollback")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done within is undone at the end; it may be nested."""
        self._run(f"savepoint policytool_savepoint; {_SAVE}")
        try:
            yield
        finally:
            if not self._ended:
                self._run("rollback to savepoint policytool_savepoint; release savepoint policytool_savepoint")

    @contextmanager
    def seeded(self) -> Iterator[Connection]:
        """The connection, past all policies, for rows that are to stay: for good, or as long as the transaction."""
        within = self.connection.pgconn.transaction_status
        with self.connection.transaction():
            if path := self._path.get("search_path"):
                self._run(f"set local search_path = {path}")
            self._run(f"set local role {identifier(self.actors.bypass)}")
            yield self.connection
        if within:  # an attempt goes back to what was kept last
            self._run(f"set local role none; release savepoint policytool_attempt; {_SAVE}")

    def attempt(self, who: Identity, sql: str, *, keep: bool = False) -> Answer:
        """Run SQL as somebody, deferred constraints included; undone at once, or kept for the rest of the transaction.

        Raises Broken where the SQL ended the transaction.
        """
        settings = self.settings(who)
        self._touched.update(name for name in settings if "." in name)
        return self._answer({**settings, "role": who.role}, sql, keep)

    def bypass(self, sql: str, *, keep: bool = False) -> Answer:
        """Run SQL past row security, with the rights of every owner that is no superuser."""
        return self._answer({**self._path, "role": self.actors.bypass}, sql, keep)

    def settings(self, who: Identity) -> dict[str, str]:
        """All settings of a request as somebody, but for the role."""
        return {**self._path, **self.actors.settings.get(who.role, {}), **who.settings}

    def _answer(self, settings: dict[str, str], sql: str, keep: bool) -> Answer:
        import psycopg

        # What somebody before was known by, and what was kept of it, cannot be unset any more, only emptied.
        settings = dict.fromkeys(self._touched, "") | settings
        after = _AFTER_KEPT if keep else _AFTER
        whole = f"{becoming(settings)};\n{sql}\n;{'; '.join(after)}"
        cursor = self.connection.cursor()
        try:
            cursor.execute(whole.encode())
        except psycopg.Error as error:
            self._recover(error)
            return refused(error)
        return ran(cursor, _BEFORE, len(after))

    def _recover(self, error: psycopg.Error) -> None:
        import psycopg

        self._ended = self.connection.closed
        if self.connection.closed:
            raise Broken("the server ended the connection") from error
        with suppress(psycopg.Error):
            self._run(_UNDO)
            return
        self._ended = True
        raise Broken("the statement ended the transaction that was to be undone") from error

    def _run(self, sql: str) -> None:
        self.connection.execute(sql.encode())


@contextmanager
def open_session(
    actors: Actors, *, search_path: Sequence[str] = ("public", "extensions"), emptied: Collection[str] = ()
) -> Iterator[Session]:
    """A session in the database that the actors are of.

    What `emptied` names is '' where nobody set it, as on a connection that served others before; the rest is unset.
    """
    with actors.login() as connection:
        connection.prepare_threshold = None
        for name in emptied:
            connection.execute("select pg_catalog.set_config(%s, '', false)", (name,))
        yield Session(connection, actors, ", ".join(map(identifier, search_path)))


def becoming(settings: Mapping[str, str]) -> str:
    """The statement that sets them for the rest of the transaction."""
    calls = ", ".join(f"pg_catalog.set_config({literal(n)}, {literal(v)}, true)" for n, v in settings.items())
    return f"select {calls}"


def ran(cursor: psycopg.Cursor[Any] | psycopg.AsyncCursor[Any], before: int, after: int) -> Answer:
    """The answer to the last statement, with so many before and after it that are ours."""
    results = [result for result in _results(cursor) if result is not None]
    mine = results[before : len(results) - after]
    if not mine:
        return Answer()
    last = mine[-1]
    columns = tuple(_text(last.fname(at)) or "" for at in range(last.nfields))
    count = last.ntuples if columns else 0
    values = tuple(tuple(_text(last.get_value(row, at)) for at in range(len(columns))) for row in range(count))
    return Answer(
        rows=len(values) if columns else last.command_tuples or 0,
        columns=columns,
        values=values,
        types=tuple(last.ftype(at) for at in range(len(columns))),
    )


def _results(cursor: psycopg.Cursor[Any] | psycopg.AsyncCursor[Any]) -> Iterator[PGresult | None]:
    yield cursor.pgresult
    while cursor.nextset():
        yield cursor.pgresult


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def refused(error: psycopg.Error) -> Answer:
    """The answer that an error is."""
    said = error.diag
    return Answer(
        sqlstate=said.sqlstate or "XX000",
        message=said.message_primary or str(error).strip(),
        detail=said.message_detail or "",
        hint=said.message_hint or "",
        schema=said.schema_name or "",
        table=said.table_name or "",
        column=said.column_name or "",
        constraint=said.constraint_name or "",
        context=said.context or "",
        function=said.source_function or "",
    )
