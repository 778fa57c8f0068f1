"""Roles belong to the whole server: what some SQL did to them is undone, so that the next finds them as new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

ATTRIBUTES = ("super", "inherit", "createrole", "createdb", "canlogin", "replication", "bypassrls")
WORDS = {"super": "superuser", "canlogin": "login"}
Roles = dict[str, tuple[bool, ...]]
Member = tuple[str, str, str]  # role, member, grantor
Members = dict[Member, tuple[bool, bool, bool]]
Settings = set[tuple[str, str, str]]  # role, name, value


@contextmanager
def same_roles(server: Server) -> Iterator[None]:
    """Leave the server's roles, their attributes, memberships and settings as they were.

    Databases go first: roles own things in them.
    """
    with server.connect() as connection:
        roles, members, settings = _roles(connection), _members(connection), _settings(connection)
    try:
        yield
    finally:
        with server.connect() as connection:
            _restore(connection, roles, members)
            _reset(connection, settings)


def _roles(connection: Connection) -> Roles:
    columns = ", ".join(f"rol{a}" for a in ATTRIBUTES)
    rows = connection.execute(f"select rolname, {columns} from pg_roles".encode()).fetchall()
    return {name: tuple(values) for name, *values in rows}


def _members(connection: Connection) -> Members:
    rows = connection.execute(
        """
        select r.rolname, m.rolname, g.rolname, admin_option, inherit_option, set_option
        from pg_auth_members as a
        join pg_roles as r on r.oid = a.roleid
        join pg_roles as m on m.oid = a.member
        join pg_roles as g on g.oid = a.grantor
        """
    ).fetchall()
    return {(role, member, grantor): (admin, inherit, change) for role, member, grantor, admin, inherit, change in rows}


def _settings(connection: Connection) -> Settings:
    rows = connection.execute(
        """
        select r.rolname, unnest(s.setconfig)
        from pg_db_role_setting as s
        join pg_roles as r on r.oid = s.setrole
        where s.setdatabase = 0
        """
    ).fetchall()
    return {(role, *entry.split("=", 1)) for role, entry in rows}


def _reset(connection: Connection, settings: Settings) -> None:
    now = _settings(connection)
    for role, name, _ in now - settings:
        connection.execute(f'alter role "{role}" reset {name}'.encode())
    for role, name, value in settings - now:
        spelled = value if name == "search_path" else "'" + value.replace("'", "''") + "'"
        connection.execute(f'alter role "{role}" set {name} = {spelled}'.encode())


def _restore(connection: Connection, roles: Roles, members: Members) -> None:
    for role in _roles(connection).keys() - roles.keys():
        connection.execute(f'drop role "{role}"'.encode())
    for role, values in _roles(connection).items():
        if values != roles[role]:
            words = " ".join(_attribute(a, on) for a, on in zip(ATTRIBUTES, roles[role], strict=True))
            connection.execute(f'alter role "{role}" with {words}'.encode())
    for role, member, grantor in _members(connection).keys() - members.keys():
        connection.execute(f'revoke "{role}" from "{member}" granted by "{grantor}" cascade'.encode())
    now = _members(connection)
    for (role, member, grantor), options in members.items():
        if now.get((role, member, grantor)) != options:
            said = ", ".join(f"{n} {v}" for n, v in zip(("admin", "inherit", "set"), options, strict=True))
            connection.execute(f'grant "{role}" to "{member}" with {said} granted by "{grantor}"'.encode())


def _attribute(name: str, on: bool) -> str:
    word = WORDS.get(name, name)
    return word if on else f"no{word}"
