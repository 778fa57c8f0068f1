-- Privileges, each on its own, those that a null ACL stands for included: catalog, oid, "column", grantee, grantor,
-- privilege, grantable, stored
with acls (catalog, oid, "column", acl, stored) as (
  select 'pg_class', c.oid, null::name,
    coalesce(c.relacl, pg_catalog.acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)),
    c.relacl is not null
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select 'pg_class', c.oid, a.attname, a.attacl, true
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where a.attacl is not null and not a.attisdropped and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select 'pg_proc', p.oid, null, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)), p.proacl is not null
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select 'pg_type', t.oid, null, coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner)), t.typacl is not null
  from pg_catalog.pg_type t
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  left join pg_catalog.pg_class c on c.oid = t.typrelid
  where (t.typrelid = 0 or c.relkind = 'c') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select 'pg_namespace', n.oid, null, coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)), n.nspacl is not null
  from pg_catalog.pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select 'pg_foreign_server', s.oid, null, coalesce(s.srvacl, pg_catalog.acldefault('S', s.srvowner)),
    s.srvacl is not null
  from pg_catalog.pg_foreign_server s
  union all
  select 'pg_foreign_data_wrapper', w.oid, null, coalesce(w.fdwacl, pg_catalog.acldefault('F', w.fdwowner)),
    w.fdwacl is not null
  from pg_catalog.pg_foreign_data_wrapper w
)
select
  a.catalog, a.oid, a.column, case x.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee) end as grantee,
  pg_catalog.pg_get_userbyid(x.grantor) as grantor, x.privilege_type as privilege, x.is_grantable as grantable, a.stored
from acls a
cross join lateral pg_catalog.aclexplode(a.acl) x
