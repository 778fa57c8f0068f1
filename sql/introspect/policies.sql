-- Policies: oid, relation, name, command, permissive, roles, "using", with_check
select
  p.oid, p.polrelid as relation, p.polname as name, p.polcmd::text as command, p.polpermissive as permissive,
  array(
    select case u.role when 0 then 'public' else pg_catalog.pg_get_userbyid(u.role) end
    from pg_catalog.unnest(p.polroles) u (role)
  ) as roles,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid) as "using",
  pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as with_check
from pg_catalog.pg_policy p
order by p.oid
