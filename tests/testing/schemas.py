"""Small schemas that tests of policy tests run on, and their catalogs."""

from __future__ import annotations

from functools import cache

from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform
from policytool.catalog.objects import Catalog
from policytool.source.model import SqlFile

MARKET = """
create type public.listing_status as enum ('draft', 'published', 'sold');
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  role text not null default 'buyer' check (role in ('buyer', 'seller')),
  nickname text
);
create table public.listings (
  id uuid primary key default gen_random_uuid(),
  seller_id uuid not null references public.profiles (id),
  title text not null,
  tags text[],
  details jsonb not null default '{}',
  shout text generated always as (upper(title)) stored,
  status public.listing_status not null default 'draft'
);
create table public.orders (
  id bigint generated always as identity primary key,
  listing_id uuid not null references public.listings (id),
  buyer_id uuid not null references public.profiles (id),
  status text not null default 'pending'
);
create view public.shown as select id, title from public.listings where status = 'published';
alter table public.profiles enable row level security;
alter table public.listings enable row level security;
alter table public.orders enable row level security;
grant select, insert, update, delete on public.listings, public.orders to authenticated;
grant select on public.listings to anon;
grant all on public.listings, public.orders, public.profiles to service_role;
grant select, update (nickname) on public.profiles to authenticated;
create function public.is_admin() returns boolean language sql stable
  return coalesce((select auth.jwt()) #>> '{app_metadata,role}' = 'admin', false);
create function public.is_seller() returns boolean language sql stable security definer set search_path = ''
  return exists (select from public.profiles where id = (select auth.uid()) and role = 'seller');
create policy "anyone reads what is published" on public.listings for select using (status = 'published');
create policy "sellers have their own" on public.listings to authenticated
  using (seller_id = (select auth.uid())) with check (seller_id = (select auth.uid()) and (select public.is_seller()));
create policy "admins have all" on public.listings to authenticated
  using ((select public.is_admin())) with check ((select public.is_admin()));
create policy "buyers and sellers read orders" on public.orders for select to authenticated using (
  buyer_id = (select auth.uid())
  or exists (select from public.listings l where l.id = listing_id and l.seller_id = (select auth.uid()))
);
create policy "admins read orders" on public.orders for select to authenticated using ((select public.is_admin()));
create policy "admins mend orders" on public.orders for update to authenticated using ((select public.is_admin()));
create policy "people read profiles" on public.profiles for select to authenticated using (true);
create policy "people change their own" on public.profiles for update to authenticated using (id = (select auth.uid()));
create function public.cancel_order(id bigint) returns text language plpgsql security definer set search_path = '' as $$
begin
  update public.orders o set status = 'cancelled' where o.id = cancel_order.id and o.buyer_id = (select auth.uid());
  if not found then raise exception 'no such order of yours' using errcode = 'P0001'; end if;
  return 'cancelled';
end $$;
"""

MARKET_TEST = """\
policytool: 1
actors:
  anon: {role: anon}
  sam: {row: {profiles: {role: seller}}}
  sue: {row: {profiles: {role: seller}}}
  ben: {row: {profiles: {role: buyer}}}
  ada: {claims: {app_metadata: {role: admin}}}
  service: {role: service_role}
seed:
  listings:
    live: {seller_id: "@sam", status: published}
    draft: {seller_id: "@sam", status: draft}
  orders:
    o1: {listing_id: "@live", buyer_id: "@ben", status: pending}
tables:
  listings:
    live: {anon: r, sam: rud, sue: r, ben: r, ada: rud}
    draft: {sam: rud, ada: rud}
    create:
      - {as: [sam, ada], with: {seller_id: "@sam"}}
      - {as: ben, with: {seller_id: "@ben"}, expect: {denied: check}}
      - {as: sue, with: {seller_id: "@sam"}, expect: {denied: check}}
    frozen: {sam: [seller_id]}
  orders:
    o1: {ben: r, sam: r, ada: ru}
  profiles:
    frozen: {sam: [role], ben: [role]}
who:
  - {select: orders.o1, exactly: [ben, sam, ada, service]}
sees:
  sue: {listings: [live], orders: []}
cases:
  - name: cancel only through the function
    call: {cancel_order: {id: "@o1"}}
    by: {ben: {value: cancelled}, sam: {error: P0001, message: no such order}, anon: {error: P0001}}
"""


@cache
def catalog(text: str, platform: str = "supabase-explicit") -> Catalog:
    """What the builder makes of it."""
    exposed = ("public",) if platform != "postgres" else ()
    return build((SqlFile(path="one.sql", text=text),), Platform(name=platform, exposed_schemas=exposed)).catalog
