-- Memberships: role, member, admin, inherit, set (one row for each grantor)
select
  g.rolname as role, m.rolname as member, a.admin_option as admin,
  a.inherit_option as inherit, a.set_option as set -- before 16: m.rolinherit as inherit, true as set
from pg_catalog.pg_auth_members a
join pg_catalog.pg_roles g on g.oid = a.roleid
join pg_catalog.pg_roles m on m.oid = a.member
order by a.roleid, a.member
