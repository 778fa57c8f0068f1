"""What `postgres` is given for the length of a replay, and what is kept from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

# supautils lets postgres put policies and triggers on what these own.
OWNERS = ("supabase_auth_admin", "supabase_storage_admin")
_ROLE = b"select rolsuper from pg_catalog.pg_roles where rolname = 'postgres'"
_MEMBERSHIPS = b"""
select r.rolname from pg_catalog.pg_auth_members m
join pg_catalog.pg_roles r on r.oid = m.roleid
join pg_catalog.pg_roles p on p.oid = m.member and p.rolname = 'postgres'
"""
# Before 16 whoever may create roles can grant any but a superuser's: these, then, are made out as such meanwhile.
_CLOSE = """
update pg_catalog.pg_authid set rolsuper = {closed}
where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
"""
# A superuser who makes a role is no member of it, and what it grants is granted by the one who made the cluster. REVOKE
# would take away what was granted on.
_FORGET = """
delete from pg_catalog.pg_auth_members m using pg_catalog.pg_roles r
where m.member = 'postgres'::pg_catalog.regrole and r.oid = m.roleid and not r.rolname = any (%s)
"""
_REGRANT = """
update pg_catalog.pg_auth_members set grantor = 10 where grantor = 'postgres'::pg_catalog.regrole
"""


@contextmanager
def lent(server: Server, *, strict: bool = False) -> Iterator[bool]:
    """Let `postgres` be no superuser, and own what the platform lets it change; afterwards all is as before.

    Yields whether it was one.
    """
    with server.connect() as connection:
        (superuser,) = connection.execute(_ROLE).fetchone() or (False,)
        before = _memberships(connection)
        lacking = set() if strict or superuser else {owner for owner in OWNERS if owner not in before}
        if superuser:
            connection.execute("alter role postgres nosuperuser")
            connection.execute("grant pg_read_all_data, pg_write_all_data to postgres")
        for owner in sorted(lacking):
            connection.execute(f"grant {owner} to postgres".encode())
        if server.major < 16:
            connection.execute(_CLOSE.format(closed=True).encode())
    try:
        yield superuser
    finally:
        with server.connect() as connection:
            for role in sorted(lacking):
                _revoke(connection, role)
            if superuser:
                connection.execute("alter role postgres superuser")
                connection.execute(_FORGET, [sorted(before)])
                connection.execute(_REGRANT)
            if server.major < 16:
                connection.execute(_CLOSE.format(closed=False).encode())


def _memberships(connection: Connection) -> set[str]:
    return {name for (name,) in connection.execute(_MEMBERSHIPS).fetchall()}


def _revoke(connection: Connection, role: str) -> None:
    from psycopg import RawCursor, sql

    revoke = sql.SQL("revoke {} from postgres granted by {} cascade")
    grantors = b"""
    select g.rolname from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.grantor
    where m.roleid = $1::pg_catalog.regrole and m.member = 'postgres'::pg_catalog.regrole
    order by g.rolname = 'postgres' desc
    """
    with RawCursor(connection) as cursor:
        for (grantor,) in cursor.execute(grantors, [sql.Identifier(role).as_string(None)]).fetchall():
            connection.execute(revoke.format(sql.Identifier(role), sql.Identifier(grantor)))
