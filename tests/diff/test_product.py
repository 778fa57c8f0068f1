"""The example product: what each of its migrations does is what a diff from the state before would have done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policytool import api
from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform
from policytool.diff.run import Options, compare
from policytool.postgres.dump import entries
from policytool.postgres.platform import apply_migrations
from policytool.source.model import SqlFile
from tests.roles import same_roles

if TYPE_CHECKING:
    from policytool.catalog.objects import Catalog
    from policytool.postgres.server import Server

FILES = api.load(str(Path(__file__).parents[2] / "supabase")).project.files
PLATFORM = Platform(name="supabase-explicit", exposed_schemas=("public",), major_version=18)
STEPS = range(len(FILES))


def state(number: int) -> Catalog:
    """What is there after so many migrations."""
    return build(FILES[:number], PLATFORM).catalog


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("number", STEPS)
def test_each_migration_and_its_way_back(number: int, down: bool) -> None:
    """The plan ends where it should, opens nothing on the way, and a second diff has nothing to do."""
    options = Options(allow_drops=True, down=down)
    diff = compare(state(number), state(number + 1), PLATFORM, options=options)
    assert diff.problems == ()
    assert diff.changes
    assert compare(diff.plan.simulated, diff.plan.after, PLATFORM, options=Options(allow_drops=True)).changes == ()


def test_the_whole_product_on_a_server(supabase_server: Server) -> None:
    """The plan from nothing leaves on a server what the migrations leave there, as pg_dump says it."""
    diff = compare(state(0), state(len(FILES)), PLATFORM)
    plan = "".join(f"{change.sql.rstrip(';')};\n" for change in diff.changes)
    made = [_dump(supabase_server, files) for files in (FILES, [SqlFile(path="plan.sql", text=plan)])]
    assert sorted(made[0]) == sorted(made[1])


def _dump(server: Server, files: list[SqlFile] | tuple[SqlFile, ...]) -> list[str]:
    name = server.create_database("supabase_explicit", owner="postgres")
    with same_roles(server):
        try:
            assert [r.error for r in apply_migrations(server, name, files) if r.error] == []
            return entries(server, name)
        finally:
            server.drop_database(name)
