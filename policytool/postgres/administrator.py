"""Runs single statements as a superuser inside the session of a role that is none and cannot become one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from policytool.postgres.confine import CONFINED, SLOTS

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

# Names and comparisons are spelled so that nothing in the caller's search_path can take their place; the caller's event
# triggers, which would fire as the superuser, are off. The key travels as a parameter: no view of the server shows it.
_FUNCTION = """
create function pg_catalog.policytool_administer(key bytea, statement text) returns void
language plpgsql volatile security definer set {off} as $body$
begin
    if not pg_catalog.texteq(pg_catalog.encode(pg_catalog.sha256(key), 'hex'), '{digest}') then
        raise insufficient_privilege using message = 'only policytool may call this function';
    end if;
    execute statement;
end
$body$
"""
Node = dict[str, Any]
# The platform lets postgres drop extensions that it does not own.
_ADOPT = """
update pg_catalog.pg_extension set extowner = 'postgres'::pg_catalog.regrole
where extname operator(pg_catalog.<>) 'plpgsql' and extowner operator(pg_catalog.<>) 'postgres'::pg_catalog.regrole
"""
_CALL = b"select pg_catalog.policytool_administer($1, $2)"


class Administrator:
    """The key to a function that the superuser left in one database for the length of a replay."""

    def __init__(self, key: bytes, takes: Callable[[Node], bool]) -> None:
        self.key = key
        self.takes = takes

    def run(self, connection: Connection, statement: str) -> None:
        """Run a statement as the superuser, in the connection's own transaction."""
        from psycopg import RawCursor

        with RawCursor(connection) as cursor:
            cursor.execute(_CALL, [self.key, statement])

    def give(self, connection: Connection, kind: str, name: str, owner: str) -> None:
        """Make a role own what only a superuser may: it is one for a moment that no other session ever sees."""
        from psycopg import sql

        role, item = sql.Identifier(owner).as_string(None), sql.Identifier(name).as_string(None)
        given = f"alter {kind} {item} owner to {role}"
        self.run(connection, f"alter role {role} superuser; {given}; alter role {role} nosuperuser")

    def settle(self, connection: Connection, extension: str) -> None:
        """Cut the wires of an extension that was just made, and let the project drop it from within a body, too."""
        self.run(connection, f"{_ADOPT}; {CONFINED.get(extension, '')}")


@contextmanager
def administrator(server: Server, database: str, takes: Callable[[Node], bool]) -> Iterator[Administrator]:
    """Leave the function in a database, and take it away again."""
    key = secrets.token_bytes(32)
    off = "event_triggers = off" if server.major >= 17 else "session_replication_role = replica"
    body = _FUNCTION.format(off=off, digest=hashlib.sha256(key).hexdigest())
    with server.administer(database) as connection:
        connection.execute(b"drop function if exists pg_catalog.policytool_administer(bytea, text)")
        connection.execute(body.encode())
        connection.execute(_ADOPT.encode())
        connection.execute(SLOTS)
    try:
        yield Administrator(key, takes)
    finally:
        with server.administer(database) as connection:
            connection.execute(b"drop function if exists pg_catalog.policytool_administer(bytea, text)")
