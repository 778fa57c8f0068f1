"""A clinic's schema with eight mistakes, and the same without: each mistake is a pair of (wrong, right)."""

from __future__ import annotations

from typing import Final

BASE: Final = """
alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated, service_role;
create type public.standing as enum ('patient', 'nurse', 'director');
create table public.clinics (id uuid primary key default gen_random_uuid(), name text not null, open boolean not null
  default true);
create table public.staff (
  clinic_id uuid not null references public.clinics (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  title text not null default 'nurse' check (title in ('nurse', 'doctor', 'owner')),
  primary key (clinic_id, user_id)
);
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  nick text not null,
  role public.standing not null default 'patient'
);
create table public.notes (
  id bigint generated always as identity primary key,
  author_id uuid not null references auth.users (id) on delete cascade,
  body text not null,
  shared boolean not null default false
);
create table public.visits (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null references public.clinics (id) on delete cascade,
  patient_id uuid not null references auth.users (id) on delete cascade,
  reason text not null
);
create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  patient_id uuid not null references auth.users (id) on delete cascade,
  cents integer not null check (cents > 0)
);
create table public.rooms (
  id uuid primary key default gen_random_uuid(),
  clinic_id uuid not null references public.clinics (id) on delete cascade,
  label text not null
);
create table public.wishes (
  id uuid primary key default gen_random_uuid(),
  patient_id uuid not null references auth.users (id) on delete cascade,
  body text not null
);
create table public.plans (id text primary key, cents integer not null);
alter table public.clinics enable row level security;
alter table public.staff enable row level security;
alter table public.profiles enable row level security;
alter table public.notes enable row level security;
alter table public.visits enable row level security;
alter table public.rooms enable row level security;
alter table public.wishes enable row level security;
alter table public.plans enable row level security;
create function public.works_at(clinic uuid) returns boolean language sql stable security definer set search_path = ''
  as 'select exists (select 1 from public.staff as s where s.clinic_id = clinic and s.user_id = (select auth.uid()))';
-- meant to be open: clinics, names of people, notes that their authors share, plans
create policy "open clinics" on public.clinics for select to anon, authenticated using (open or public.works_at(id));
create policy "names" on public.profiles for select to anon, authenticated using (true);
create policy "plans" on public.plans for select to anon, authenticated using (true);
create policy "colleagues" on public.staff for select to authenticated using (public.works_at(clinic_id));
create policy "own and shared" on public.notes for select to authenticated
  using (shared or author_id = (select auth.uid()));
create policy "rooms of the clinic" on public.rooms for select to authenticated using (public.works_at(clinic_id));
create policy "visits" on public.visits for select to authenticated
  using (patient_id = (select auth.uid()) or public.works_at(clinic_id));
create policy "own wishes" on public.wishes for select to authenticated using (patient_id = (select auth.uid()));
create policy "new wishes" on public.wishes for insert to authenticated with check (patient_id = (select auth.uid()));
create policy "own profile" on public.profiles for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy "rooms are kept by staff" on public.rooms for update to authenticated using (public.works_at(clinic_id));
grant select on public.clinics, public.profiles, public.plans to anon, authenticated;
grant select on public.staff, public.notes, public.rooms, public.visits, public.wishes to authenticated;
grant insert on public.wishes to authenticated;
grant update (label) on public.rooms to authenticated;
"""
# name → (table, wrong, right)
MISTAKES: Final = {
    "a table without RLS": (
        "invoices",
        "grant select on public.invoices to authenticated;",
        "alter table public.invoices enable row level security; grant select on public.invoices to authenticated;"
        "create policy own on public.invoices for select to authenticated using (patient_id = (select auth.uid()));",
    ),
    "a user sets their own role": (
        "profiles",
        "grant update on public.profiles to authenticated;",
        "grant update (nick) on public.profiles to authenticated;",
    ),
    "a row for another": (
        "visits",
        "grant insert on public.visits to authenticated;"
        "create policy book on public.visits for insert to authenticated with check (reason <> '');",
        "grant insert on public.visits to authenticated;"
        "create policy book on public.visits for insert to authenticated"
        " with check (patient_id = (select auth.uid()));",
    ),
    "an owner is reassigned": (
        "notes",
        "grant update on public.notes to authenticated; create policy edit on public.notes for update to authenticated"
        " using (author_id = (select auth.uid())) with check (true);",
        "grant update on public.notes to authenticated; create policy edit on public.notes for update to authenticated"
        " using (author_id = (select auth.uid())) with check (author_id = (select auth.uid()));",
    ),
    "anybody enrols": (
        "staff",
        "grant insert on public.staff to authenticated; create policy join_in on public.staff for insert to"
        " authenticated with check (user_id = (select auth.uid()));",
        "grant insert on public.staff to authenticated; create policy join_in on public.staff for insert to"
        " authenticated with check (public.works_at(clinic_id));",
    ),
    "a delete without a filter": (
        "rooms",
        "grant delete on public.rooms to authenticated;"
        "create policy clear on public.rooms for delete to authenticated using (true);",
        "grant delete on public.rooms to authenticated;"
        "create policy clear on public.rooms for delete to authenticated using (public.works_at(clinic_id));",
    ),
    "an inverted null check": (
        "wishes",
        "grant select on public.wishes to anon; create policy seen on public.wishes for select to anon, authenticated"
        " using ((select auth.uid()) is null or patient_id = (select auth.uid()));",
        "create policy seen on public.wishes for select to authenticated"
        " using ((select auth.uid()) is not null and patient_id = (select auth.uid()));",
    ),
    "a definer view": (
        "visits",
        "create view public.calendar as select v.id, v.reason, c.name from public.visits as v"
        " join public.clinics as c on c.id = v.clinic_id; grant select on public.calendar to authenticated;",
        "create view public.calendar with (security_invoker = on) as select v.id, v.reason, c.name from public.visits"
        " as v join public.clinics as c on c.id = v.clinic_id; grant select on public.calendar to authenticated;",
    ),
}  # fmt: skip
WRONG: Final = BASE + "\n".join(wrong for _, wrong, _ in MISTAKES.values())
RIGHT: Final = BASE + "\n".join(right for _, _, right in MISTAKES.values())


def with_one(name: str) -> str:
    """The schema with one of the mistakes."""
    return BASE + "\n".join(wrong if n == name else right for n, (_, wrong, right) in MISTAKES.items())
