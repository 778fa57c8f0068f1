-- Extensions, the schema of helpers that no API serves, and default privileges that give nothing away.

-- before the default privileges below: they would strip EXECUTE from the functions of extensions as well
create extension if not exists pg_trgm with schema extensions;
create extension if not exists btree_gist with schema extensions;

create schema private;

comment on schema private is 'Helpers of policies and the privileged half of each RPC. Not an exposed schema.';

-- the RPCs in public call the functions in here by name
grant usage on schema private to authenticated, service_role;

-- what is not granted by name in a later file stays shut
alter default privileges for role postgres in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke all on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke all on functions from anon, authenticated, service_role;

-- without IN SCHEMA: a schema's default privileges only add to the global ones, so they cannot take this away
alter default privileges for role postgres revoke execute on functions from public;

create function private.touch_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := pg_catalog.now();
  return new;
end;
$$;

revoke execute on function private.touch_updated_at() from public;
