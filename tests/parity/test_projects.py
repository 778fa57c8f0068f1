"""Whole projects: what is built from their files is what a server holds after them."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool import api
from policytool.catalog.parity import Tally, tally
from policytool.config import PlatformName
from policytool.postgres.local import installed

ROOT = Path(__file__).parents[2]
# Before 15 the schema public belonged to whoever made the cluster, which no project of today begins with.
MAJORS = tuple(binaries.major for binaries in installed() if binaries.major >= 15)


@pytest.mark.server
@pytest.mark.parametrize("source", ["supabase/migrations", "examples/leaky"])
def test_project_agrees_in_every_field(source: str) -> None:
    """The example product and the leaky one; platform, extensions, expressions and all."""
    found = api.parity(str(ROOT / source))
    assert found.refused == ()
    assert found.differences == ()
    assert tally(found.built.catalog, found.observed.catalog)["policy"].total > 0


@pytest.mark.server
@pytest.mark.parametrize("major", MAJORS)
def test_project_agrees_on_every_version_there_is(major: int) -> None:
    """Whatever roles, privileges and spellings a version has."""
    found = api.parity(str(ROOT / "supabase" / "migrations"), postgres="local", major=major)
    assert found.observed.major_version == major
    assert found.refused == ()
    assert found.differences == ()


@pytest.mark.server
@pytest.mark.parametrize("major", MAJORS)
def test_indexes_of_vectors_on_every_version_there_is(tmp_path: Path, major: int) -> None:
    """With pgvector or without: only an index with options is left out, and only where there is a stand-in."""
    sql = (
        "create extension vector; create table public.t (e vector(3) not null);"
        "create index on public.t using hnsw (e vector_cosine_ops);\n"
        "create index by_lists on public.t using ivfflat (e) with (lists = 10);"
    )
    (tmp_path / "1.sql").write_text(sql)
    found = api.parity(str(tmp_path), platform="supabase-legacy", postgres="local", major=major)
    assert found.refused == ()
    assert found.differences == ()
    left_out = {("index", "by_lists on public.t")} if "vector" in found.observed.standins else set()
    assert found.left_out == left_out


@pytest.mark.server
def test_what_is_refused_counts_on_neither_side(tmp_path: Path) -> None:
    """A file that fails is undone by the server and not built; it is named with its error."""
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20240101000000_a.sql").write_text("create table public.kept (a int);")
    (folder / "20240102000000_b.sql").write_text("create table public.gone (a int);\nselect nothing from public.gone;")
    found = api.parity(str(folder))
    (result,) = found.refused
    assert result.error is not None
    assert (result.error.line, result.error.sqlstate) == (2, "42703")
    assert found.differences == ()
    assert ("public", "kept") in found.built.catalog.tables
    assert ("public", "gone") not in found.built.catalog.tables


@pytest.mark.server
def test_what_a_standin_cannot_hold_is_said(tmp_path: Path) -> None:
    """An index of PostGIS and the shape of a column are not compared, and count on neither side."""
    sql = (
        "create extension postgis; create table public.spot (at geography(point, 4326), near geometry(point) not null);"
        "\ncreate index by_place on public.spot using gist (at);"
    )
    (tmp_path / "1.sql").write_text(sql)
    found = api.parity(str(tmp_path), platform="supabase-legacy")
    assert found.refused == ()
    assert found.differences == ()
    assert found.left_out == {
        ("index", "by_place on public.spot"),
        ("column", "at on public.spot"),
        ("column", "near on public.spot"),
    }
    counts = tally(found.built.catalog, found.observed.catalog, found.left_out)
    assert "index" not in counts
    assert "column" not in counts
    assert counts["table"] == Tally(total=1, agreeing=1)


@pytest.mark.server
def test_platform_changes_its_defaults_in_time(tmp_path: Path) -> None:
    """In a project that began before the change, older tables are open to the API roles and later ones are not."""
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20240101000000_a.sql").write_text("create table public.before (a int);")
    (folder / "20261101000000_b.sql").write_text("create table public.after (a int);")
    found = api.parity(str(folder))
    assert found.differences == ()
    tables = found.observed.catalog.tables
    assert "SELECT" in {g.privilege for g in tables["public", "before"].grants if g.grantee == "anon"}
    assert "SELECT" not in {g.privilege for g in tables["public", "after"].grants if g.grantee == "anon"}


@pytest.mark.server
@pytest.mark.parametrize("platform", ["postgres", "supabase-legacy"])
def test_roles_of_a_project_and_their_members(tmp_path: Path, platform: PlatformName) -> None:
    """A superuser who makes roles is no member of them; on Supabase, `postgres` administers those that it makes."""
    sql = (
        "create role clerk; create role boss login; grant clerk to boss with admin option;\n"
        "create schema office; grant usage on schema public, office to clerk;\n"
        "create function office.f() returns int language sql as 'select 1'; grant all on function office.f() to boss;\n"
    )
    (tmp_path / "1.sql").write_text(sql)
    found = api.parity(str(tmp_path), platform=platform)
    assert found.refused == ()
    assert found.differences == ()
