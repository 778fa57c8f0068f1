"""Asks a server: one read-only transaction, and one query for each kind of object."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from policytool.errors import PolicytoolError
from policytool.source.bootstrap import sql_folder

if TYPE_CHECKING:
    import psycopg

    Cursor = psycopg.Cursor[dict[str, Any]]

Row = dict[str, Any]
Rows = dict[str, list[Row]]

OLDEST: Final = 13
NONE: Final[Mapping[str, str]] = {}
# What the text of expressions and constants depends on, as the builder has it.
_SETTINGS: Final[dict[str, str]] = {
    "search_path": "",
    "timezone": "UTC",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
}
_BEFORE: Final = re.compile(r"^(?P<line>.*?)\s*-- before (?P<major>\d+):[ ]?(?P<older>.*)$")


class UnreadableServer(PolicytoolError):
    """The server is older than what can be read, or the connection is not free to do so."""


def read(connection: psycopg.Connection[Any]) -> tuple[int, Rows]:
    """The server's major version, and the rows of every query of `sql/introspect/` by the name of its file."""
    with asking(connection) as (major, cursor):
        return major, everything(cursor, major)


@contextmanager
def asking(connection: psycopg.Connection[Any], patience: Mapping[str, str] = NONE) -> Iterator[tuple[int, Cursor]]:
    """The server's major version and a cursor in a transaction that can only read and sees one moment.

    `patience` are timeouts, for the length of the transaction.
    """
    from psycopg.rows import dict_row

    major = connection.info.server_version // 10000
    if major < OLDEST:
        told = connection.info.parameter_status("server_version") or str(major)
        raise UnreadableServer(f"PostgreSQL {told} cannot be read", hint=f"{OLDEST} is the oldest that can")
    if connection.info.transaction_status.name != "IDLE":
        raise UnreadableServer("the connection is inside a transaction", hint="commit or roll back first")
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        for name, value in {**_SETTINGS, **patience}.items():
            cursor.execute("select pg_catalog.set_config(%s, %s, true)", (name, value))
        yield major, cursor


def everything(cursor: Cursor, major: int, folder: str = "introspect") -> Rows:
    """The rows of every query in a folder by the name of its file."""
    return {name: cursor.execute(query).fetchall() for name, query in queries(folder, major)}


@functools.cache
def queries(folder: str, major: int) -> tuple[tuple[str, bytes], ...]:
    """The queries of a folder of `sql/` as a server of that version takes them, by the names of their files."""
    files = sorted((sql_folder() / folder).glob("*.sql"))
    return tuple((file.stem, _for_version(file, major).encode()) for file in files)


def _for_version(file: Path, major: int) -> str:
    return "\n".join(adapted(line, major) for line in file.read_text(encoding="utf-8").splitlines())


def adapted(line: str, major: int) -> str:
    """A line of a query as a server of that version takes it; see sql/introspect/README.md."""
    older = _BEFORE.match(line)
    return line if older is None or major >= int(older["major"]) else older["older"]
