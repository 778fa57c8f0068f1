"""A schema given as SQL, observed on the worker's server."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import Struct

from policytool import api
from policytool.access.matrix import Cell, Item
from policytool.audit.walk import own_functions, own_tables, own_views
from policytool.catalog.build import build
from policytool.config import Config
from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server
from policytool.source.model import Project, SqlFile
from policytool.testing.ground import Ground
from policytool.testing.observed.compare import Compared, asks_more, compare, is_shared
from policytool.testing.observed.observe import Observation, observe
from tests.cli.support import Cli


class Seen(Struct, frozen=True, kw_only=True):
    """What was observed, and what was predicted beside it."""

    observation: Observation
    compared: tuple[Compared, ...]

    def reach(self, role: str, table: str, command: str) -> str | None:
        """The observed cell."""
        name = f"public.{table}"
        (cell,) = (c for c in self.observation.cells if (c.role, c.table, c.command) == (role, name, command))
        return cell.access

    def why(self, role: str, table: str, command: str) -> str:
        name = f"public.{table}"
        (cell,) = (c for c in self.observation.cells if (c.role, c.table, c.command) == (role, name, command))
        return cell.why

    @property
    def differing(self) -> list[tuple[str, ...]]:
        """The cells on which the two sides differ."""
        found = (c for c in self.compared if c.verdict == "differ")
        return [(c.role, c.table, c.command, c.predicted, str(c.observed), c.why) for c in found]


@contextmanager
def grounded(server: Server, loaded: api.Loaded, template: str) -> Iterator[Ground]:
    """The project on a server that runs already."""
    name = server.create_database(template, owner="postgres")
    results = apply_migrations(server, name, loaded.project.files)
    assert [r.error.message for r in results if r.error] == []
    try:
        yield Ground(project=loaded.project, built=loaded.built, server=server, template=name)
    finally:
        server.drop_database(name)


def load_sql(sql: str, platform: str = "supabase-explicit") -> api.Loaded:
    """SQL as the one migration of a project."""
    files = (SqlFile(path="supabase/migrations/20260701000000_all.sql", text=sql),)
    project = Project(label="test", layout="supabase", files=files)
    chosen = api.choose_platform(project, Config(), platform)  # type: ignore[arg-type]
    return api.Loaded(project=project, built=build(files, chosen), config=Config())


def see(server: Server, loaded: api.Loaded, template: str = "supabase_explicit") -> Seen:
    """Observe a project, and hold the prediction beside it."""
    context = api.context(loaded)
    called = [f for f in own_functions(context) if f.returns not in ("trigger", "event_trigger")]
    subjects: list[Item] = [*own_tables(context), *own_views(context), *called]
    with grounded(server, loaded, template) as ground:
        found = observe(ground, context.access, subjects, api.roles_met(context))
    predicted: tuple[Cell, ...] = api.matrix(loaded)
    further = functools.partial(asks_more, context.access)
    shared = functools.partial(is_shared, found.worlds)
    return Seen(observation=found, compared=tuple(compare(predicted, found.cells, further, shared)))


Observe = Callable[[str], Seen]


@pytest.fixture
def observed(supabase_server: Server) -> Observe:
    """Observes SQL as a Supabase project of today."""
    return lambda sql: see(supabase_server, load_sql(sql))


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The program, run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return Cli(tmp_path, capsys)
