-- Studios, people, and who works where.

-- one thing done right: nobody gets TRUNCATE on every new table
alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated;

create table public.tenants (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  display_name text not null default '',
  role text not null default 'buyer',
  created_at timestamptz not null default now()
);

create table public.memberships (
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null default 'member',
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);

create index memberships_user_idx on public.memberships (user_id, tenant_id);

alter table public.tenants enable row level security;
alter table public.profiles enable row level security;
alter table public.memberships enable row level security;

create policy "Members read their studio" on public.tenants
  for select to authenticated
  using (
    exists (
      select 1 from public.memberships as m where m.tenant_id = tenants.id and m.user_id = (select auth.uid())
    )
  );

grant select on table public.tenants to authenticated;

-- wrong: without a login auth.uid() is null, so the first half opens every profile to the whole internet.
-- Somebody meant "is not null".
create policy "Users read their own profile" on public.profiles
  for select to anon, authenticated
  using ((select auth.uid()) is null or id = (select auth.uid()));

create policy "Users change their own profile" on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

grant select on table public.profiles to anon, authenticated;

-- wrong: UPDATE on the whole table covers the column role, so any user becomes an admin.
-- It wants: grant update (display_name).
grant update on table public.profiles to authenticated;

create policy "Users read their memberships" on public.memberships
  for select to authenticated
  using (user_id = (select auth.uid()));

-- wrong: it asks who joins, not what is joined. Any user joins any studio, in any role, owner included.
create policy "Users join a studio" on public.memberships
  for insert to authenticated
  with check (user_id = (select auth.uid()));

grant select, insert on table public.memberships to authenticated;
