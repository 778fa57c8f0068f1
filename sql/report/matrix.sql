-- What each role may do to the rows of each table: role, schema, table, command, access (none, policies, all), policies
-- `policies`: only the rows that the named policies let through. What these say, and whether that is never true, SQL
-- cannot tell: `policytool matrix` can. Superusers, who may do anything, are left out.
with commands (command, letter) as (
  values ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd')
),
cells as (
  select
    r.oid as role_oid, r.rolname, c.oid, n.nspname, c.relname, m.command, m.letter,
    pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
      and (
        pg_catalog.has_table_privilege(r.oid, c.oid, m.command)
        or (m.command <> 'DELETE' and pg_catalog.has_any_column_privilege(r.oid, c.oid, m.command))
      ) as granted,
    not c.relrowsecurity
      or r.rolbypassrls
      or (not c.relforcerowsecurity and pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE')) as unbound
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  cross join pg_catalog.pg_roles r
  cross join commands m
  where c.relkind in ('r', 'p', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname not like 'pg\_%'
    and not r.rolsuper
    and r.rolname not like 'pg\_%'
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e'
    )
),
applying as (
  select c.role_oid, c.oid, c.command, p.polname, p.polpermissive,
    pg_catalog.pg_get_expr(
      case when c.command = 'INSERT' then coalesce(p.polwithcheck, case p.polcmd when '*' then p.polqual end)
        else p.polqual end,
      p.polrelid
    ) as expression
  from cells c
  join pg_catalog.pg_policy p on p.polrelid = c.oid and p.polcmd in ('*', c.letter)
  where not c.unbound and c.granted
    and exists (
      select
      from pg_catalog.unnest(p.polroles) u (role)
      where u.role = 0 or pg_catalog.pg_has_role(c.role_oid, u.role, 'USAGE')
    )
),
judged as (
  select role_oid, oid, command,
    coalesce(pg_catalog.bool_or(expression is not null) filter (where polpermissive), false) as opens,
    coalesce(pg_catalog.bool_or(expression = 'true') filter (where polpermissive), false) as opens_all,
    pg_catalog.count(*) filter (where not polpermissive and expression <> 'true') as narrows,
    pg_catalog.string_agg(polname::text, ', ' order by polname) as names
  from applying
  group by role_oid, oid, command
)
select
  c.rolname as role,
  c.nspname as schema,
  c.relname as table,
  c.command,
  case
    when not c.granted then 'none'
    when c.unbound then 'all'
    when not coalesce(j.opens, false) then 'none'
    when j.opens_all and j.narrows = 0 then 'all'
    else 'policies'
  end as access,
  j.names as policies
from cells c
left join judged j on j.role_oid = c.role_oid and j.oid = c.oid and j.command = c.command
order by c.nspname, c.relname, c.rolname, pg_catalog.strpos('rawd', c.letter);
