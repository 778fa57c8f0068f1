"""A database with one table of every kind of column, and what its server makes of the cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.catalog.expression.sample import Sample, cases, text

if TYPE_CHECKING:
    from policytool.postgres.server import Server


@pytest.fixture(scope="module")
def sample(server: Server) -> Iterator[Sample]:
    """The sample schema in a database of its own."""
    name = server.create_database()
    with server.connect(name) as connection:
        connection.execute(text("sample.sql").encode())
        yield Sample(connection)
    server.drop_database(name)


@pytest.fixture(scope="module")
def populated(sample: Sample) -> Sample:
    """The sample schema with a policy for each expression and a view for each query."""
    for number, source in enumerate(cases("expressions.txt")):
        sample.run(f"create policy p{number} on public.posts using ({source})")
    sample.run("create schema views")
    for number, source in enumerate(cases("views.txt")):
        sample.run(f"create view views.v{number} as {source}")
    return sample
