"""A server that somebody else runs and declares throwaway: fresh databases on it, dropped afterwards with the roles."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from policytool.catalog.introspect.connection import parameters
from policytool.errors import NoPostgres
from policytool.postgres.binaries import Binaries
from policytool.postgres.contract import Running
from policytool.postgres.process import SUPERUSER
from policytool.postgres.server import Server
from policytool.source.database import without_passwords

_LOCAL = {"", "localhost", "127.0.0.1", "::1"}
_ROLES = b"select rolname, rolsuper from pg_catalog.pg_roles where rolname !~ '^pg_'"
_HINT = (
    "start one whose superuser is supabase_admin: "
    "docker run -e POSTGRES_USER=supabase_admin -e POSTGRES_DB=postgres -e POSTGRES_PASSWORD=… -p 5432:5432 postgres:17"
)


class AddressedServer(Server):
    """A server by URL. Names of databases get a prefix of this run, so that two runs do not meet."""

    def __init__(self, provider: str, version: str, address: dict[str, Any], passwords: dict[str, str]) -> None:
        binaries = Binaries(provider=provider, bin=Path(), version=version)
        super().__init__(binaries, Running(folder="", sockets="", pid=0, cached=""))
        self.address = address
        self.passwords = passwords
        self.prefix = f"policytool_{secrets.token_hex(4)}_"
        self.made: list[str] = []
        self.roles: frozenset[str] = frozenset()

    def dsn(self, dbname: str = "postgres", user: str | None = None) -> str:
        """A libpq connection string, with the password of the role."""
        from psycopg.conninfo import make_conninfo

        user = user or self.superuser
        return make_conninfo(**self.address | {"dbname": dbname, "user": user, "password": self.passwords.get(user)})

    def address_words(self) -> list[str]:
        """Host and port as psql takes them."""
        words = {"-h": self.address.get("hostaddr") or self.address.get("host"), "-p": self.address.get("port")}
        return [part for flag, value in words.items() if value for part in (flag, str(value))]

    def login(self, role: str) -> None:
        """Let a role that this run made log in; one that was there before has the URL's password, or none."""
        if role not in self.roles:
            from psycopg import sql

            statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), self.passwords[role])
            with self.connect() as connection:
                connection.execute(statement)

    def create_database(self, template: str | None = None, *, name: str | None = None, owner: str | None = None) -> str:
        """Create a database under a name of this run."""
        template = self.prefix + template if template and self.prefix + template in self.made else template
        name = super().create_database(template, name=self.prefix + (name or secrets.token_hex(4)), owner=owner)
        self.made.append(name)
        return name


def is_local(address: dict[str, Any]) -> bool:
    """Whether a server is on this machine: a socket, or an address of the loopback."""
    host = str(address.get("hostaddr") or address.get("host") or "")
    return all(part in _LOCAL or part.startswith("/") for part in host.split(","))


@contextmanager
def addressed(url: str, provider: str = "url", *, declared: bool = False) -> Iterator[AddressedServer]:
    """Use the server at a URL, as a superuser of its own, and leave nothing on it."""
    import psycopg

    address = parameters(url)
    try:
        if not declared and not is_local(address):
            host = address.get("host")
            raise NoPostgres(
                f"{host} is not on this machine", hint="if it is throwaway all the same, say --yes-throwaway"
            )
        with psycopg.connect(**address, autocommit=True) as connection:
            yield from _borrowed(connection, provider, address)
    except psycopg.OperationalError as error:
        said = without_passwords(re.sub(r"\s+", " ", str(error)).strip(), [address.get("password")])
        raise NoPostgres(f"the server cannot be reached: {said}", hint="check --postgres") from None


def _borrowed(connection: Any, provider: str, address: dict[str, Any]) -> Iterator[AddressedServer]:
    from psycopg import sql

    before: dict[str, bool] = dict(connection.execute(_ROLES).fetchall())
    user = connection.info.user
    if not before.get(user):
        raise NoPostgres(f"{user} is no superuser on the server, so it cannot make a platform's roles", hint=_HINT)
    if before.get("postgres"):
        message = "postgres is a superuser on the server, so migrations would run with the rights of its machine"
        raise NoPostgres(message, hint=_HINT)
    version = connection.info.parameter_status("server_version").split()[0]
    passwords = {role: address.get("password") or secrets.token_hex(16) for role in (user, SUPERUSER, "postgres")}
    own = {key: value for key, value in address.items() if key not in {"user", "password", "dbname", "options"}}
    server = AddressedServer(provider, version, own, passwords)
    server.roles = frozenset(before)
    if SUPERUSER not in before:
        made = sql.SQL("create role {} superuser login password {}")
        connection.execute(made.format(sql.Identifier(SUPERUSER), passwords[SUPERUSER]))
    try:
        yield server
    finally:
        for name in reversed(server.made):
            server.drop_database(name)
        after = dict(connection.execute(_ROLES).fetchall())
        for role in sorted(set(after) - set(before), key=lambda name: name == SUPERUSER):
            connection.execute(b'drop role if exists "' + role.replace('"', '""').encode() + b'"')
