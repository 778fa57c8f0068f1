-- Tables: oid, schema, name, owner, kind, persistence, rls_enabled, rls_forced, options, partition_key, is_partition,
-- partition_bound, parent_schemas, parents, type_schema, type_name, access_method, tablespace, replica_identity,
-- replica_index, server, server_options
select
  c.oid, n.nspname as schema, c.relname as name, pg_catalog.pg_get_userbyid(c.relowner) as owner,
  c.relkind::text as kind, c.relpersistence::text as persistence, c.relrowsecurity as rls_enabled,
  c.relforcerowsecurity as rls_forced, array(
    select pg_catalog.unnest(c.reloptions)
    union all
    select 'toast.' || pg_catalog.unnest(o.reloptions) from pg_catalog.pg_class o where o.oid = c.reltoastrelid
  ) as options,
  case c.relkind when 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key,
  c.relispartition as is_partition, pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_bound,
  p.schemas as parent_schemas, p.names as parents, tn.nspname as type_schema, t.typname as type_name,
  am.amname as access_method, ts.spcname as tablespace, c.relreplident::text as replica_identity,
  x.relname as replica_index, s.srvname as server, f.ftoptions as server_options
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join (
  select i.inhrelid, pg_catalog.array_agg(pn.nspname order by i.inhseqno) as schemas,
    pg_catalog.array_agg(pc.relname order by i.inhseqno) as names
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class pc on pc.oid = i.inhparent
  join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
  group by i.inhrelid
) p on p.inhrelid = c.oid
left join pg_catalog.pg_type t on t.oid = c.reloftype
left join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
left join pg_catalog.pg_am am on am.oid = c.relam
left join pg_catalog.pg_tablespace ts on ts.oid = c.reltablespace
left join (
  select i.indrelid, ic.relname
  from pg_catalog.pg_index i
  join pg_catalog.pg_class ic on ic.oid = i.indexrelid
  where i.indisreplident
) x on x.indrelid = c.oid and c.relreplident = 'i'
left join pg_catalog.pg_foreign_table f on f.ftrelid = c.oid
left join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
where c.relkind in ('r', 'p', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by c.oid
