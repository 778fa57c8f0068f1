-- Foreign servers: oid, name, owner, wrapper, type, version, options
select
  s.oid, s.srvname as name, pg_catalog.pg_get_userbyid(s.srvowner) as owner, w.fdwname as wrapper, s.srvtype as type,
  s.srvversion as version, s.srvoptions as options
from pg_catalog.pg_foreign_server s
join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
order by s.oid
