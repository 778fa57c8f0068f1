"""Schemas that are hard to predict: each is measured, and every cell must agree or say why it cannot be decided."""

from __future__ import annotations

from typing import Final

_HEAD: Final = (
    "alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated;\n"
)
_NOTES: Final = (
    "create table public.notes (id uuid primary key default gen_random_uuid(), owner_id uuid not null references"
    " auth.users (id), body text not null, hidden boolean not null default false);\n"
    "alter table public.notes enable row level security;\n"
)
_ALL: Final = "grant select, insert, update, delete on public.notes to authenticated;\n"
_OWN: Final = "create policy own on public.notes to authenticated using (owner_id = (select auth.uid()));\n"
HARD: Final = {
    "restrictive": _HEAD + _NOTES + _ALL + _OWN
    + "create policy calm on public.notes as restrictive to authenticated using (not hidden);",
    "restrictive alone": _HEAD + _NOTES + _ALL
    + "create policy calm on public.notes as restrictive to authenticated using (true);",
    "forced": _HEAD + _NOTES + "alter table public.notes force row level security;\n" + _ALL + _OWN,
    "forced, read by its owner's view": _HEAD + _NOTES + "alter table public.notes force row level security;\n" + _ALL
    + _OWN + "create view public.seen as select id, body from public.notes;"
    " grant select on public.seen to authenticated;",
    "roles that inherit": _HEAD + _NOTES + "create role reader nologin; create role clerk nologin in role reader;\n"
    "grant usage on schema public to reader; grant select on public.notes to reader;\n"
    "create policy read on public.notes for select to reader using (not hidden);",
    "a role that does not inherit": _HEAD + _NOTES
    + "create role lender nologin; create role porter nologin noinherit;\n"
    "grant lender to porter; grant usage on schema public to lender, porter; grant select on public.notes to lender;\n"
    "create policy read on public.notes for select to lender using (true);",
    "a role that bypasses": _HEAD + _NOTES + _OWN + "create role robot nologin bypassrls;\n"
    "create role helper nologin; grant robot to helper;\n"
    "grant usage on schema public to robot; grant select, update on public.notes to robot;",
    "columns": _HEAD + _NOTES + _OWN + "grant select (id, body), insert (owner_id, body), update (body) on public.notes"
    " to authenticated; grant delete on public.notes to authenticated;",
    "columns without the one that decides": _HEAD + _NOTES + _OWN + "grant select (body), update (body) on public.notes"
    " to authenticated;",
    "write only": _HEAD + _NOTES + "grant insert, delete on public.notes to authenticated;\n"
    "create policy add on public.notes for insert to authenticated with check (owner_id = (select auth.uid()));\n"
    "create policy del on public.notes for delete to authenticated using (owner_id = (select auth.uid()));",
    "partitions": _HEAD + """
create table public.events (id bigint generated always as identity, user_id uuid not null references auth.users (id),
  day date not null, what text not null, primary key (id, day)) partition by range (day);
create table public.events_june partition of public.events for values from ('2026-06-01') to ('2026-07-01');
create table public.events_july partition of public.events for values from ('2026-07-01') to ('2026-08-01');
alter table public.events enable row level security;
alter table public.events_july enable row level security;
create policy own on public.events for select to authenticated using (user_id = (select auth.uid()));
grant select, delete on public.events, public.events_june, public.events_july to authenticated;
""",
    "inheritance": _HEAD + """
create table public.things (id uuid primary key default gen_random_uuid(), owner_id uuid references auth.users (id));
create table public.books (pages integer) inherits (public.things);
alter table public.things enable row level security;
create policy own on public.things for select to authenticated using (owner_id = (select auth.uid()));
grant select on public.things, public.books to authenticated;
""",
    "views": _HEAD + _NOTES + _ALL + _OWN + """
create view public.by_owner as select * from public.notes;
create view public.by_caller with (security_invoker) as select * from public.notes;
create view public.mine as select * from public.notes where owner_id = auth.uid();
create view public.above with (security_invoker) as select id, body from public.by_caller;
create view public.counted as select count(*) as many from public.notes;
create materialized view public.stored as select id, body from public.notes;
create view public.without_owner with (security_invoker) as select id, body from public.notes;
grant select, insert, update, delete on public.by_owner, public.by_caller, public.without_owner to authenticated;
grant select on public.mine, public.above, public.counted, public.stored to anon, authenticated;
""",
    "views that do not say whose": _HEAD + _NOTES + _ALL + _OWN + """
create view public.bodies with (security_invoker) as select hidden from public.notes;
create view public.my_bodies as select hidden from public.notes where owner_id = auth.uid();
grant select on public.bodies, public.my_bodies to authenticated;
""",
    "recursion": _HEAD + _NOTES + _ALL + "create policy loop on public.notes to authenticated"
    " using (exists (select 1 from public.notes as n where n.owner_id = (select auth.uid())));",
    "a policy that reads what nobody may": _HEAD + _NOTES + _ALL
    + "create table public.keys (user_id uuid primary key);\n"
    "create policy own on public.notes to authenticated"
    " using (owner_id in (select k.user_id from public.keys as k));",
    "a policy that is never looked at": _HEAD + _NOTES + _ALL
    + "create table public.keys (user_id uuid primary key);\n"
    "create policy own on public.notes to authenticated"
    " using (owner_id in (select k.user_id from public.keys as k));\n"
    "create policy open on public.notes to authenticated using (true);",
    "doors": _HEAD + _NOTES + _OWN + """
create function public.all_notes() returns setof public.notes language sql stable security definer set search_path = ''
  as 'select * from public.notes';
create function public.my_notes() returns setof public.notes language sql stable security definer set search_path = ''
  as 'select * from public.notes as n where n.owner_id = (select auth.uid())';
create procedure public.tidy() language sql as 'select 1';
create function public.sum_all(variadic numbers integer[]) returns integer language sql immutable as 'select 1';
create function public.named(text) returns text language sql immutable strict as 'select $1';
revoke execute on function public.named(text) from public, anon, authenticated;
revoke execute on function public.all_notes() from public, anon, authenticated;
revoke execute on procedure public.tidy() from public, anon, authenticated;
grant execute on function public.all_notes() to authenticated;
""",
    "tenants by claims": _HEAD + """
create table public.jobs (id uuid primary key default gen_random_uuid(), tenant_id uuid not null, title text not null);
alter table public.jobs enable row level security;
create policy tenant on public.jobs to authenticated
  using (tenant_id = ((select auth.jwt()) -> 'app_metadata' ->> 'tenant_id')::uuid);
grant select, insert, update, delete on public.jobs to authenticated;
""",
    "a second factor": _HEAD + _NOTES + _ALL + _OWN
    + "create policy mfa on public.notes as restrictive to authenticated"
    " using (((select auth.jwt()) ->> 'aal') = 'aal2');",
    "who did it later": _HEAD + _NOTES + _ALL + _OWN + "alter table public.notes add column approved_by uuid references"
    " auth.users (id), add column email text;\n"
    "create policy by_mail on public.notes for select to authenticated using (email = (select auth.email()));",
    "triggers": _HEAD + _NOTES + _ALL + _OWN + """
create function public.stop() returns trigger language plpgsql as 'begin raise exception ''no''; end';
create trigger stop before delete on public.notes for each row execute function public.stop();
create function public.skip() returns trigger language plpgsql as 'begin return null; end';
create trigger skip before update on public.notes for each row when (old.hidden) execute function public.skip();
""",
    "another schema": "create schema inner_; create table inner_.things (id integer primary key);\n"
    "grant select on inner_.things to anon, authenticated; create table public.plain (id integer primary key);\n"
    "grant usage on schema inner_ to authenticated;",
}  # fmt: skip
PLAIN: Final = """
create role app nologin;
create role auditor nologin;
create table orders (id integer primary key, tenant_id integer not null, total integer not null);
alter table orders enable row level security;
alter table orders force row level security;
create policy tenant on orders to app using (tenant_id = current_setting('app.tenant_id', true)::integer);
grant usage on schema public to app, auditor;
grant select, insert, update, delete on orders to app;
grant select on orders to auditor;
create table signed (id integer primary key, by_role name not null default current_user);
alter table signed enable row level security;
create policy mine on signed to app using (by_role = current_user);
grant select, insert on signed to app;
"""
