"""The fixture `policydb_async`: a copy of the database, and actors whose statements are awaited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policytool.integrations import pytest_db
from policytool.integrations.pytest_desk import HIDE, Refused, Tried, allowance, denial
from policytool.postgres.acting import (
    Parameters,
    as_python,
    attempt_async,
    connected_async,
    filled,
    hang_up,
    logged_in_async,
)

if TYPE_CHECKING:
    from policytool.integrations.pytest_cast import Row
    from policytool.integrations.pytest_db import PolicyDb, Somebody
    from policytool.integrations.pytest_grounds import Grounds
    from policytool.postgres.acting import AsyncConnection

__tracebackhide__ = HIDE


class AsyncSomebody:
    """An actor in a test that awaits, on a psycopg.AsyncConnection of its own."""

    def __init__(self, database: AsyncPolicyDb, somebody: Somebody) -> None:
        self._db = database
        self._sync = somebody
        self.name, self.role, self.user, self.claims = somebody.name, somebody.role, somebody.user, somebody.claims

    def __repr__(self) -> str:
        return repr(self._sync)

    async def rows(self, sql: str, parameters: Parameters | None = None) -> list[dict[str, Any]]:
        """What a statement returns. Raises Refused where it does not run."""
        return as_python((await self._run(sql, parameters)).answer)

    async def run(self, sql: str, parameters: Parameters | None = None) -> int:
        """How many rows a statement returns or touches. Raises Refused where it does not run."""
        return (await self._run(sql, parameters)).answer.rows

    async def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """The only value of the only row."""
        (row,) = await self.rows(sql, parameters)
        (value,) = row.values()
        return value

    async def attempt(self, sql: str, parameters: Parameters | None = None) -> Tried:
        """What would come of a statement: it is undone, and nothing is raised."""
        return await self._tried(sql, parameters, keep=False)

    async def allowed(
        self, sql: str, parameters: Parameters | None = None, *, rows: int | None = None
    ) -> list[dict[str, Any]]:
        """Assert that a statement runs and reaches a row, or exactly so many; what it would return."""
        tried = await self.attempt(sql, parameters)
        sync = self._db.sync
        if problem := sync.desk.refuted(tried, allowance(rows), sync.cast.world, sync.cast.people):
            raise AssertionError(problem)
        return as_python(tried.answer)

    async def denied(self, sql: str, parameters: Parameters | None = None, *, by: str | None = None) -> None:
        """Assert that a statement is refused, as `Somebody.denied` does."""
        tried = await self.attempt(sql, parameters)
        sync = self._db.sync
        if problem := sync.desk.refuted(tried, denial(by), sync.cast.world, sync.cast.people):
            raise AssertionError(problem)

    def connect(self, *, autocommit: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """A psycopg.AsyncConnection that is this actor, for the code under test."""
        settings = pytest_db.settings_of(self._db.sync.desk, self._sync.actor)
        return connected_async(self._db.sync.desk.actors, settings, autocommit=autocommit)

    def dsn(self) -> str:
        """A libpq connection string that logs in as this actor."""
        return self._sync.dsn()

    async def _run(self, sql: str, parameters: Parameters | None) -> Tried:
        tried = await self._tried(sql, parameters, keep=True)
        if not tried.answer.ran:
            raise Refused(tried)
        return tried

    async def _tried(self, sql: str, parameters: Parameters | None, *, keep: bool) -> Tried:
        desk, connection = self._db.sync.desk, await self._db.connection()
        sql = filled(desk.session.connection, sql, parameters)
        settings = pytest_db.settings_of(desk, self._sync.actor)
        return desk.read(self._sync.actor, sql, await attempt_async(connection, settings, sql, keep=keep))


class AsyncPolicyDb:
    """A copy of the migrated database. People and rows are there at once; what people do is awaited."""

    def __init__(self, sync: PolicyDb) -> None:
        self.sync = sync
        self._connection: AsyncConnection | None = None

    async def connection(self) -> AsyncConnection:
        """The connection that actors' statements go through, opened in the loop of the first that awaits it."""
        if self._connection is None or self._connection.closed:
            self._connection = await logged_in_async(self.sync.desk.actors, {}, autocommit=True)
        return self._connection

    def close(self) -> None:
        """Give the connection back; the loop that it was opened in may be gone."""
        if self._connection is not None:
            hang_up(self._connection)

    def as_actor(
        self,
        name: str,
        *,
        claims: Mapping[str, Any] | None = None,
        role: str | None = None,
        row: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> AsyncSomebody:
        """As PolicyDb.as_actor."""
        return AsyncSomebody(self, self.sync.as_actor(name, claims=claims, role=role, row=row))

    def as_user(
        self, user: object, *, claims: Mapping[str, Any] | None = None, name: str | None = None
    ) -> AsyncSomebody:
        """As PolicyDb.as_user."""
        return AsyncSomebody(self, self.sync.as_user(user, claims=claims, name=name))

    def as_role(
        self, role: str, *, settings: Mapping[str, str] | None = None, name: str | None = None
    ) -> AsyncSomebody:
        """As PolicyDb.as_role."""
        return AsyncSomebody(self, self.sync.as_role(role, settings=settings, name=name))

    @property
    def anon(self) -> AsyncSomebody:
        """Who is not signed in."""
        return AsyncSomebody(self, self.sync.anon)

    @property
    def service(self) -> AsyncSomebody:
        """The server's own key, which goes past row security."""
        return AsyncSomebody(self, self.sync.service)

    def seed(self, table: str, name: str | None = None, /, **columns: Any) -> Row:
        """As PolicyDb.seed; it is committed."""
        return self.sync.seed(table, name, **columns)

    def seed_file(self, path: str | Path) -> None:
        """As PolicyDb.seed_file; it is committed."""
        self.sync.seed_file(path)

    def row(self, handle: str) -> Row:
        """A row that has a name, as it is now."""
        return self.sync.row(handle)


@contextmanager
def in_copy(grounds: Grounds) -> Iterator[AsyncPolicyDb]:
    """A copy of the database, gone at the end."""
    with pytest_db.in_copy(grounds) as sync:
        database = AsyncPolicyDb(sync)
        try:
            yield database
        finally:
            database.close()
