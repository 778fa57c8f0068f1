-- case: a function, broken on the platform
-- finds: warning auth.tenant_id()
create function auth.tenant_id() returns uuid language sql stable as
  'select (auth.jwt() -> ''app_metadata'' ->> ''tenant_id'')::uuid';

-- case: a column, broken on the platform
-- finds: warning auth.users
alter table auth.users add column tenant_id uuid;

-- case: a table, broken on the platform
-- finds: warning storage.thumbnails
create table storage.thumbnails (id uuid primary key);

-- case: a policy and a trigger
create function on_object() returns trigger language plpgsql as 'begin return new; end';
create policy p on storage.objects for select to authenticated using (bucket_id = 'x' and owner_id = auth.uid()::text);
create trigger t after insert on auth.users for each row execute function on_object();

-- case: a foreign key to it
create table t (user_id uuid primary key references auth.users (id));

-- case: dropped in the end, broken on the platform
create function auth.tenant_id() returns uuid language sql stable as 'select null::uuid';
-- file: 2.sql
drop function auth.tenant_id();

-- case: an extension
create extension if not exists pg_graphql;

-- case: no platform
-- platform: postgres
create schema auth;
create table auth.users (id uuid primary key);
