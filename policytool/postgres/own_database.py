"""Acting in a database that is not throwaway: one connection, one transaction, undone at the end whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from policytool.catalog.introspect.connection import connected, parameters
from policytool.errors import UsageError
from policytool.postgres.addressed import AddressedServer
from policytool.postgres.entitled import SETTINGS_OF_ROLES, Actors
from policytool.postgres.session import Session

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

# Others are at work there: nobody is to wait for us for long, and we for nobody.
_PATIENCE: Final = {
    "statement_timeout": "15s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "60s",
    "client_min_messages": "error",
}
_WHO: Final = b"""
select pg_catalog.current_database()::text, current_user::text, r.rolsuper, r.rolbypassrls,
  pg_catalog.current_setting('server_version')
from pg_catalog.pg_roles r where r.rolname = current_user
"""


class OneTransaction(Session):
    """A session whose transactions are savepoints of the one that surrounds them all: nothing is ever committed."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A savepoint."""
        with self.savepoint():
            yield

    @contextmanager
    def whole(self) -> Iterator[None]:
        """The transaction."""
        with super().transaction():
            yield


@contextmanager
def own_database(url: str, name: str | None) -> Iterator[OneTransaction]:
    """A session in the database of a URL, which has to be called `name`; all of it is rolled back.

    Raises UsageError where the name is another, or the role would leave nothing to test: a superuser could undo what
    it becomes, and who does not bypass row security cannot tell a denial from nothing being there.
    """
    database, user, settings, version = _asked(url, name)
    address = parameters(url)
    password = {user: address["password"]} if address.get("password") else {}
    server = AddressedServer("url", version, address, password)
    actors = Actors(server=server, database=database, user=user, settings=settings, bypass=user)
    with server.connect(database, user, settings=_PATIENCE) as connection:
        connection.prepare_threshold = None
        session = OneTransaction(connection, actors, "public, extensions")
        with session.whole():
            yield session


def _asked(url: str, name: str | None) -> tuple[str, str, dict[str, dict[str, str]], str]:
    with connected(url) as connection:
        found: tuple[Any, ...] = connection.execute(_WHO).fetchone() or ("", "", True, False, "")
        database, user, superuser, bypass, version = found
        if name != database:
            hint = f"if that is where rows are to be inserted and taken back again, say --i-know {database}"
            raise UsageError(f"the database is called {database}", hint=hint)
        if superuser:
            hint = "log in as a role with BYPASSRLS that is a member of the roles to act as"
            raise UsageError(f"{user} is a superuser, and would be one again in any function of yours", hint=hint)
        if not bypass:
            hint = "log in as a role with BYPASSRLS: rows are planted, and denials proved, past row security"
            raise UsageError(f"{user} does not bypass row security", hint=hint)
        return database, user, _settings(connection), version.split()[0]


def _settings(connection: Connection) -> dict[str, dict[str, str]]:
    settings: dict[str, dict[str, str]] = {}
    for role, name, value in connection.execute(SETTINGS_OF_ROLES).fetchall():
        settings.setdefault(role, {})[name] = value
    return settings
