"""Connections that are somebody from their beginning, an attempt that is awaited, and Python's values in and out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final

from policytool.postgres.session import Answer, Broken, becoming, ran, refused

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    from policytool.postgres.entitled import Actors
    from policytool.postgres.server import Connection

    AsyncConnection = psycopg.AsyncConnection[TupleRow]

Parameters = Sequence[Any] | Mapping[str, Any]
_QUIET: Final = {"client_min_messages": "error"}
_ENDED: Final = ("25P01", "3B001")  # there is no transaction, or another one


def address(actors: Actors, settings: Mapping[str, str]) -> str:
    """A connection string of whoever logs in, with settings that RESET does not undo: a role and who it is."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(actors.server.dsn(actors.database, actors.user), options=_options({**_QUIET, **settings}))


def _options(settings: Mapping[str, str]) -> str:
    escaped = (f"-c{name}={value}".replace("\\", "\\\\") for name, value in settings.items())
    return " ".join("".join(f"\\{c}" if c.isspace() else c for c in option) for option in escaped)


@contextmanager
def connected(actors: Actors, settings: Mapping[str, str], *, autocommit: bool = False) -> Iterator[Connection]:
    """A connection that is somebody; what is not committed is undone at the end."""
    import psycopg

    connection = psycopg.connect(address(actors, settings), autocommit=autocommit)
    try:
        yield connection
    finally:
        connection.close()


@asynccontextmanager
async def connected_async(
    actors: Actors, settings: Mapping[str, str], *, autocommit: bool = False
) -> AsyncIterator[AsyncConnection]:
    """The same, to be awaited."""
    connection = await logged_in_async(actors, settings, autocommit=autocommit)
    try:
        yield connection
    finally:
        await connection.close()


async def logged_in_async(actors: Actors, settings: Mapping[str, str], *, autocommit: bool = False) -> AsyncConnection:
    """A connection that somebody else closes."""
    import psycopg

    connection = await psycopg.AsyncConnection.connect(address(actors, settings), autocommit=autocommit)
    connection.prepare_threshold = None
    return connection


def hang_up(connection: AsyncConnection) -> None:
    """Close it where nothing can be awaited any more."""
    connection.pgconn.finish()


async def attempt_async(connection: AsyncConnection, settings: Mapping[str, str], sql: str, *, keep: bool) -> Answer:
    """Run SQL with the settings of somebody in a transaction of its own, which is kept or undone.

    Raises Broken where the SQL ended the transaction.
    """
    import psycopg

    end = f"release savepoint policytool_attempt; {'commit' if keep else 'rollback'}"
    whole = f"begin; {becoming(settings)}; savepoint policytool_attempt;\n{sql}\n;set constraints all immediate; {end}"
    cursor = connection.cursor()
    try:
        await cursor.execute(whole.encode())
    except psycopg.Error as error:
        if connection.closed:
            raise Broken("the server ended the connection") from error
        await connection.execute(b"rollback")
        if error.sqlstate in _ENDED:
            raise Broken("the statement ended the transaction that was to be undone") from error
        return refused(error)
    return ran(cursor, 3, 3)


# --- values ---------------------------------------------------------------------------------------------------------


def filled(connection: Connection, sql: str, parameters: Parameters | None) -> str:
    """SQL with its placeholders, as psycopg writes them, filled in."""
    import psycopg

    return sql if parameters is None else psycopg.ClientCursor(connection).mogrify(sql.encode(), parameters)


def as_python(answer: Answer) -> list[dict[str, Any]]:
    """The rows with values of Python's types, by psycopg's rules."""
    from psycopg.adapt import Transformer
    from psycopg.pq import Format

    transformer = Transformer()
    loaders = [transformer.get_loader(number, Format.TEXT) for number in answer.types]
    return [
        {
            name: None if value is None else loader.load(value.encode())
            for name, value, loader in zip(answer.columns, row, loaders, strict=True)
        }
        for row in answer.values
    ]


def as_text(value: Any) -> Any:
    """A value as the input of its type in Postgres takes it; mappings and lists are left, with texts in them."""
    from psycopg.adapt import PyFormat, Transformer

    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): as_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(item) for item in value]
    dumped = Transformer().get_dumper(value, PyFormat.TEXT).dump(value)
    return None if dumped is None else bytes(dumped).decode()
