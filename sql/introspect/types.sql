-- Types that are not the row type of a table or view, nor arrays, nor multiranges: oid, relation, schema, name, owner,
-- kind, labels, base, not_null, "default", collation_schema, collation, subtype, multirange, subtype_opclass,
-- range_collation, canonical, subtype_diff
select
  t.oid, nullif(t.typrelid, 0) as relation, n.nspname as schema, t.typname as name,
  pg_catalog.pg_get_userbyid(t.typowner) as owner,
  case when t.typisdefined then t.typtype::text else 'b' end as kind,
  array(select e.enumlabel from pg_catalog.pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as labels,
  case t.typtype when 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end as base, t.typnotnull as not_null,
  pg_catalog.pg_get_expr(t.typdefaultbin, 0) as default, cn.nspname as collation_schema, co.collname as collation,
  pg_catalog.format_type(r.rngsubtype, null) as subtype,
  mt.typname as multirange, -- before 14: null as multirange,
  case when not oc.opcdefault then
    case ocn.nspname when 'pg_catalog' then '' else pg_catalog.quote_ident(ocn.nspname) || '.' end
    || pg_catalog.quote_ident(oc.opcname) end as subtype_opclass,
  case when r.rngcollation <> st.typcollation then
    case rcn.nspname when 'pg_catalog' then '' else pg_catalog.quote_ident(rcn.nspname) || '.' end
    || pg_catalog.quote_ident(rc.collname) end as range_collation,
  case when r.rngcanonical::oid <> 0 then r.rngcanonical::text end as canonical,
  case when r.rngsubdiff::oid <> 0 then r.rngsubdiff::text end as subtype_diff
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_class c on c.oid = t.typrelid
left join pg_catalog.pg_type b on b.oid = t.typbasetype
left join pg_catalog.pg_collation co on co.oid = t.typcollation and t.typtype = 'd' and t.typcollation <> b.typcollation
left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
left join pg_catalog.pg_range r on r.rngtypid = t.oid
left join pg_catalog.pg_type mt on mt.oid = r.rngmultitypid -- before 14:
left join pg_catalog.pg_type st on st.oid = r.rngsubtype
left join pg_catalog.pg_opclass oc on oc.oid = r.rngsubopc
left join pg_catalog.pg_namespace ocn on ocn.oid = oc.opcnamespace
left join pg_catalog.pg_collation rc on rc.oid = r.rngcollation
left join pg_catalog.pg_namespace rcn on rcn.oid = rc.collnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and (t.typrelid = 0 or c.relkind = 'c')
  and (t.typtype in ('b', 'c', 'd', 'e', 'r') or not t.typisdefined)
  and not exists (select from pg_catalog.pg_type e where e.typarray = t.oid)
order by t.oid
