-- Foreign-data wrappers: oid, name, owner, handler_schema, handler, validator_schema, validator, options
select
  w.oid, w.fdwname as name, pg_catalog.pg_get_userbyid(w.fdwowner) as owner, hn.nspname as handler_schema,
  h.proname as handler, vn.nspname as validator_schema, v.proname as validator, w.fdwoptions as options
from pg_catalog.pg_foreign_data_wrapper w
left join pg_catalog.pg_proc h on h.oid = w.fdwhandler
left join pg_catalog.pg_namespace hn on hn.oid = h.pronamespace
left join pg_catalog.pg_proc v on v.oid = w.fdwvalidator
left join pg_catalog.pg_namespace vn on vn.oid = v.pronamespace
order by w.oid
