-- People, and what they may be on the whole site. A profile is the user's own; a role never is.

set local lock_timeout = '2s';

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  handle text not null unique check (handle ~ '^[a-z0-9_]{3,30}$'),
  display_name text not null default '' check (char_length(display_name) <= 80),
  avatar_path text,
  locale text not null default 'en',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create trigger touch_updated_at before update on public.profiles
  for each row execute function private.touch_updated_at();

alter table public.profiles enable row level security;

create policy "Users read their own profile" on public.profiles
  for select to authenticated
  using (id = (select auth.uid()));

create policy "Users change their own profile" on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

grant select, update (handle, display_name, avatar_path, locale) on table public.profiles to authenticated;
grant select, insert, update, delete on table public.profiles to service_role;

create type public.app_role as enum ('buyer', 'seller', 'admin');

create table public.user_roles (
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.app_role not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (user_id, role)
);

comment on table public.user_roles is 'Apart from profiles, so that no grant on a profile can ever raise a role.';

create trigger touch_updated_at before update on public.user_roles
  for each row execute function private.touch_updated_at();
create trigger write_audit_log after insert or update or delete on public.user_roles
  for each row execute function private.write_audit_log();

alter table public.user_roles enable row level security;

create policy "Users read their own roles" on public.user_roles
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on table public.user_roles to authenticated;
grant select, insert, update, delete on table public.user_roles to service_role;

create function private.is_seller()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.user_roles as r
    where r.user_id = (select auth.uid())
      and r.role in ('seller', 'admin')
  );
$$;

revoke execute on function private.is_seller() from public;
grant execute on function private.is_seller() to authenticated;

-- the user writes raw_user_meta_data, so only the display name is taken from it
create function private.handle_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.profiles (id, handle, display_name)
  values (
    new.id,
    'user_' || pg_catalog.left(pg_catalog.replace(new.id::text, '-', ''), 20),
    pg_catalog.left(coalesce(new.raw_user_meta_data ->> 'display_name', ''), 80)
  );
  insert into public.user_roles (user_id, role) values (new.id, 'buyer');
  return new;
end;
$$;

revoke execute on function private.handle_new_user() from public;

create trigger on_auth_user_created after insert on auth.users
  for each row execute function private.handle_new_user();

create function private.set_user_role(p_handle text, p_role public.app_role, p_granted boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_user uuid;
begin
  if not exists (
    select 1 from public.user_roles as r where r.user_id = (select auth.uid()) and r.role = 'admin'
  ) then
    raise exception 'only an admin changes roles' using errcode = '42501';
  end if;
  select p.id into v_user from public.profiles as p where p.handle = p_handle;
  if v_user is null then
    raise exception 'no user has the handle %', p_handle using errcode = 'P0002';
  end if;
  if p_granted then
    insert into public.user_roles (user_id, role) values (v_user, p_role) on conflict do nothing;
  else
    delete from public.user_roles as r where r.user_id = v_user and r.role = p_role;
  end if;
end;
$$;

revoke execute on function private.set_user_role(text, public.app_role, boolean) from public;
grant execute on function private.set_user_role(text, public.app_role, boolean) to authenticated;

create function public.set_user_role(handle text, role public.app_role, granted boolean default true)
returns void
language sql
set search_path = ''
as $$
  select private.set_user_role(set_user_role.handle, set_user_role.role, set_user_role.granted);
$$;

revoke execute on function public.set_user_role(text, public.app_role, boolean) from public;
grant execute on function public.set_user_role(text, public.app_role, boolean) to authenticated;
