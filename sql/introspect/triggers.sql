-- Triggers: oid, relation, name, definition, function_schema, "function", references_schema, "references", enabled,
-- inherited (those that carry out foreign keys and deferred keys are left out)
select
  t.oid, t.tgrelid as relation, t.tgname as name, pg_catalog.pg_get_triggerdef(t.oid) as definition,
  fn.nspname as function_schema, f.proname as function, rn.nspname as references_schema, r.relname as references,
  t.tgenabled::text as enabled, t.tgparentid <> 0 as inherited
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_proc f on f.oid = t.tgfoid
join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
left join pg_catalog.pg_class r on r.oid = t.tgconstrrelid
left join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and (not t.tgisinternal or t.tgparentid <> 0 and t.tgconstrindid = 0 and not exists (
    select from pg_catalog.pg_constraint k where k.oid = t.tgconstraint and k.contype = 'f'))
order by t.oid
