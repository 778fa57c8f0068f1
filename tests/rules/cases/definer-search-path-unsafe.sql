-- case: a table that a temporary one can stand in for
-- platform: postgres
-- with: n
-- finds: warning public.f()
create function f() returns bigint language sql security definer set search_path = public as 'select count(*) from t';

-- case: pg_temp is listed, but first
-- platform: postgres
-- with: n
-- finds: warning public.f()
create function f() returns bigint language sql security definer set search_path = pg_temp, public as
  'select count(*) from t';

-- case: in a body in PL/pgSQL, for writing
-- platform: postgres
-- with: n
-- finds: warning public.f()
create function f() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into t (id) values (1);
  return new;
end $$;

-- case: clients come by the API
-- with: n rls
-- finds: info public.f()
create function f() returns bigint language sql security definer set search_path = public as 'select count(*) from t';

-- case: clients can write to a schema of the path
-- with: n rls
-- finds: error public.f()
create schema drafts;
grant usage, create on schema drafts to authenticated;
create function f() returns bigint language sql security definer set search_path = drafts, public, pg_temp as
  'select count(*) from t';

-- case: pg_temp is last
-- platform: postgres
-- with: n
create function f() returns bigint language sql security definer set search_path = public, pg_temp as
  'select count(*) from t';

-- case: every name has its schema
-- platform: postgres
-- with: n
create function f() returns bigint language sql security definer set search_path = public as
  'with x as (select id from public.t) select count(*) from x';

-- case: an empty path
-- platform: postgres
-- with: n
create function f() returns bigint language sql security definer set search_path = '' as
  'select count(*) from public.t';

-- case: $user is the owner
-- with: n
create function f() returns bigint language sql security definer set search_path = "$user", public, pg_temp as
  'select count(*) from t';

-- case: a temporary table of its own
-- platform: postgres
create function f() returns void language plpgsql security definer set search_path = public as $$
begin
  create temporary table work (id int) on commit drop;
  insert into work values (1);
end $$;

-- case: as its caller
-- platform: postgres
-- with: n
create function f() returns bigint language sql set search_path = public as 'select count(*) from t';

-- case: nobody can call it
-- platform: postgres
-- with: n
create function f() returns bigint language sql security definer set search_path = public as 'select count(*) from t';
revoke execute on function f() from public;

-- case: names in a body of the SQL standard are looked up once
-- platform: postgres
-- with: n
create function f() returns bigint language sql security definer set search_path = public
  return (select count(*) from t);

-- case: no search_path at all is told elsewhere
-- platform: postgres
-- with: n
create function f() returns bigint language sql security definer as 'select count(*) from t';
