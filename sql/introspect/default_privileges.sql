-- Default privileges: oid, role, schema, kind, grantee, privilege, grantable (grantee is null where none is left)
select
  d.oid, pg_catalog.pg_get_userbyid(d.defaclrole) as role, n.nspname as schema, d.defaclobjtype::text as kind,
  case x.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee) end as grantee,
  x.privilege_type as privilege, x.is_grantable as grantable
from pg_catalog.pg_default_acl d
left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
left join lateral pg_catalog.aclexplode(d.defaclacl) x on true
order by d.oid
