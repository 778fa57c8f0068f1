"""A ground for policy tests: a migrated database on the worker's server, and files run on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform
from policytool.postgres.observe import template_of
from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server
from policytool.source.model import Project, SqlFile
from policytool.testing.ground import Ground
from policytool.testing.running.results import Result
from policytool.testing.running.run import run_suite
from policytool.testing.suites.read import read_suite

Lay = Callable[..., Ground]
Try = Callable[..., dict[str, Result]]


def laid(server: Server, sql: str, platform: str, stack: ExitStack) -> Ground:
    """The migrated database, on a server that is there already."""
    files = (SqlFile(path="one.sql", text=sql),)
    chosen = Platform(name=platform, exposed_schemas=("public",) if platform != "postgres" else ())
    name = server.create_database(template_of(chosen), owner="postgres")
    stack.callback(server.drop_database, name)
    assert [r.error.message for r in apply_migrations(server, name, files) if r.error] == []
    project = Project(label="one.sql", layout="files", files=files)
    return Ground(project=project, built=build(files, chosen), server=server, template=name)


@pytest.fixture
def lay(supabase_server: Server) -> Iterator[Lay]:
    """Makes a ground of some SQL, on Supabase with explicit grants unless another platform is named."""
    with ExitStack() as stack:
        yield lambda sql, platform="supabase-explicit": laid(supabase_server, sql, platform, stack)


@pytest.fixture
def tried(lay: Lay) -> Try:
    """Runs a policy test on some SQL: the results by name."""

    def run(sql: str, text: str, platform: str = "supabase-explicit", **options: object) -> dict[str, Result]:
        ground = lay(sql, platform)
        suite = read_suite("a.policy.yaml", text, ground.built.catalog)
        return {result.name: result for result in run_suite(ground, suite, **options)}  # type: ignore[arg-type]

    return run
