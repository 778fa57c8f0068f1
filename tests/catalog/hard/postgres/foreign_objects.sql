create role ddl_mapped;
create foreign data wrapper files options (debug 'true');
create server far type 'kind' version '1.0' foreign data wrapper files options (host 'example.org', dbname 'd''b');
create user mapping for ddl_mapped server far options (user 'x');
create user mapping for public server far;
create foreign table public.remote (id integer options (column_name 'ID') not null, v text default 'x',
  constraint positive check (id > 0)) server far options (table_name 'remote', schema_name 'it''s');
grant usage on foreign server far to ddl_mapped;
grant usage on foreign data wrapper files to ddl_mapped;
comment on server far is 'far away';
comment on foreign table public.remote is 'there';
