"""The roles that a database is tried as: who logs in, who goes past row security, and what each role's settings are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from policytool.catalog.spelling import identifier

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

AUTHENTICATOR: Final = "authenticator"
BYPASS: Final = "policytool_bypass"
LOGIN: Final = "policytool_login"
_ROLES: Final = b"""
select r.rolname::text from pg_catalog.pg_roles r
where not r.rolsuper and r.rolname operator(pg_catalog.!~) '^(pg|policytool)_' order by 1
"""
# Who runs migrations on a plain Postgres is a superuser; who inherits from it may change what it owns, and no more.
_OWNER: Final = b"""
select rolbypassrls from pg_catalog.pg_roles
where rolname = 'postgres' and rolsuper and rolname operator(pg_catalog.<>) current_user
"""
_HOLDS: Final = b"""
select g.rolname::text from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid
where m.member = 'postgres'::pg_catalog.regrole
"""
_THERE: Final = b"select 1 from pg_catalog.pg_roles where rolname = 'policytool_bypass'"
_MEMBERS: Final = """
select m.rolname::text, g.rolname::text, a.admin_option, {options} from pg_catalog.pg_auth_members a
join pg_catalog.pg_roles m on m.oid = a.member
join pg_catalog.pg_roles g on g.oid = a.grantor
where a.roleid = 'authenticator'::pg_catalog.regrole
"""
_LOGIN: Final = b"select 1 from pg_catalog.pg_roles where rolname = 'authenticator' and rolcanlogin and not rolsuper"
# Whoever changes its role by SET ROLE does not get the role's settings: PostgREST gives them, those a user may make.
SETTINGS_OF_ROLES: Final = b"""
select r.rolname::text, pg_catalog.split_part(c.entry, '=', 1),
  pg_catalog.substr(c.entry, pg_catalog.strpos(c.entry, '=') + 1)
from pg_catalog.pg_db_role_setting s
join pg_catalog.pg_roles r on r.oid = s.setrole
cross join lateral pg_catalog.unnest(s.setconfig) as c (entry)
left join pg_catalog.pg_settings g on g.name = pg_catalog.split_part(c.entry, '=', 1)
where (s.setdatabase = 0 or s.setdatabase = (
    select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
  ))
  and (g.context is null or g.context = 'user')
  and pg_catalog.split_part(c.entry, '=', 1) not in ('role', 'session_authorization', 'search_path')
order by s.setdatabase
"""


class Actors(Struct, frozen=True, kw_only=True):
    """Whom one may become in a database: `user` logs in and may become all others, `bypass` goes past row security."""

    server: Server
    database: str
    user: str
    settings: Mapping[str, Mapping[str, str]]
    bypass: str = BYPASS

    @contextmanager
    def login(self) -> Iterator[Connection]:
        """A connection of the role that logs in."""
        with self.server.connect(self.database, self.user, settings={"client_min_messages": "error"}) as connection:
            yield connection


@contextmanager
def entitled(server: Server) -> Iterator[str]:
    """Make the roles that sessions on a throwaway server need, and take them away again; who logs in is yielded.

    Who logs in is no superuser, whatever it becomes: a project's own function could undo SET ROLE. It is PostgREST's
    `authenticator` where there is one, else a role like it. The role that bypasses row security has the rights of all
    owners, so that it can also change policies inside a savepoint.
    """
    with server.connect() as connection:
        user = AUTHENTICATOR if connection.execute(_LOGIN).fetchone() else LOGIN
        if connection.execute(_THERE).fetchone():
            inner = True
        else:
            inner, undo = False, list(_prepare(connection, user, server.major))
    try:
        yield user
    finally:
        if not inner:
            with server.connect() as connection:
                for statement in undo:
                    connection.execute(statement.encode())


def actors(server: Server, database: str, user: str) -> Actors:
    """Whom `user`, who logs in, may become in a database."""
    settings: dict[str, dict[str, str]] = {}
    with server.administer(database) as connection:
        for role, name, value in connection.execute(SETTINGS_OF_ROLES).fetchall():
            settings.setdefault(role, {})[name] = value
    return Actors(server=server, database=database, user=user, settings=settings)


def _prepare(connection: Connection, user: str, major: int) -> Iterator[str]:
    """Make the roles; the statements that undo it."""
    back = list(_demote(connection))
    roles = [role for (role,) in connection.execute(_ROLES).fetchall()]
    back += list(_let_go(connection, major)) if user == AUTHENTICATOR else []
    made = [f"create role {BYPASS} nologin inherit bypassrls"]
    made += [
        f"grant {identifier(r)} to {BYPASS}" for r in ("pg_read_all_data", "pg_write_all_data", *roles) if r != user
    ]
    if user == LOGIN:
        made.append(f"create role {LOGIN} login noinherit")
    how = " with inherit false, set true" if major >= 16 else ""
    become = [BYPASS, *roles] if user == LOGIN else [BYPASS]
    made += [f"grant {identifier(role)} to {identifier(user)}{how}" for role in become]
    for statement in made:
        connection.execute(statement.encode())
    yield f"drop role {BYPASS}"
    if user == LOGIN:
        yield f"drop role {LOGIN}"
    yield from back


def _demote(connection: Connection) -> Iterator[str]:
    """Let `postgres`, who owns what a project made, be no superuser; the statements that make it one again.

    A function of the project that runs as its owner would else run as a superuser. Row security stops it no more than
    before.
    """
    owner = connection.execute(_OWNER).fetchone()
    if owner is None:
        return
    held = {role for (role,) in connection.execute(_HOLDS).fetchall()}
    connection.execute(b"alter role postgres nosuperuser bypassrls")
    yield f"alter role postgres superuser {'bypassrls' if owner[0] else 'nobypassrls'}"
    for role in ("pg_read_all_data", "pg_write_all_data"):
        if role not in held:
            connection.execute(f"grant {role} to postgres".encode())
            yield f"revoke {role} from postgres"


def _let_go(connection: Connection, major: int) -> Iterator[str]:
    """Take `authenticator` from its members, of which it is to become one; the statements that give it back."""
    newer = major >= 16
    query = _MEMBERS.format(options="a.inherit_option, a.set_option" if newer else "true, true")
    for member, grantor, admin, inherit, change in connection.execute(query.encode()).fetchall():
        by = f" granted by {identifier(grantor)}" if newer else ""
        options = (
            f" with admin {admin}, inherit {inherit}, set {change}" if newer else " with admin option" if admin else ""
        )
        connection.execute(f"revoke {AUTHENTICATOR} from {identifier(member)}{by} cascade".encode())
        yield f"grant {AUTHENTICATOR} to {identifier(member)}{options}{by}"
