-- Indexes that foreign keys and policies would use and that are not there: schema, table, reason, name, columns, sql
-- `foreign key`: every delete or key change in the table that it refers to reads this one whole. `policy`: the policy
-- mentions the column and no index begins with it; whether an index would help its condition, `policytool audit` tells.
with tables as (
  select c.oid, n.nspname, c.relname
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p')
    and not c.relispartition
    and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname not like 'pg\_%'
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e'
    )
),
keys as (
  select k.conrelid as oid, 'foreign key' as reason, k.conname as name, k.conkey as columns
  from pg_catalog.pg_constraint k
  where k.contype = 'f'
    and not exists (
      select
      from pg_catalog.pg_index i
      join pg_catalog.pg_class x on x.oid = i.indexrelid
      join pg_catalog.pg_am m on m.oid = x.relam
      where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null and m.amname in ('btree', 'hash')
        and (i.indkey::pg_catalog.int2[])[0:pg_catalog.cardinality(k.conkey) - 1] @> k.conkey
        and i.indnkeyatts >= pg_catalog.cardinality(k.conkey)
    )
),
policies as (
  select p.polrelid as oid, 'policy' as reason, p.polname as name, array[d.refobjsubid::pg_catalog.int2] as columns
  from pg_catalog.pg_policy p
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = p.polrelid and d.refobjsubid > 0
  join pg_catalog.pg_class c on c.oid = p.polrelid and c.relrowsecurity
  where p.polcmd <> 'a'
    and not exists (
      select
      from pg_catalog.pg_index i
      where i.indrelid = p.polrelid and i.indisvalid and i.indpred is null and i.indkey[0] = d.refobjsubid
    )
)
select
  t.nspname as schema,
  t.relname as table,
  f.reason,
  f.name,
  c.names as columns,
  pg_catalog.format('create index on %I.%I (%s);', t.nspname, t.relname, c.quoted) as sql
from (select oid, reason, name, columns from keys union select oid, reason, name, columns from policies) f
join tables t on t.oid = f.oid
cross join lateral (
  select
    pg_catalog.string_agg(a.attname, ', ' order by u.place) as names,
    pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by u.place) as quoted
  from pg_catalog.unnest(f.columns) with ordinality u (number, place)
  join pg_catalog.pg_attribute a on a.attrelid = f.oid and a.attnum = u.number
) c
order by 1, 2, 3, 4, 5;
