-- What the catalog of the tool has no room for: kind, message
-- (members of extensions, and what the platform's own roles have, are left out)
with own as (
  select c.oid, c.relname, c.relkind, c.reltablespace, n.nspname,
    pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as identity
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and pg_catalog.pg_get_userbyid(c.relowner) !~ '^(supabase|pgsodium)_'
), members as (
  select d.classid, d.objid from pg_catalog.pg_depend d where d.deptype = 'e'
), roles as (
  select r.* from pg_catalog.pg_roles r where r.oid >= 16384 and r.rolname !~ '^(supabase|pgsodium|dashboard)'
)
select 'security label' as kind,
  'the security label of ' || l.objtype || ' ' || l.objname || ' for ' || l.provider as message
from pg_catalog.pg_seclabels l
union all
select 'large object', pg_catalog.count(*) || ' large objects' from pg_catalog.pg_largeobject_metadata having count(*) > 0
union all
select 'setting', 'the setting ' || pg_catalog.split_part(c.setting, '=', 1) || ' of the database'
  || coalesce(' for role ' || r.rolname, '')
from pg_catalog.pg_db_role_setting s
cross join lateral pg_catalog.unnest(s.setconfig) c (setting)
left join pg_catalog.pg_roles r on r.oid = s.setrole
where s.setdatabase = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
union all
select 'privilege', 'the privileges on the database'
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database() and d.datacl is not null
  and exists (select from pg_catalog.aclexplode(d.datacl) a join roles r on r.oid = a.grantee where a.grantee <> d.datdba)
union all
select 'role', 'the ' || a.what || ' of role ' || r.rolname
from roles r
cross join lateral (values ('connection limit', r.rolconnlimit <> -1), ('expiry', r.rolvaliduntil is not null)) a (what, there)
where a.there
union all
select 'base type', 'the functions of base type ' || pg_catalog.format_type(t.oid, null)
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'b' and t.typcategory <> 'A' and t.typisdefined and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema' and not exists (
    select from members m where m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and m.objid = t.oid)
union all
select 'function', 'the library of function ' || p.oid::pg_catalog.regprocedure
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where l.lanname in ('c', 'internal') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and pg_catalog.pg_get_userbyid(p.proowner) !~ '^(supabase|pgsodium)_' and p.prokind <> 'a'
  and not exists (
    select from members m where m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and m.objid = p.oid)
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'i')
union all
select 'transform', 'the functions of the transform for ' || pg_catalog.format_type(t.trftype, null)
from pg_catalog.pg_transform t
where not exists (
  select from members m where m.classid = 'pg_catalog.pg_transform'::pg_catalog.regclass and m.objid = t.oid)
union all
select 'operator family', 'what was added to operator family ' || pg_catalog.quote_ident(f.opfname)
from pg_catalog.pg_opfamily f
where f.oid >= 16384 and exists (
  select from pg_catalog.pg_depend d
  where d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass and d.refobjid = f.oid and d.deptype = 'a'
    and d.classid in ('pg_catalog.pg_amop'::pg_catalog.regclass, 'pg_catalog.pg_amproc'::pg_catalog.regclass))
  and not exists (
    select from members m where m.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass and m.objid = f.oid)
union all
select 'subscription', 'the connection and the options of subscription ' || s.subname
from pg_catalog.pg_subscription s
where s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
union all
select 'tablespace', 'the tablespace of ' || case c.relkind when 'm' then 'materialized view ' else 'index ' end || c.identity
from own c
where c.relkind in ('i', 'I', 'm') and c.reltablespace <> 0
union all
select o.kind, 'what ' || o.kind || ' ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.name) || ' says'
from (
  select 'pg_catalog.pg_conversion'::pg_catalog.regclass, oid, 'conversion', conname, connamespace
  from pg_catalog.pg_conversion
  union all
  select 'pg_catalog.pg_ts_config'::pg_catalog.regclass, oid, 'text search configuration', cfgname, cfgnamespace
  from pg_catalog.pg_ts_config
  union all
  select 'pg_catalog.pg_ts_parser'::pg_catalog.regclass, oid, 'text search parser', prsname, prsnamespace
  from pg_catalog.pg_ts_parser
  union all
  select 'pg_catalog.pg_ts_template'::pg_catalog.regclass, oid, 'text search template', tmplname, tmplnamespace
  from pg_catalog.pg_ts_template
) o (class, oid, kind, name, namespace)
join pg_catalog.pg_namespace n on n.oid = o.namespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from members m where m.classid = o.class and m.objid = o.oid)
order by 1, 2
