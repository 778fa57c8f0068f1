-- Functions that run with the rights of their owner: schema, function, owner, owner_rights, search_path, executable_by,
-- risk
-- A SECURITY DEFINER function does past policies and grants whatever its body does. Without a search_path of its own,
-- whoever calls it can put other objects in the place of those it names.
select
  n.nspname as schema,
  p.proname || '(' || (
    select coalesce(pg_catalog.string_agg(pg_catalog.format_type(a.type, null), ', ' order by a.place), '')
    from pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) with ordinality a (type, place)
  ) || ')' as function,
  r.rolname as owner,
  case when r.rolsuper then 'superuser' when r.rolbypassrls then 'bypasses row level security' else 'owner' end
    as owner_rights,
  s.search_path,
  e.names as executable_by,
  pg_catalog.concat_ws(
    '; ',
    case when s.search_path is null then 'no search_path of its own' end,
    case when 'public' = any (e.list) then 'everybody may call it' end,
    case when r.rolsuper then 'it runs as a superuser' end
  ) as risk
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_roles r on r.oid = p.proowner
left join lateral (
  select pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1) as search_path
  from pg_catalog.unnest(p.proconfig) c (setting)
  where c.setting like 'search\_path=%'
) s on true
cross join lateral (
  select pg_catalog.array_agg(g.name order by g.name) as list, pg_catalog.string_agg(g.name, ', ' order by g.name) as names
  from (
    select distinct case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end as name
    from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
    where a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner
  ) g
) e
where p.prosecdef
  and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname not like 'pg\_%'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e'
  )
order by 1, 2;
