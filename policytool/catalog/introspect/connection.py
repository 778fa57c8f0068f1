"""Connections to a database of the user's: impatient, polite to poolers, and silent about passwords."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from policytool.errors import NoPostgres, PolicytoolError, UsageError
from policytool.source.database import HINT, check_url, without_passwords

if TYPE_CHECKING:
    import psycopg

CONNECT_TIMEOUT: Final = 10
# What a message of libpq or of the server says, and what to do about it; the first that fits.
_HINTS: Final = (
    ("password authentication failed", "check user and password: in the URL, PGPASSWORD, ~/.pgpass or the service"),
    ("no password supplied", "give a password by PGPASSWORD, ~/.pgpass or a service file"),
    ("service file", "name a service of ~/.pg_service.conf or PGSERVICEFILE"),
    ("definition of service", "name a service of ~/.pg_service.conf or PGSERVICEFILE"),
    ("tenant or user not found", "a pooler of Supabase takes users as postgres.PROJECT, and only in its own region"),
    ("connection refused", "is the server running there, and does it listen on that port?"),
    ("timeout", "does the host answer on that port? connect_timeout=SECONDS in the connection string waits longer"),
    ("network is unreachable", "if the host has IPv6 only, use the address of its pooler"),
    ("no pg_hba.conf entry", "the server does not let this user in from here, or not without TLS: sslmode=require"),
    ("certificate", "check sslmode and sslrootcert"),
    ("ssl", "what answers there may not be PostgreSQL; otherwise check sslmode"),
    ("received invalid response", "what answers there is not PostgreSQL: check host and port"),
    ("expected authentication request", "what answers there is not PostgreSQL: check host and port"),
    ("closed the connection", "what answers there may not be PostgreSQL: check host and port"),
    ("too many", "all connections are taken: wait, or use the pooler"),
    ("connection slots", "all connections are taken: wait, or use the pooler"),
    ("no such file", "is the server running? name its host if it is on another machine"),
    ("host name", "check the host"),
    ("resolve", "check the host"),
    ("does not exist", "check the names of the database and the user"),
)
# SQLSTATEs while the catalog is read.
_WHILE_READING: Final = {
    "55P03": ("a table is locked by somebody else", "wait for the migration that runs there, and try again"),
    "57014": ("the server took too long for a query", "PGOPTIONS='-c statement_timeout=5min' waits longer"),
    "08P01": ("the server or its pooler does not speak plainly", "use a pooler in session or transaction mode"),
    "0A000": ("the server cannot do what reading a catalog takes", "it has to be PostgreSQL itself"),
    "42P01": ("something was dropped while it was read", "try again"),
    "42704": ("something was dropped while it was read", "try again"),
    "42883": ("the server lacks a function of PostgreSQL", "it has to be PostgreSQL itself"),
    "42703": ("the server lacks a column of PostgreSQL's catalogs", "it has to be PostgreSQL itself"),
    "42501": ("the role may not read a catalog that everybody may read by default", "grant it, or use another role"),
    "40001": ("something was changed while it was read", "try again"),
    "XX000": ("something was dropped while it was read", "try again"),
}


class Unreachable(NoPostgres):
    """The server cannot be reached, does not let us in, or went away."""


class Unread(PolicytoolError):
    """The server was reached, and its catalog cannot be read."""


@contextmanager
def connected(source: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection for reading to the database that a connection string, with libpq's own defaults, names.

    Raises UsageError for a string that libpq does not understand and Unreachable where there is no connection; what
    goes wrong inside the block comes as Unread.
    """
    try:
        import psycopg
    except ImportError:
        raise NoPostgres("psycopg is not installed", hint="pip install 'policytool[server]'") from None

    given = parameters(source)
    secrets = [given.get("password"), given.get("sslpassword"), os.environ.get("PGPASSWORD")]
    try:
        # No statement is prepared: behind a pooler it would stay for the next client.
        connection = psycopg.connect(**given, autocommit=True, prepare_threshold=None)
    except (psycopg.Error, OSError, ValueError) as error:
        raise _unreachable(str(error), secrets) from None
    with connection:
        try:
            yield connection
        except psycopg.Error as error:
            raise _unread(error, secrets) from None


def parameters(source: str) -> dict[str, Any]:
    """What a connection string says, with what we add. No message repeats any of a string that is wrong."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    check_url(source)
    try:
        given: dict[str, Any] = conninfo_to_dict(source)
    except psycopg.ProgrammingError:
        raise UsageError("the connection string of the database is not one that libpq understands", hint=HINT) from None
    given.setdefault("fallback_application_name", "policytool")
    if "PGCONNECT_TIMEOUT" not in os.environ:
        given.setdefault("connect_timeout", CONNECT_TIMEOUT)
    return given


def label(connection: psycopg.Connection[Any]) -> str:
    """The database as it is called in reports: user, host, port and name, no password."""
    info = connection.info
    host = f"[{info.host}]" if ":" in info.host else info.host
    port = f":{info.port}" if info.port != 5432 else ""
    return f"postgresql://{info.user}@{'' if host.startswith('/') else host}{port}/{info.dbname}"


def _unreachable(said: str, secrets: list[Any]) -> Unreachable:
    text = _plain(said.partition("Multiple connection attempts failed")[0], secrets)
    text = text.removeprefix("connection failed: ").removeprefix("connection is bad: ")
    lower = text.lower()
    hint = next((hint for words, hint in _HINTS if words in lower), "check the connection string and PG* variables")
    return Unreachable(f"the database cannot be reached: {text}", hint=hint)


def _unread(error: psycopg.Error, secrets: list[Any]) -> PolicytoolError:
    text = _plain(error.diag.message_primary or str(error), secrets)
    state = error.sqlstate
    if state is None or (state.startswith(("08", "57P")) and state != "08P01"):
        return Unreachable(f"the connection to the database was lost: {text}", hint="try again")
    message, hint = _WHILE_READING.get(state or "", ("the catalog cannot be read", "please report this"))
    return Unread(f"{message}: {text} ({state})", hint=hint)


def _plain(text: str, secrets: list[Any]) -> str:
    return without_passwords(re.sub(r"\s+", " ", text).strip(), secrets)
