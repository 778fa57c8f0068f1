-- Rewrite rules other than those of views: oid, relation, name, definition, enabled
select
  w.oid, w.ev_class as relation, w.rulename as name, pg_catalog.pg_get_ruledef(w.oid) as definition,
  w.ev_enabled::text as enabled
from pg_catalog.pg_rewrite w
join pg_catalog.pg_class c on c.oid = w.ev_class
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where w.rulename <> '_RETURN' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by w.oid
