"""A project with suites, written into a folder and run on the worker's server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server
from policytool.testing.pgtap import SuiteResult, find_suites, run_suites, seed_files

Run = Callable[..., dict[str, SuiteResult]]

MIGRATION = """
create table public.notes (id bigint generated always as identity primary key, owner uuid not null, body text);
alter table public.notes enable row level security;
create policy own on public.notes using (owner = auth.uid());
grant select, insert, update, delete on public.notes to authenticated;
"""


@pytest.fixture(scope="module")
def migrated(supabase_server: Server) -> Iterator[str]:
    """A database with a table of notes that people see only their own of."""
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    assert apply_migrations(supabase_server, name, [MIGRATION])[0].error is None
    yield name
    supabase_server.drop_database(name)


@pytest.fixture
def run(supabase_server: Server, migrated: str, tmp_path: Path) -> Run:
    """Writes files and runs the suites among them: the results by file name."""

    def write_and_run(files: dict[str, str], *, fresh: bool = False, said: list[str] | None = None, template: str = ""):  # type: ignore[no-untyped-def]
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        progress = said.append if said is not None else lambda _: None
        results = run_suites(
            supabase_server,
            template or migrated,
            find_suites(tmp_path),
            seeds=seed_files(tmp_path),
            fresh=fresh,
            progress=progress,
        )
        return {result.path.rpartition("/")[2]: result for result in results}

    return write_and_run


@pytest.fixture
def one(run: Run) -> Callable[[str], SuiteResult]:
    """Runs a single suite."""
    return lambda text: run({"supabase/tests/a.sql": text})["a.sql"]
