"""Databases with the example product in them: made once, then rolled back or cloned for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policytool.postgres.platform import apply_migrations
from tests.example.shop import Shop

if TYPE_CHECKING:
    from policytool.postgres.server import Server

ROOT = Path(__file__).resolve().parents[2]


def make_database(server: Server, project: Path, template: str = "supabase_explicit") -> str:
    """A new database, as a new project of the platform has it, with a folder's migrations applied."""
    name = server.create_database(template, owner="postgres")
    results = apply_migrations(server, name, sorted((project / "supabase" / "migrations").glob("*.sql")))
    assert [result.error for result in results if result.error] == []
    return name


@pytest.fixture(scope="session")
def product_database(supabase_server: Server) -> str:
    """The database that holds the product and nobody yet; no test commits to it."""
    return make_database(supabase_server, ROOT)


@pytest.fixture(scope="session")
def leaky_database(supabase_server: Server) -> str:
    """The database that holds the leaky copy; no test commits to it."""
    return make_database(supabase_server, ROOT / "examples" / "leaky")


@contextmanager
def rolled_back(server: Server, name: str) -> Iterator[Shop]:
    with server.connect(name) as connection, connection.transaction(force_rollback=True):
        yield Shop(connection)


@pytest.fixture
def shop(supabase_server: Server, product_database: str) -> Iterator[Shop]:
    """The product, in a transaction that is rolled back."""
    with rolled_back(supabase_server, product_database) as shop:
        yield shop


@pytest.fixture
def leaky(supabase_server: Server, leaky_database: str) -> Iterator[Shop]:
    """The leaky copy, in a transaction that is rolled back."""
    with rolled_back(supabase_server, leaky_database) as shop:
        yield shop


@pytest.fixture
def clone(supabase_server: Server, product_database: str) -> Iterator[str]:
    """A database of its own with the product, for what must commit."""
    name = supabase_server.create_database(template=product_database)
    yield name
    supabase_server.drop_database(name)
