-- Studios and shops, who works in them, and what they pay us.

set local lock_timeout = '2s';

create type public.tenant_role as enum ('owner', 'manager', 'instructor', 'seller');
create type public.subscription_status as enum ('trialing', 'active', 'past_due', 'cancelled');

create table public.plans (
  id text primary key check (id ~ '^[a-z_]+$'),
  name text not null,
  price_cents integer not null check (price_cents >= 0),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  max_products integer check (max_products > 0),
  max_members integer check (max_members > 0),
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create trigger touch_updated_at before update on public.plans
  for each row execute function private.touch_updated_at();

alter table public.plans enable row level security;

create policy "Everyone reads the plans on offer" on public.plans
  for select to anon, authenticated
  using (retired_at is null);

grant select on table public.plans to anon, authenticated;
grant select, insert, update on table public.plans to service_role;

insert into public.plans (id, name, price_cents, max_products, max_members) values
  ('starter', 'Starter', 0, 25, 2),
  ('studio', 'Studio', 2900, 500, 10),
  ('house', 'House', 9900, null, null);

create table public.tenants (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9-]{3,40}$'),
  name text not null check (char_length(name) between 1 and 120),
  about text not null default '',
  time_zone text not null default 'Europe/Berlin',
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create trigger touch_updated_at before update on public.tenants
  for each row execute function private.touch_updated_at();

alter table public.tenants enable row level security;

create table public.memberships (
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.tenant_role not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);

create index memberships_user_idx on public.memberships (user_id, tenant_id);

create trigger touch_updated_at before update on public.memberships
  for each row execute function private.touch_updated_at();
create trigger write_audit_log after insert or update or delete on public.memberships
  for each row execute function private.write_audit_log();

alter table public.memberships enable row level security;

create table public.subscriptions (
  tenant_id uuid primary key references public.tenants (id) on delete cascade,
  plan_id text not null references public.plans (id) on delete restrict,
  status public.subscription_status not null default 'trialing',
  provider_customer text unique,
  current_period_end timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index subscriptions_plan_idx on public.subscriptions (plan_id);

create trigger touch_updated_at before update on public.subscriptions
  for each row execute function private.touch_updated_at();
create trigger write_audit_log after insert or update or delete on public.subscriptions
  for each row execute function private.write_audit_log();

alter table public.subscriptions enable row level security;

-- SECURITY DEFINER, because a policy on memberships that reads memberships itself would recurse
create function private.my_tenant_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select m.tenant_id from public.memberships as m where m.user_id = (select auth.uid());
$$;

create function private.taught_tenant_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select m.tenant_id
  from public.memberships as m
  where m.user_id = (select auth.uid())
    and m.role in ('owner', 'manager', 'instructor');
$$;

create function private.managed_tenant_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select m.tenant_id
  from public.memberships as m
  where m.user_id = (select auth.uid())
    and m.role in ('owner', 'manager');
$$;

revoke execute on function private.my_tenant_ids() from public;
revoke execute on function private.taught_tenant_ids() from public;
revoke execute on function private.managed_tenant_ids() from public;
grant execute on function private.my_tenant_ids() to authenticated;
grant execute on function private.taught_tenant_ids() to authenticated;
grant execute on function private.managed_tenant_ids() to authenticated;

create policy "Visitors read the studios that are open" on public.tenants
  for select to anon
  using (closed_at is null);

create policy "Users read open studios and their own" on public.tenants
  for select to authenticated
  using (closed_at is null or id in (select private.my_tenant_ids()));

create policy "Managers change their studio" on public.tenants
  for update to authenticated
  using (id in (select private.managed_tenant_ids()))
  with check (id in (select private.managed_tenant_ids()));

grant select (id, slug, name, about, time_zone) on table public.tenants to anon;
grant select, update (name, about, time_zone) on table public.tenants to authenticated;
grant select, insert, update, delete on table public.tenants to service_role;

create policy "Members read who works with them" on public.memberships
  for select to authenticated
  using (tenant_id in (select private.my_tenant_ids()));

grant select on table public.memberships to authenticated;
grant select, insert, update, delete on table public.memberships to service_role;

create policy "Managers read their subscription" on public.subscriptions
  for select to authenticated
  using (tenant_id in (select private.managed_tenant_ids()));

grant select on table public.subscriptions to authenticated;
grant select, insert, update, delete on table public.subscriptions to service_role;

create function private.create_tenant(p_name text, p_slug text)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_tenant uuid;
begin
  if not (select private.is_seller()) then
    raise exception 'only a seller opens a studio' using errcode = '42501';
  end if;
  insert into public.tenants (name, slug) values (p_name, p_slug) returning id into v_tenant;
  insert into public.memberships (tenant_id, user_id, role) values (v_tenant, (select auth.uid()), 'owner');
  insert into public.subscriptions (tenant_id, plan_id, current_period_end)
  values (v_tenant, 'starter', pg_catalog.now() + interval '30 days');
  return v_tenant;
end;
$$;

-- a null role takes the person out
create function private.set_member(p_tenant_id uuid, p_handle text, p_role public.tenant_role)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_user uuid;
begin
  -- one change at a time, or two owners could demote each other in the same moment
  perform 1 from public.tenants as t where t.id = p_tenant_id for no key update;
  if not exists (
    select 1
    from public.memberships as m
    where m.tenant_id = p_tenant_id and m.user_id = (select auth.uid()) and m.role = 'owner'
  ) then
    raise exception 'only an owner changes who works in a studio' using errcode = '42501';
  end if;
  select p.id into v_user from public.profiles as p where p.handle = p_handle;
  if v_user is null then
    raise exception 'no user has the handle %', p_handle using errcode = 'P0002';
  end if;
  if p_role is null then
    delete from public.memberships as m where m.tenant_id = p_tenant_id and m.user_id = v_user;
  else
    insert into public.memberships as m (tenant_id, user_id, role) values (p_tenant_id, v_user, p_role)
    on conflict (tenant_id, user_id) do update set role = excluded.role;
  end if;
  if not exists (select 1 from public.memberships as m where m.tenant_id = p_tenant_id and m.role = 'owner') then
    raise exception 'a studio keeps at least one owner' using errcode = '23514';
  end if;
end;
$$;

create function private.tenant_audit_trail(p_tenant_id uuid, p_before_id bigint, p_page_size integer)
returns setof public.audit_logs
language sql
stable
security definer
set search_path = ''
as $$
  select l.*
  from public.audit_logs as l
  where l.tenant_id = p_tenant_id
    and (p_before_id is null or l.id < p_before_id)
    and exists (
      select 1
      from public.memberships as m
      where m.tenant_id = l.tenant_id and m.user_id = (select auth.uid()) and m.role = 'owner'
    )
  order by l.id desc
  limit least(p_page_size, 100);
$$;

revoke execute on function private.create_tenant(text, text) from public;
revoke execute on function private.set_member(uuid, text, public.tenant_role) from public;
revoke execute on function private.tenant_audit_trail(uuid, bigint, integer) from public;
grant execute on function private.create_tenant(text, text) to authenticated;
grant execute on function private.set_member(uuid, text, public.tenant_role) to authenticated;
grant execute on function private.tenant_audit_trail(uuid, bigint, integer) to authenticated;

create function public.create_tenant(name text, slug text)
returns uuid
language sql
set search_path = ''
as $$
  select private.create_tenant(create_tenant.name, create_tenant.slug);
$$;

create function public.set_member(tenant_id uuid, handle text, role public.tenant_role)
returns void
language sql
set search_path = ''
as $$
  select private.set_member(set_member.tenant_id, set_member.handle, set_member.role);
$$;

create function public.tenant_audit_trail(tenant_id uuid, before_id bigint default null, page_size integer default 50)
returns setof public.audit_logs
language sql
stable
set search_path = ''
as $$
  select l.*
  from private.tenant_audit_trail(
    tenant_audit_trail.tenant_id, tenant_audit_trail.before_id, tenant_audit_trail.page_size
  ) as l;
$$;

revoke execute on function public.create_tenant(text, text) from public;
revoke execute on function public.set_member(uuid, text, public.tenant_role) from public;
revoke execute on function public.tenant_audit_trail(uuid, bigint, integer) from public;
grant execute on function public.create_tenant(text, text) to authenticated;
grant execute on function public.set_member(uuid, text, public.tenant_role) to authenticated;
grant execute on function public.tenant_audit_trail(uuid, bigint, integer) to authenticated;
