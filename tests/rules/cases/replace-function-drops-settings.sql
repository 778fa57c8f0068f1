-- case: another rule says what comes of it
-- with: t
-- finds: info public.f()
create function f() returns bigint language sql security definer set search_path = '' as 'select 1::bigint';
-- file: 2.sql
create or replace function f() returns bigint language sql security definer as 'select count(*) from t';

-- case: nothing is looked up
-- finds: info public.f()
create function f() returns int language sql security definer set search_path = '' as 'select 1';
-- file: 2.sql
create or replace function f() returns int language sql security definer as 'select 2';

-- case: dropped and made again
-- finds: info public.f()
create function f() returns int language sql security definer set search_path = '' as 'select 1';
-- file: 2.sql
drop function f();
create function f() returns int language sql security definer as 'select 2';

-- case: said again
create function f() returns int language sql security definer set search_path = '' as 'select 1';
-- file: 2.sql
create or replace function f() returns int language sql security definer set search_path = public as 'select 2';

-- case: set later
create function f() returns int language sql security definer set search_path = '' as 'select 1';
-- file: 2.sql
create or replace function f() returns int language sql security definer as 'select 2';
alter function f() set search_path = '';

-- case: a body that names are looked up in once
create function f() returns int language sql security definer set search_path = '' as 'select 1';
-- file: 2.sql
create or replace function f() returns int language sql security definer return 2;

-- case: a caller's search_path for a caller's rights
create function f() returns int language sql set search_path = '' as 'select 1';
-- file: 2.sql
create or replace function f() returns int language sql as 'select 2';

-- case: a helper of policies
-- with: members t rls
-- finds: warning public.is_member(uuid)
create function is_member(org uuid) returns boolean language sql stable security definer set search_path = ''
  as 'select exists (select 1 from public.members m where m.org_id = org and m.user_id = (select auth.uid()))';
create policy p on t to authenticated using (is_member(org_id));
-- file: 2.sql
create or replace function is_member(org uuid) returns boolean language sql stable set search_path = ''
  as 'select exists (select 1 from public.members m where m.org_id = org and m.user_id = auth.uid())';

-- case: a trigger that writes
-- with: t rls
-- finds: warning public.log()
create table logs (id bigint generated always as identity primary key, what text);
alter table logs enable row level security;
create function log() returns trigger language plpgsql security definer set search_path = '' as $$
begin insert into public.logs (what) values ('t'); return new; end $$;
create trigger log after insert on t for each row execute function log();
-- file: 2.sql
create or replace function log() returns trigger language plpgsql set search_path = '' as $$
begin insert into public.logs (what) values ('row of t'); return new; end $$;

-- case: called by clients
-- with: t rls
-- finds: info public.rows()
create function rows() returns bigint language sql security definer set search_path = '' as 'select count(*) from public.t';
-- file: 2.sql
create or replace function rows() returns bigint language sql set search_path = '' as 'select count(*) from public.t';

-- case: it needs no rights
create function touch() returns trigger language plpgsql security definer set search_path = '' as
  $$ begin new.status := 'new'; return new; end $$;
-- file: 2.sql
create or replace function touch() returns trigger language plpgsql as
  $$ begin new.status := 'open'; return new; end $$;

-- case: a decision
-- with: t rls
create function rows() returns bigint language sql security definer set search_path = '' as 'select count(*) from public.t';
-- file: 2.sql
alter function rows() security invoker;
