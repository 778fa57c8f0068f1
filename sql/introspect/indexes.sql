-- Indexes: oid, relation, name, definition, include, nulls_not_distinct, valid, clustered, statistics, "constraint",
-- options, parent_schema, parent
select
  i.indexrelid as oid, i.indrelid as relation, c.relname as name, pg_catalog.pg_get_indexdef(i.indexrelid) as definition,
  array(
    select a.attname
    from pg_catalog.generate_series(i.indnkeyatts + 1, i.indnatts) p
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[p - 1]
    order by p
  ) as include,
  i.indnullsnotdistinct as nulls_not_distinct, -- before 15: false as nulls_not_distinct,
  i.indisvalid as valid, i.indisclustered as clustered,
  array(
    select nullif(a.attstattarget, -1)
    from pg_catalog.pg_attribute a
    where a.attrelid = i.indexrelid and a.attnum > 0
    order by a.attnum
  ) as statistics,
  k.conname as "constraint", c.reloptions as options, pn.nspname as parent_schema,
  p.relname as parent
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
left join pg_catalog.pg_inherits h on h.inhrelid = i.indexrelid
left join pg_catalog.pg_class p on p.oid = h.inhparent
left join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by i.indexrelid
