-- What PostgREST is told to expose, the setting that counts first: role, setting
select
  pg_catalog.pg_get_userbyid(s.setrole) as role,
  pg_catalog.substr(c.entry, pg_catalog.length('pgrst.db_schemas=') + 1) as setting
from pg_catalog.pg_db_role_setting s
cross join lateral pg_catalog.unnest(s.setconfig) c (entry)
left join pg_catalog.pg_roles r on r.oid = s.setrole
where c.entry like 'pgrst.db\_schemas=%'
  and (s.setrole = 0 or r.rolname = 'authenticator')
  and (s.setdatabase = 0 or s.setdatabase = (
    select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
order by s.setrole <> 0 and s.setdatabase <> 0 desc, s.setrole <> 0 desc
