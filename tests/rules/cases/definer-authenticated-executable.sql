-- case: writes whatever row it is told
-- with: t rls
-- finds: warning public.f(bigint)
create function f(n bigint) returns void language sql security definer set search_path = '' as
  'delete from public.t where id = n';
revoke execute on function f(bigint) from public, anon;

-- case: reads whatever row it is told
-- with: t rls
-- finds: warning public.f(bigint)
create function f(n bigint) returns setof t language plpgsql security definer set search_path = '' as
  'begin return query select * from public.t where id = n; end';
revoke execute on function f(bigint) from public, anon;

-- case: to be signed in is all it asks
-- with: t rls
-- finds: warning public.f(bigint)
create function f(n bigint) returns void language plpgsql security definer set search_path = '' as $$
declare
  v_me uuid := auth.uid();
begin
  if v_me is null then
    raise exception 'sign in';
  end if;
  delete from public.t where id = n;
end $$;
revoke execute on function f(bigint) from public, anon;

-- case: visitors can call it, but it turns them away
-- with: t rls
-- finds: warning public.f(bigint)
create function f(n bigint) returns void language plpgsql security definer set search_path = '' as $$
begin
  if auth.role() <> 'authenticated' then
    raise exception 'sign in';
  end if;
  delete from public.t where id = n;
end $$;

-- case: in a new project, by a grant
-- platform: supabase-explicit
-- with: t rls
-- finds: warning public.f(bigint)
create function f(n bigint) returns void language sql security definer set search_path = '' as
  'delete from public.t where id = n';
revoke execute on function f(bigint) from public;
grant execute on function f(bigint) to authenticated;

-- case: asks who
-- with: t rls
-- finds: info public.f(bigint)
create function f(n bigint) returns void language sql security definer set search_path = '' as
  'delete from public.t where id = n and user_id = auth.uid()';
revoke execute on function f(bigint) from public, anon;

-- case: writes who
-- with: t rls
-- finds: info public.f(bigint)
create function f(n bigint) returns void language sql security definer set search_path = '' as
  'insert into public.t (id, user_id) values (n, auth.uid())';
revoke execute on function f(bigint) from public, anon;

-- case: granted by name, to read
-- with: t rls
-- finds: info public.f()
create function f() returns bigint language sql security definer set search_path = '' as
  'select count(*) from public.t';
revoke execute on function f() from public, anon, authenticated;
grant execute on function f() to authenticated;

-- case: the argument is trusted, which is told elsewhere
-- with: t rls
-- finds: info public.f(uuid)
create function f(p_user_id uuid) returns void language sql security definer set search_path = '' as
  'delete from public.t where user_id = p_user_id';
revoke execute on function f(uuid) from public, anon;

-- case: housekeeping
-- with: t rls
-- finds: info public.f()
create function f() returns void language sql security definer set search_path = '' as
  $$ delete from public.t where status = 'old' $$;
revoke execute on function f() from public, anon;

-- case: a yes or no
-- with: t rls
-- finds: info public.f(bigint)
create function f(n bigint) returns boolean language sql security definer set search_path = '' as
  'select exists (select 1 from public.t where id = n)';
revoke execute on function f(bigint) from public, anon;

-- case: visitors can call it too, which is told elsewhere
-- with: t rls
create function f(n bigint) returns void language sql security definer set search_path = '' as
  'delete from public.t where id = n';

-- case: nobody can call it
-- with: t rls
create function f(n bigint) returns void language sql security definer set search_path = '' as
  'delete from public.t where id = n';
revoke execute on function f(bigint) from public, anon, authenticated;

-- case: as its caller
-- with: t rls
create function f(n bigint) returns void language sql as 'delete from public.t where id = n';
revoke execute on function f(bigint) from public, anon;

-- case: a trigger function cannot be called
create function f() returns trigger language plpgsql security definer set search_path = '' as
  'begin return new; end';
revoke execute on function f() from public, anon;
