-- Views and materialised views: oid, schema, name, owner, materialized, populated, options, definition
select
  c.oid, n.nspname as schema, c.relname as name, pg_catalog.pg_get_userbyid(c.relowner) as owner,
  c.relkind = 'm' as materialized, c.relispopulated as populated, c.reloptions as options,
  pg_catalog.pg_get_viewdef(c.oid) as definition
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by c.oid
