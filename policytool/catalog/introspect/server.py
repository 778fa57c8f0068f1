"""Asks a server: one read-only transaction, and one query for each kind of object."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from policytool.errors import PolicytoolError
from policytool.source.bootstrap import sql_folder

if TYPE_CHECKING:
    import psycopg

Row = dict[str, Any]
Rows = dict[str, list[Row]]

OLDEST: Final = 13
# What the text of expressions and constants depends on, as the builder has it.
_SETTINGS: Final = {
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
    from psycopg.rows import dict_row

    major = connection.info.server_version // 10000
    if major < OLDEST:
        raise UnreadableServer(f"PostgreSQL {major} cannot be read", hint=f"{OLDEST} is the oldest that can")
    if connection.info.transaction_status.name != "IDLE":
        raise UnreadableServer("the connection is inside a transaction", hint="commit or roll back first")
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        for name, value in _SETTINGS.items():
            cursor.execute("select pg_catalog.set_config(%s, %s, true)", (name, value))
        return major, {name: cursor.execute(query).fetchall() for name, query in _queries(major)}


@functools.cache
def _queries(major: int) -> tuple[tuple[str, bytes], ...]:
    files = sorted((sql_folder() / "introspect").glob("*.sql"))
    return tuple((file.stem, _for_version(file, major).encode()) for file in files)


def _for_version(file: Path, major: int) -> str:
    return "\n".join(adapted(line, major) for line in file.read_text(encoding="utf-8").splitlines())


def adapted(line: str, major: int) -> str:
    """A line of a query as a server of that version takes it; see sql/introspect/README.md."""
    older = _BEFORE.match(line)
    return line if older is None or major >= int(older["major"]) else older["older"]
