-- case: by the search path
-- finds: warning pg_trgm
create extension pg_trgm;

-- case: cannot be moved
-- finds: info postgis
create extension postgis with schema public;

-- case: a schema of its own
create extension pg_trgm with schema extensions;

-- case: moved away
create extension pg_trgm;
alter extension pg_trgm set schema extensions;

-- case: no API
-- platform: postgres
create extension pg_trgm;

-- case: its objects are in a schema that it makes
create extension pg_net with schema public;
