-- Event triggers: oid, name, owner, event, tags, function_schema, "function", enabled
select
  e.oid, e.evtname as name, pg_catalog.pg_get_userbyid(e.evtowner) as owner, e.evtevent as event, e.evttags as tags,
  n.nspname as function_schema, p.proname as function, e.evtenabled::text as enabled
from pg_catalog.pg_event_trigger e
join pg_catalog.pg_proc p on p.oid = e.evtfoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
order by e.oid
