-- Tables in publications: publication, schema, "table", columns, "where"
select
  r.prpubid as publication, n.nspname as schema, c.relname as table,
  array(
    select a.attname
    from pg_catalog.unnest(r.prattrs) with ordinality u (number, position) -- before 15: from pg_catalog.unnest(null::int2[]) with ordinality u (number, position)
    join pg_catalog.pg_attribute a on a.attrelid = r.prrelid and a.attnum = u.number
    order by u.position
  ) as columns,
  pg_catalog.pg_get_expr(r.prqual, r.prrelid) as where -- before 15: null as where
from pg_catalog.pg_publication_rel r
join pg_catalog.pg_class c on c.oid = r.prrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
order by r.oid
