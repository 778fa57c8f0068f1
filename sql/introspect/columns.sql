-- Columns of tables, views and composite types: relation, number, name, type, not_null, expression, identity, generated,
-- collation_schema, collation, inherited, local, storage, compression, statistics, options, fdw_options
select
  a.attrelid as relation, a.attnum as number, a.attname as name,
  pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
  pg_catalog.pg_get_expr(d.adbin, d.adrelid) as expression, a.attidentity::text as identity,
  a.attgenerated::text as generated, cn.nspname as collation_schema, co.collname as collation,
  a.attinhcount > 0 as inherited, a.attislocal as local,
  case when a.attstorage <> t.typstorage then a.attstorage::text end as storage,
  a.attcompression::text as compression, -- before 14: '' as compression,
  a.attstattarget as statistics,
  array(select o from pg_catalog.unnest(a.attoptions) o where o not like 'pg_attver=%') as options,
  a.attfdwoptions as fdw_options
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_catalog.pg_collation co on co.oid = a.attcollation and a.attcollation <> t.typcollation
left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
where c.relkind in ('r', 'p', 'f', 'v', 'm', 'c') and a.attnum > 0 and not a.attisdropped
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by a.attrelid, a.attnum
