-- Functions, procedures and aggregates: oid, schema, name, owner, kind, inputs, types, optional, modes, names, defaults, returns,
-- language, security_definer, volatility, strict, leakproof, parallel, cost, rows, support_schema, support, settings,
-- body, atomic, internal (those that come with a range type are internal)
select
  p.oid, n.nspname as schema, p.proname as name, pg_catalog.pg_get_userbyid(p.proowner) as owner,
  p.prokind::text as kind, p.pronargs as inputs,
  array(
    select pg_catalog.format_type(u.type, null)
    from pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality u (type, position)
    order by u.position
  ) as types,
  p.pronargdefaults as optional, p.proargmodes::text[] as modes, p.proargnames as names, pg_catalog.pg_get_expr(p.proargdefaults, 0) as defaults,
  case when p.proretset then 'SETOF ' else '' end || pg_catalog.format_type(p.prorettype, null) as returns,
  l.lanname as language, p.prosecdef as security_definer, p.provolatile::text as volatility, p.proisstrict as strict,
  p.proleakproof as leakproof, p.proparallel::text as parallel, p.procost::float8 as cost, p.prorows::float8 as rows,
  sn.nspname as support_schema, s.proname as support, p.proconfig as settings, p.prosrc as body,
  pg_catalog.pg_get_function_sqlbody(p.oid) as atomic, -- before 14: null as atomic,
  exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'i'
  ) as internal
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
left join pg_catalog.pg_proc s on s.oid = p.prosupport
left join pg_catalog.pg_namespace sn on sn.oid = s.pronamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by p.oid
