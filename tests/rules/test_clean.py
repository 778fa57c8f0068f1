"""What is right is left alone: the platform's starter, 500 textbook tables, the product; what leaks is not."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policytool import api
from policytool.audit.registry import all_rules
from policytool.config import PlatformName, find
from policytool.config import load as load_config
from policytool.postgres.platform import apply_migrations
from tests.rules.support import alarms, audited, loaded, said

if TYPE_CHECKING:
    from policytool.postgres.server import Server

ROOT = Path(__file__).parents[2]

# As the platform's guide to user management has it: public profiles, made at signup, and avatars in storage.
STARTER = """
create table profiles (
  id uuid references auth.users not null primary key,
  updated_at timestamp with time zone,
  username text unique,
  full_name text,
  avatar_url text,
  website text,

  constraint username_length check (char_length(username) >= 3)
);
alter table profiles enable row level security;

create policy "Public profiles are viewable by everyone." on profiles
  for select using (true);
create policy "Users can insert their own profile." on profiles
  for insert with check ((select auth.uid()) = id);
create policy "Users can update own profile." on profiles
  for update using ((select auth.uid()) = id);

create function public.handle_new_user()
returns trigger
set search_path = ''
as $$
begin
  insert into public.profiles (id, full_name, avatar_url)
  values (new.id, new.raw_user_meta_data->>'full_name', new.raw_user_meta_data->>'avatar_url');
  return new;
end;
$$ language plpgsql security definer;
create trigger on_auth_user_created
  after insert on auth.users
  for each row execute procedure public.handle_new_user();

insert into storage.buckets (id, name)
  values ('avatars', 'avatars');

create policy "Avatar images are publicly accessible." on storage.objects
  for select using (bucket_id = 'avatars');
create policy "Anyone can upload an avatar." on storage.objects
  for insert with check (bucket_id = 'avatars' and (select auth.uid())::text = (storage.foldername(name))[1]);
create policy "Anyone can update their own avatar." on storage.objects
  for update using ((select auth.uid()) = owner) with check (bucket_id = 'avatars');
"""

TABLE = """
create table public.notes_{n} (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  org_id uuid not null references public.orgs (id) on delete cascade,
  title text not null check (char_length(title) between 1 and 200),
  created_at timestamptz not null default now()
);
create index on public.notes_{n} (user_id);
create index on public.notes_{n} (org_id);
alter table public.notes_{n} enable row level security;
create policy "own notes" on public.notes_{n} for select to authenticated
  using (user_id = (select auth.uid()));
create policy "write own notes" on public.notes_{n} for insert to authenticated
  with check (user_id = (select auth.uid())
    and org_id in (select m.org_id from public.members as m where m.user_id = (select auth.uid())));
create policy "change own notes" on public.notes_{n} for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "delete own notes" on public.notes_{n} for delete to authenticated
  using (user_id = (select auth.uid()));
grant select, insert, update, delete on public.notes_{n} to authenticated;
"""
ORGANISATIONS = """
create table public.orgs (id uuid primary key default gen_random_uuid(), name text not null);
create table public.members (
  user_id uuid not null references auth.users (id) on delete cascade,
  org_id uuid not null references public.orgs (id) on delete cascade,
  primary key (user_id, org_id)
);
create index on public.members (org_id);
alter table public.orgs enable row level security;
alter table public.members enable row level security;
create policy "my orgs" on public.orgs for select to authenticated
  using (id in (select m.org_id from public.members as m where m.user_id = (select auth.uid())));
create policy "my memberships" on public.members for select to authenticated
  using (user_id = (select auth.uid()));
grant select on public.orgs, public.members to authenticated;
"""


@pytest.mark.parametrize("platform", ["supabase", "supabase-legacy"])
def test_starter_is_clean(platform: PlatformName) -> None:
    """The platform's documented starter schema gives no error and no warning."""
    assert alarms(audited(STARTER, platform=platform)) == []


def test_starter_without_grants_does_not_work() -> None:
    """In a project made since 2026-05-30 the same SQL opens nothing; its policies name no role, so nothing is said."""
    assert alarms(audited(STARTER, platform="supabase-explicit")) == []


def test_starter_is_real(supabase_server: Server) -> None:
    """It runs on a server."""
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    assert [r.error for r in apply_migrations(supabase_server, name, [STARTER])] == [None]
    supabase_server.drop_database(name)


@pytest.fixture(scope="module")
def textbook() -> api.Loaded:
    """500 tables with four policies each."""
    return loaded(ORGANISATIONS + "".join(TABLE.format(n=n) for n in range(500)), platform="supabase-explicit")


def test_textbook_tables_are_clean(textbook: api.Loaded) -> None:
    """500 textbook tables give nothing at all, and none is missing from the coverage."""
    result = api.audit(textbook).result
    assert said(result.findings) == []
    assert (len(result.coverage.tables), result.coverage.clean) == (502, 502)


def test_rules_are_fast(textbook: api.Loaded) -> None:
    """All rules, and all that they ask for, take less than a second of work for 500 tables and 2,000 policies."""

    def seconds() -> float:
        started = time.process_time()
        api.audit(textbook)
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < 1


def test_example_product_is_clean() -> None:
    """The product in supabase/migrations gives no error and no warning, and each ignore has its reason."""
    config = load_config(find(ROOT))
    result = api.audit(api.load(str(ROOT), config=config)).result
    assert alarms(result.findings) == []
    assert all(ignored.reason for ignored in result.ignored)
    assert len(result.coverage.tables) > 20


def leaks() -> list[tuple[str, str]]:
    """(place, rule) of each row of the table in the README of the leaky copy, for the rules that there are."""
    text = (ROOT / "examples" / "leaky" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)`.*\| `([a-z-]+)` \|$", text, re.MULTILINE)
    names = {rule.name for rule in all_rules()}
    return [(place, rule) for place, rule in rows if rule in names]


@pytest.mark.parametrize(("place", "rule"), leaks(), ids=[f"{rule}: {place}" for place, rule in leaks()])
def test_leaky_copy_is_found_out(place: str, rule: str) -> None:
    """Each mistake that the leaky copy's README lists is found by the rule it names, on the object it names."""
    findings = [f for f in api.audit(api.load(str(ROOT / "examples" / "leaky"))).result.findings if f.rule == rule]
    named = place.removesuffix("()").replace(".", "_")
    assert [f for f in findings if named in f.identity or f.object.kind == "file"], said(findings)


def test_leaky_copy_lists_a_dozen() -> None:
    """The rules of the first release find a dozen of its mistakes."""
    assert len(leaks()) >= 12
