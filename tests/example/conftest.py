"""Databases with the example product in them: made once, then rolled back or cloned for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from policytool.source.bootstrap import bootstrap_files, profile_file
from tests.example.shop import Shop

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

ROOT = Path(__file__).resolve().parents[2]


def run(connection: Connection, text: str) -> None:
    """Run a file of the repository; its text is ours, so it need not be a literal."""
    connection.execute(text.encode())


@contextmanager
def superuser_postgres(server: Server) -> Iterator[None]:
    """Replay as postgres, which here may do what the platform's extensions allow it there."""
    with server.connect() as connection:
        connection.execute("alter role postgres superuser")
        yield
        connection.execute("alter role postgres nosuperuser")


def make_database(server: Server, migrations: Path) -> str:
    """A new database with the platform and these migrations in it, each file in one transaction."""
    files = bootstrap_files("supabase")
    with server.connect() as connection:
        if not connection.execute("select 1 from pg_roles where rolname = 'authenticator'").fetchone():
            run(connection, next(f.text for f in files if f.path.endswith("010_roles.sql")))
    name = server.create_database()
    with server.connect(name) as connection:
        connection.execute(sql.SQL("alter database {} owner to postgres").format(sql.Identifier(name)))
        for file in files:
            if not file.path.endswith(
                (
                    "000_builder_only_cluster.sql",
                    "010_roles.sql",
                    "060_extensions.sql",
                    "070_event_triggers.sql",
                    "080_services.sql",
                )
            ):
                run(connection, file.text)
        run(connection, profile_file("supabase", "legacy").text)
        run(connection, profile_file("supabase", "explicit").text)
    with superuser_postgres(server), server.connect(name, "postgres") as connection:
        for path in sorted(migrations.glob("*.sql")):
            with connection.transaction():
                run(connection, path.read_text(encoding="utf-8"))
            connection.execute("reset all")
    return name


@pytest.fixture(scope="session")
def product_database(server: Server) -> str:
    """The database that holds the product and nobody yet; no test commits to it."""
    return make_database(server, ROOT / "supabase" / "migrations")


@pytest.fixture(scope="session")
def leaky_database(server: Server) -> str:
    """The database that holds the leaky copy; no test commits to it."""
    return make_database(server, ROOT / "examples" / "leaky" / "supabase" / "migrations")


@contextmanager
def rolled_back(server: Server, name: str) -> Iterator[Shop]:
    with server.connect(name) as connection, connection.transaction(force_rollback=True):
        yield Shop(connection)


@pytest.fixture
def shop(server: Server, product_database: str) -> Iterator[Shop]:
    """The product, in a transaction that is rolled back."""
    with rolled_back(server, product_database) as shop:
        yield shop


@pytest.fixture
def leaky(server: Server, leaky_database: str) -> Iterator[Shop]:
    """The leaky copy, in a transaction that is rolled back."""
    with rolled_back(server, leaky_database) as shop:
        yield shop


@pytest.fixture
def clone(server: Server, product_database: str) -> Iterator[str]:
    """A database of its own with the product, for what must commit."""
    name = server.create_database(template=product_database)
    yield name
    server.drop_database(name)
