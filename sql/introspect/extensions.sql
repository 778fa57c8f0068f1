-- Extensions: oid, name, schema, version, comment (without the one that its control file gives it)
select
  e.oid, e.extname as name, n.nspname as schema, e.extversion as version,
  nullif(pg_catalog.obj_description(e.oid, 'pg_extension'), v.comment) as comment
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace
left join pg_catalog.pg_available_extensions v on v.name = e.extname
order by e.oid
