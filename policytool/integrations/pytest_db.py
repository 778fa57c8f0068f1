"""The fixtures `policydb` and `policydb_copy`: seed rows, and act on the database as anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policytool.errors import PolicytoolError, UsageError
from policytool.integrations.pytest_cast import Cast, Row
from policytool.integrations.pytest_desk import HIDE, Desk, Refused, Tried, allowance, denial, identity
from policytool.integrations.pytest_grounds import Grounds, said
from policytool.postgres.acting import Parameters, address, as_python, connected
from policytool.postgres.session import open_session
from policytool.testing.actors import ANON, SERVICE, Actor

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

__all__ = ["PolicyDb", "Refused", "Row", "Somebody", "Tried"]
__tracebackhide__ = HIDE


class Somebody:
    """An actor in a test. `run` and `rows` stay until the test ends; what is asserted is undone at once."""

    def __init__(self, database: PolicyDb, actor: Actor) -> None:
        self._db = database
        self.actor = actor

    def __repr__(self) -> str:
        return f"<{self.actor.name} ({self.actor.role})>"

    @property
    def name(self) -> str:
        return self.actor.name

    @property
    def role(self) -> str:
        return self.actor.role

    @property
    def user(self) -> str | None:
        """The number in `auth.users`."""
        return self.actor.user

    @property
    def claims(self) -> Mapping[str, Any]:
        """Those of the token."""
        return self.actor.claims or {}

    # --- acting -----------------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[dict[str, Any]]:
        """What a statement returns. Raises Refused where it does not run."""
        return as_python(self._run(sql, parameters).answer)

    def run(self, sql: str, parameters: Parameters | None = None) -> int:
        """How many rows a statement returns or touches. Raises Refused where it does not run."""
        return self._run(sql, parameters).answer.rows

    def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """The only value of the only row."""
        (row,) = self.rows(sql, parameters)
        (value,) = row.values()
        return value

    def attempt(self, sql: str, parameters: Parameters | None = None) -> Tried:
        """What would come of a statement: it is undone, and nothing is raised."""
        return self._db.desk.attempt(self.actor, sql, parameters)

    def why(self, sql: str, parameters: Parameters | None = None) -> str:
        """What decides about a statement: the grant, or the policy by name and place."""
        return self._db.desk.why(self.attempt(sql, parameters), self._db.cast.people)

    def _run(self, sql: str, parameters: Parameters | None) -> Tried:
        tried = self._db.desk.attempt(self.actor, sql, parameters, keep=True)
        if not tried.answer.ran:
            raise Refused(tried)
        return tried

    # --- asserting --------------------------------------------------------------------------------------------------

    def allowed(
        self, sql: str, parameters: Parameters | None = None, *, rows: int | None = None
    ) -> list[dict[str, Any]]:
        """Assert that a statement runs and reaches a row, or exactly so many; what it would return."""
        tried = self.attempt(sql, parameters)
        if problem := self._db.desk.refuted(tried, allowance(rows), self._db.cast.world, self._db.cast.people):
            raise AssertionError(problem)
        return as_python(tried.answer)

    def denied(self, sql: str, parameters: Parameters | None = None, *, by: str | None = None) -> None:
        """Assert that a statement is refused: by `grant`, `check`, `read`, `filtered`, `trigger` or `constraint`.

        Without `by` any of them will do but a constraint. A denial that proves nothing, since past all policies the
        statement reaches no row either, fails.
        """
        tried = self.attempt(sql, parameters)
        if problem := self._db.desk.refuted(tried, denial(by), self._db.cast.world, self._db.cast.people):
            raise AssertionError(problem)

    # --- connections ------------------------------------------------------------------------------------------------

    def connect(self, *, autocommit: bool = False) -> AbstractContextManager[Connection]:
        """A psycopg connection that is this actor, for the code under test; for `policydb_copy` only."""
        return connected(self._db.desk.actors, self._settings(), autocommit=autocommit)

    def dsn(self) -> str:
        """A libpq connection string that logs in as this actor; for `policydb_copy` only."""
        return address(self._db.desk.actors, self._settings())

    def _settings(self) -> dict[str, str]:
        if not self._db.desk.keeps:
            raise UsageError("what policydb does, no other connection sees", hint="use the fixture policydb_copy")
        return settings_of(self._db.desk, self.actor)


def settings_of(desk: Desk, actor: Actor) -> dict[str, str]:
    """What a connection starts with that is somebody."""
    who = identity(actor)
    return {**desk.session.settings(who), "role": who.role}


class PolicyDb:
    """The migrated database in a test: people, rows, and statements past all policies."""

    def __init__(self, desk: Desk, schemas: tuple[str, ...]) -> None:
        self.desk = desk
        self.cast = Cast(desk, schemas)

    # --- people -----------------------------------------------------------------------------------------------------

    def as_actor(
        self,
        name: str,
        *,
        claims: Mapping[str, Any] | None = None,
        role: str | None = None,
        row: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Somebody:
        """Somebody signed in, with a row in auth.users, or who a policy test file that was seeded calls so.

        The same name is the same person; `claims` replace or join those that Supabase sends, `row` are rows of theirs.
        """
        return Somebody(self, self.actor(name, {"claims": claims, "role": role, "row": row}))

    def as_user(self, user: object, *, claims: Mapping[str, Any] | None = None, name: str | None = None) -> Somebody:
        """The person of this number."""
        number = str(user)
        return Somebody(self, self.actor(name or f"user_{number[:8]}", {"id": number, "claims": claims}))

    def as_role(self, role: str, *, settings: Mapping[str, str] | None = None, name: str | None = None) -> Somebody:
        """A role, with settings such as `app.tenant_id` that its policies ask for."""
        return Somebody(self, self.actor(name or role, {"role": role, "settings": settings}))

    @property
    def anon(self) -> Somebody:
        """Who is not signed in."""
        return Somebody(self, self.actor(ANON, {"role": ANON}))

    @property
    def service(self) -> Somebody:
        """The server's own key, which goes past row security."""
        return Somebody(self, self.actor("service", {"role": SERVICE}))

    def actor(self, name: str, spec: Mapping[str, Any]) -> Actor:
        """Whom a policy test file would mean by this."""
        return self.cast.actor(name, {key: value for key, value in spec.items() if value})

    # --- rows -------------------------------------------------------------------------------------------------------

    def seed(self, table: str, name: str | None = None, /, **columns: Any) -> Row:
        """A row, past all policies; what is not given is made up, parents too. People and rows stand for their keys."""
        return self.cast.seed(table, name, columns)

    def seed_file(self, path: str | Path) -> None:
        """The actors and rows of a policy test file."""
        self.cast.file(str(path), Path(path).read_text(encoding="utf-8"))

    def row(self, handle: str) -> Row:
        """A row that has a name, `table.name`, as it is now."""
        return self.cast.row(handle)

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[dict[str, Any]]:
        """What a statement returns past all policies."""
        return as_python(self._bypass(sql, parameters).answer)

    def run(self, sql: str, parameters: Parameters | None = None) -> int:
        """How many rows a statement returns or touches past all policies."""
        return self._bypass(sql, parameters).answer.rows

    def _bypass(self, sql: str, parameters: Parameters | None) -> Tried:
        answer = self.desk.bypass(sql, parameters, keep=True)
        everybody = Actor(name="whoever goes past all policies", role=self.desk.actors.bypass)
        tried = self.desk.read(everybody, sql, answer)
        if not answer.ran:
            raise Refused(tried)
        return tried

    @contextmanager
    def denied(self, by: str | None = None) -> Iterator[None]:
        """Assert that what is done within is refused with an error: `with policydb.denied("check"): sue.run(…)`."""
        expect = denial(by)
        try:
            yield
        except Refused as refused:
            if refused.got.kind != "denied" or (by and refused.got.by != by):
                raise AssertionError(f"expected {expect}, got {refused.got}\n{refused}") from None
        else:
            hint = "; what is filtered out raises nothing: sue.denied(sql)" if by in (None, "filtered") else ""
            raise AssertionError(f"expected {expect}, but nothing was refused{hint}")


# --- fixtures -------------------------------------------------------------------------------------------------------


@contextmanager
def in_transaction(grounds: Grounds) -> Iterator[PolicyDb]:
    """A database of which all is undone at the end."""
    with _plainly():
        shared = grounds.shared()
        session = shared.session()
    found = grounds.loaded().built
    assert shared.actors is not None
    with session.transaction():
        desk = Desk(session, shared.actors, found.catalog, keeps=False, spoil=shared.spoil)
        yield PolicyDb(desk, found.platform.exposed_schemas or ("public",))


@contextmanager
def in_copy(grounds: Grounds) -> Iterator[PolicyDb]:
    """A copy of the database, gone at the end."""
    with _plainly():
        place = grounds.place()
    found = grounds.loaded().built
    with place.ground.clone() as database:
        actors = place.actors(database)
        with open_session(actors) as session:
            desk = Desk(session, actors, found.catalog, keeps=True, spoil=lambda: None)
            yield PolicyDb(desk, found.platform.exposed_schemas or ("public",))


@contextmanager
def _plainly() -> Iterator[None]:
    """What a user can mend is said without a traceback."""
    try:
        yield
    except PolicytoolError as error:
        pytest.fail(said(error), pytrace=False)
