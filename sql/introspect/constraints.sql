-- Constraints of tables and domains: oid, relation, domain, name, kind, columns, expression, far_schema, far_table,
-- far_columns, on_delete, on_update, delete_columns, match, operators, deferrable, deferred, validated, no_inherit,
-- enforced, inherited, local, period
-- (the parts of a foreign key that point at the partitions of one table are not constraints of their own)
select
  k.oid, nullif(k.conrelid, 0) as relation, nullif(k.contypid, 0) as domain, k.conname as name, k.contype::text as kind,
  array(
    select a.attname
    from pg_catalog.unnest(k.conkey) with ordinality u (number, position)
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number
    order by case when k.contype = 'c' then u.number else u.position end
  ) as columns,
  pg_catalog.pg_get_expr(k.conbin, k.conrelid) as expression, fn.nspname as far_schema, f.relname as far_table,
  array(
    select a.attname
    from pg_catalog.unnest(k.confkey) with ordinality u (number, position)
    join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number
    order by u.position
  ) as far_columns,
  k.confdeltype::text as on_delete, k.confupdtype::text as on_update,
  array(
    select a.attname
    from pg_catalog.unnest(k.confdelsetcols) with ordinality u (number, position) -- before 15: from pg_catalog.unnest(null::int2[]) with ordinality u (number, position)
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number
    order by u.position
  ) as delete_columns,
  k.confmatchtype::text as match,
  array(
    select case on_.nspname when 'pg_catalog' then '' else on_.nspname || '.' end || o.oprname
    from pg_catalog.unnest(k.conexclop) with ordinality u (operator, position)
    join pg_catalog.pg_operator o on o.oid = u.operator
    join pg_catalog.pg_namespace on_ on on_.oid = o.oprnamespace
    order by u.position
  ) as operators,
  k.condeferrable as deferrable, k.condeferred as deferred, k.convalidated as validated,
  k.connoinherit and k.contype = 'c' as no_inherit,
  k.conenforced as enforced, -- before 18: true as enforced,
  k.coninhcount > 0 as inherited, k.conislocal as local,
  k.conperiod as period -- before 18: false as period
from pg_catalog.pg_constraint k
join pg_catalog.pg_namespace n on n.oid = k.connamespace
left join pg_catalog.pg_class f on f.oid = k.confrelid
left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
where k.contype in ('p', 'u', 'f', 'c', 'x') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid)
order by k.oid
