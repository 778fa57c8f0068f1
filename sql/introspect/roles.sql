-- Roles: oid, name, superuser, inherit, createrole, createdb, login, replication, bypassrls, settings, comment
select
  r.oid, r.rolname as name, r.rolsuper as superuser, r.rolinherit as inherit, r.rolcreaterole as createrole,
  r.rolcreatedb as createdb, r.rolcanlogin as login, r.rolreplication as replication, r.rolbypassrls as bypassrls,
  r.rolconfig as settings, pg_catalog.shobj_description(r.oid, 'pg_authid') as comment
from pg_catalog.pg_roles r
order by r.oid
