"""Fixtures of the whole suite: one throwaway Postgres for each worker, one fresh database for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

import pytest
from msgspec import Struct
from pytest_postgresql import factories

from policytool.errors import NoPostgres
from policytool.postgres.platform import platform_server
from policytool.postgres.providers import choose
from policytool.postgres.server import Server, throwaway
from tests.roles import same_roles

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

    from policytool.postgres.server import Connection


def pytest_report_header() -> str:
    """Say which Postgres the suite runs on."""
    try:
        provider = choose()
        return f"postgres: {provider.name} {provider.look()}"
    except NoPostgres as missing:
        return f"postgres: none ({missing})"


ON_SUPABASE = pytest.StashKey[set[Path]]()
"""The files whose tests use the server of a Supabase project."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark whatever needs a server, so that `-m 'not server'` leaves it out."""
    on_supabase = config.stash.setdefault(ON_SUPABASE, set())
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"server", "database", "supabase_server", "server_of"} & fixtures:
            item.add_marker(pytest.mark.server)
        if "supabase_server" in fixtures:
            on_supabase.add(item.path)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The worker's throwaway server; roles made on it outlive a test, databases do not."""
    with throwaway() as running:
        yield running


class Started(Struct, frozen=True, kw_only=True):
    """What pytest-postgresql asks of a process that is there already."""

    host: str
    port: int
    user: str
    template_dbname: str
    maintenance_dbname: str = "postgres"
    password: str | None = None
    options: str = ""


@pytest.fixture(scope="session")
def started(server: Server) -> Started:
    """The worker's server, as pytest-postgresql knows servers."""
    host, user = str(server.socket_dir), server.superuser
    return Started(host=host, port=server.port, user=user, template_dbname="template1")


postgresql_noproc = factories.postgresql_noproc(depends_on="started", dbname="tests")
postgresql = factories.postgresql("postgresql_noproc")


@pytest.fixture
def database(postgresql: Connection) -> Connection:
    """An autocommit connection, as superuser, to a fresh and empty database."""
    postgresql.autocommit = True
    return postgresql


@pytest.fixture(scope="session")
def supabase_server() -> Iterator[Server]:
    """The worker's server with the templates `supabase_legacy` and `supabase_explicit` to clone from."""
    with platform_server("supabase") as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def roles_as_found(request: pytest.FixtureRequest) -> Iterator[None]:
    """No file of tests leaves another role, membership or setting to the files that this worker runs after it."""
    if request.path not in request.config.stash[ON_SUPABASE]:
        yield
        return
    with same_roles(request.getfixturevalue("supabase_server")):
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """The worker's server with the template `postgres_plain`, for what is nobody's platform."""
    with platform_server("postgres") as running:
        yield running


@pytest.fixture
def execute(database: Connection) -> Callable[..., list[TupleRow]]:
    """Run one statement, or several without parameters, in the fresh database and return the last one's rows."""

    def run(statement: LiteralString, parameters: Any = None) -> list[TupleRow]:
        cursor = database.execute(statement, parameters)
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []

    return run
