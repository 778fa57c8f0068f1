"""Of the platform's tables the user's own triggers and policies are shown; what the platform brought never is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import platform_of
from policytool.catalog.model import Role
from policytool.diff.run import Diff, Options, compare
from policytool.postgres.platform import apply_migrations
from policytool.source.model import SqlFile
from tests.catalog.closing import built, platform
from tests.diff.cases import differ

if TYPE_CHECKING:
    from policytool.catalog.objects import Catalog
    from policytool.postgres.server import Server

FAMILY = "supabase-legacy"
BEFORE = "create table public.t (id uuid primary key); create table public.gone (id int);"
AFTER = """
create table public.t (id uuid primary key, n text);
alter table public.t enable row level security;
create policy own on public.t using (id = auth.uid());
create function public.welcome() returns trigger language plpgsql security definer set search_path = '' as
  'begin return new; end';
create trigger on_auth_user_created after insert on auth.users for each row execute function public.welcome();
create policy "own files" on storage.objects for select to authenticated using (bucket_id = 'a');
comment on policy "own files" on storage.objects is 'theirs';
create schema app;
create table app.u (id int);
"""
ON_PLATFORM = {"on_auth_user_created on auth.users", '"own files" on storage.objects'}


def _diff(before: str, after: str, **options: tuple[str, ...]) -> Diff:
    found = Options(allow_drops=True, **options)  # type: ignore[arg-type]
    return compare(built(before, FAMILY), built(after, FAMILY), platform(FAMILY), options=found)


def _identities(diff: Diff) -> set[str]:
    return {change.identity for change in diff.changes}


@pytest.mark.parametrize("direction", ["up", "down"])
def test_what_hangs_on_platform_tables_is_in_the_diff(direction: str) -> None:
    """The trigger and the policy come and go; the tables that they are on stay as they are."""
    pair = (BEFORE, AFTER) if direction == "up" else (AFTER, BEFORE)
    diff = _diff(*pair)
    assert diff.problems == ()
    assert _identities(diff) >= ON_PLATFORM
    assert not [c for c in diff.changes if c.kind in ("table", "schema") and c.identity.startswith(("auth", "storage"))]


@pytest.mark.parametrize("schema", ["public", "app"])
def test_a_filter_by_schema_keeps_them(schema: str) -> None:
    """They are in no schema of the user's, so that every filter shows them."""
    identities = _identities(_diff(BEFORE, AFTER, schemas=(schema,)))
    assert identities >= ON_PLATFORM
    assert ("app.u" in identities) == (schema == "app")
    assert ("public.gone" in identities) == (schema == "public")


def test_a_filter_by_kind_shows_that_kind() -> None:
    """Of all schemas."""
    identities = _identities(_diff(BEFORE, AFTER, kinds=("policy",)))
    assert identities == {"own on public.t", '"own files" on storage.objects'}
    assert _identities(_diff(BEFORE, AFTER, kinds=("policy",), schemas=("app",))) == {'"own files" on storage.objects'}


def test_nothing_of_the_platform_differs_between_files_and_a_server(supabase_server: Server) -> None:
    """A database that ran the files needs nothing to be as the files say, nor the other way round."""
    files = [SqlFile(path="1.sql", text=AFTER)]
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    try:
        assert [r.error for r in apply_migrations(supabase_server, name, files) if r.error] == []
        catalogs: list[Catalog] = []
        for database in ("supabase_legacy", name):
            with supabase_server.administer(database) as connection:
                brought = platform_of(FAMILY, catalogs[0]) if catalogs else None
                catalogs.append(introspect(connection, platform=brought))
    finally:
        supabase_server.drop_database(name)
    sides = (catalogs[1], built(AFTER, FAMILY))
    for before, after in (sides, reversed(sides)):
        diff = compare(before, after, platform(FAMILY), options=Options(allow_drops=True))
        assert [change.sql for change in diff.changes] == []
        assert diff.problems == ()


def test_roles_of_another_version_are_no_difference() -> None:
    """Postgres 18 has a role of its own that 17 lacks: nobody can make or drop it."""
    catalog = built("create table t (id integer);", "postgres")
    newer = replace(catalog, roles=catalog.roles | {"pg_brand_new": Role(name="pg_brand_new")})
    for before, after in ((catalog, newer), (newer, catalog)):
        diff = differ(before, after)
        assert (diff.changes, diff.problems) == ((), ())
