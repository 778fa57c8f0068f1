-- The server and whom it takes us for: role, superuser, days (that statistics have been counted, at least), standby,
-- replicas, hidden_statistics (tables whose column statistics the role may not read)
select
  current_user::text as role,
  (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) as superuser,
  extract(epoch from pg_catalog.now() - coalesce(
    (select d.stats_reset from pg_catalog.pg_stat_database d where d.datname = pg_catalog.current_database()),
    pg_catalog.pg_postmaster_start_time()
  ))::float8 / 86400 as days,
  pg_catalog.pg_is_in_recovery() as standby,
  (select pg_catalog.count(*) from pg_catalog.pg_stat_replication)::int as replicas,
  (
    select pg_catalog.count(*) from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpages > 0 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and (not pg_catalog.has_any_column_privilege(c.oid, 'select') or pg_catalog.row_security_active(c.oid))
  )::int as hidden_statistics
