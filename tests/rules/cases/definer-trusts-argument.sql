-- case: reads for whom it is told, and anybody can call it
-- with: t rls
-- finds: error public.f(uuid)
create function f(p_user_id uuid) returns setof t language sql stable security definer set search_path = '' as
  'select * from public.t where user_id = p_user_id';

-- case: reads for whom it is told, by number
-- with: t rls
-- finds: error public.f(uuid)
create function f(user_id uuid) returns setof t language sql stable security definer set search_path = '' as
  'select * from public.t as x where x.user_id = $1';

-- case: signed-in users read
-- with: t rls
-- finds: warning public.f(uuid)
create function f(p_user_id uuid) returns setof t language sql stable security definer set search_path = '' as
  'select * from public.t where user_id = p_user_id';
revoke execute on function f(uuid) from public, anon;

-- case: signed-in users write
-- with: t rls
-- finds: error public.f(uuid, text)
create function f("targetUserId" uuid, what text) returns void language plpgsql security definer set search_path = ''
  as 'begin update public.t set status = what where user_id = "targetUserId"; end';
revoke execute on function f(uuid, text) from public, anon;

-- case: by way of a variable, and of a default that anybody overrides
-- with: t rls
-- finds: error public.f(uuid)
create function f(p_user_id uuid default null) returns void language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := coalesce(p_user_id, auth.uid());
begin
  delete from public.t where user_id = v_user;
end $$;

-- case: the tenant is named, and signed in is all it asks
-- with: t rls
-- finds: warning public.f(uuid)
create function f(p_org_id uuid) returns setof t language plpgsql security definer set search_path = '' as $$
begin
  if auth.uid() is null or auth.role() <> 'authenticated' then
    raise exception 'sign in';
  end if;
  return query select * from public.t where org_id = p_org_id;
end $$;

-- case: a row in anybody's name
-- with: t rls
-- finds: error public.f(bigint, uuid)
create function f(n bigint, p_user_id uuid) returns void language sql security definer set search_path = '' as
  'insert into public.t (id, user_id) values (n, p_user_id)';

-- case: a line in a log in anybody's name
-- finds: warning public.f(uuid)
create table activity_log (id bigint generated always as identity primary key, user_id uuid);
create index on activity_log (user_id);
alter table activity_log enable row level security;
create function f(p_user_id uuid) returns void language sql security definer set search_path = '' as
  'insert into public.activity_log (user_id) values (p_user_id)';

-- case: it does read who calls, but only to note it down
-- with: t rls
-- finds: error public.f(uuid)
create function f(p_user_id uuid) returns void language plpgsql security definer set search_path = '' as $$
declare
  v_me uuid := auth.uid();
begin
  update public.t set status = v_me::text where user_id = p_user_id;
end $$;

-- case: compared in an IF
-- with: t rls
create function f(p_user_id uuid) returns setof t language plpgsql security definer set search_path = '' as $$
begin
  if p_user_id <> auth.uid() then
    raise exception 'not yours';
  end if;
  return query select * from public.t where user_id = p_user_id;
end $$;

-- case: compared with a variable
-- with: t rls
create function f(p_user_id uuid) returns void language plpgsql security definer set search_path = '' as $$
declare
  v_me uuid;
begin
  select auth.uid() into v_me;
  if v_me is distinct from p_user_id then
    return;
  end if;
  delete from public.t where user_id = p_user_id;
end $$;

-- case: compared in the query
-- with: t rls
create function f(p_user_id uuid) returns setof t language sql stable security definer set search_path = '' as
  'select * from public.t where user_id = p_user_id and user_id = auth.uid()';

-- case: asks a helper
-- with: t rls members
create function is_admin() returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.members as m where m.user_id = auth.uid() and m.role = 'admin') $$;
create function f(p_user_id uuid) returns void language plpgsql security definer set search_path = '' as $$
begin
  if not public.is_admin() then
    raise exception 'admins only';
  end if;
  delete from public.t where user_id = p_user_id;
end $$;

-- case: a helper that raises by itself
-- with: t rls members
create function assert_admin() returns void language plpgsql stable security definer set search_path = '' as $$
begin
  if not exists (select 1 from public.members as m where m.user_id = auth.uid() and m.role = 'admin') then
    raise exception 'admins only';
  end if;
end $$;
create function f(p_user_id uuid) returns void language plpgsql security definer set search_path = '' as $$
begin
  perform public.assert_admin();
  delete from public.t where user_id = p_user_id;
end $$;

-- case: looks its caller's role up first
-- with: t rls members
create function f(p_org_id uuid) returns setof t language plpgsql security definer set search_path = '' as $$
declare
  v_role text;
begin
  select m.role into v_role from public.members as m where m.user_id = auth.uid() and m.org_id = p_org_id;
  if v_role is null then
    raise exception 'not a member';
  end if;
  return query select * from public.t where org_id = p_org_id;
end $$;

-- case: found or not
-- with: t rls members
create function f(p_org_id uuid) returns setof t language plpgsql security definer set search_path = '' as $$
begin
  perform 1 from public.members as m where m.user_id = auth.uid() and m.org_id = p_org_id;
  if not found then
    raise exception 'not a member';
  end if;
  return query select * from public.t where org_id = p_org_id;
end $$;

-- case: only the server's role gets past
-- with: t rls
create function f(p_user_id uuid) returns void language plpgsql security definer set search_path = '' as $$
begin
  if auth.role() <> 'service_role' then
    raise exception 'server only';
  end if;
  delete from public.t where user_id = p_user_id;
end $$;

-- case: clients cannot call it
-- with: t rls
create function f(p_user_id uuid) returns setof t language sql stable security definer set search_path = '' as
  'select * from public.t where user_id = p_user_id';
revoke execute on function f(uuid) from public, anon, authenticated;

-- case: its schema is not in the API
-- with: t rls
create schema private;
create function private.f(p_user_id uuid) returns setof t language sql stable security definer set search_path = '' as
  'select * from public.t where user_id = p_user_id';

-- case: as its caller
-- with: t rls
create function f(p_user_id uuid) returns setof t language sql stable as
  'select * from public.t where user_id = p_user_id';

-- case: everybody may read these rows anyway
-- with: t rls
create policy p on t for select using (true);
create function f(p_user_id uuid) returns setof t language sql stable security definer set search_path = '' as
  'select * from public.t where user_id = p_user_id';

-- case: a yes or no for policies
-- with: members
create function has_role(user_id uuid, wanted text) returns boolean language sql stable security definer set search_path
  = '' as $$ select exists (select 1 from public.members as m where m.user_id = $1 and m.role = wanted) $$;

-- case: the row says who made it, and for whom
-- with: t rls
create function f(n bigint, p_user_id uuid) returns void language sql security definer set search_path = '' as
  'insert into public.t (id, user_id, owner) values (n, p_user_id, auth.uid())';

-- case: an invitation is the key
-- with: t rls
create function f(invite_code text, p_user_id uuid) returns void language sql security definer set search_path = '' as
  'update public.t set user_id = p_user_id where status = invite_code';

-- case: a trigger function cannot be called
-- with: t rls
create function f() returns trigger language plpgsql security definer set search_path = '' as
  'begin delete from public.t where user_id = new.user_id; return new; end';
