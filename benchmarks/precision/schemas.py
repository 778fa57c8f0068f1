"""Schemas that are right: each must give nothing above info."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policytool.config import PlatformName

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).with_name("clean")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema by its files, and the platform it is for."""

    name: str
    files: tuple[str, ...]
    platform: PlatformName = "supabase"
    layout: str = ""
    rules: tuple[str, ...] = ()  # those that its hole is of; by default those that are on


def textbook(tables: int = 500) -> str:
    """So many tables, each with an owner, an organisation, the indexes that they need, and four policies."""
    return ORGANISATIONS + "".join(TABLE.format(n=n) for n in range(tables))


def clean() -> Iterator[Schema]:
    """The schemas of the folder, 500 textbook tables, and the example product."""
    platforms: dict[str, PlatformName] = {"postgrest_tenant": "postgres"}
    for path in sorted(FOLDER.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        yield Schema(name=path.stem, files=(text,), platform=platforms.get(path.stem, "supabase"))
    yield Schema(name="textbook_500", files=(textbook(),), platform="supabase-explicit")
    product = sorted((ROOT / "supabase" / "migrations").glob("*.sql"))
    yield Schema(name="example_product", files=tuple(p.read_text(encoding="utf-8") for p in product))
