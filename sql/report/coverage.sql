-- How each table is guarded: schema, table, owner, rls (off, on, forced), policies, select_policies, insert_policies,
-- update_policies, delete_policies, restrictive, client_grants
-- Policies for all commands count in each; restrictive ones only in the last. Clients are PUBLIC and the roles that an
-- API lets anybody act as: put your own into the list.
with clients (name, role) as (
  select r.rolname::text, r.oid
  from pg_catalog.pg_roles r
  where r.rolname in ('anon', 'authenticated', 'web_anon', 'anonymous', 'web_user')
  union all
  select 'public', 0::oid
),
tables as (
  select c.oid, n.nspname, c.relname, c.relowner, c.relnamespace, c.relrowsecurity, c.relforcerowsecurity, c.relacl
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname not like 'pg\_%'
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e'
    )
),
granted as (
  select t.oid, c.name, p.privilege, p.place,
    case
      when c.role = 0 then exists (
        select
        from pg_catalog.aclexplode(coalesce(t.relacl, pg_catalog.acldefault('r', t.relowner))) a
        where a.grantee = 0 and a.privilege_type = p.privilege
      )
      else pg_catalog.has_table_privilege(c.role, t.oid, p.privilege)
    end as whole,
    (
      select pg_catalog.string_agg(a.attname, ', ' order by a.attname)
      from pg_catalog.pg_attribute a
      where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        and p.privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
        and case
          when c.role = 0 then exists (
            select from pg_catalog.aclexplode(a.attacl) x where x.grantee = 0 and x.privilege_type = p.privilege
          )
          else pg_catalog.has_column_privilege(c.role, t.oid, a.attnum, p.privilege)
        end
    ) as columns
  from tables t
  cross join clients c
  cross join (
    values ('SELECT', 1), ('INSERT', 2), ('UPDATE', 3), ('DELETE', 4), ('TRUNCATE', 5), ('REFERENCES', 6), ('TRIGGER', 7)
  ) p (privilege, place)
  where case
    when c.role = 0 then exists (
      select
      from pg_catalog.pg_namespace n
      cross join lateral pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a
      where n.oid = t.relnamespace and a.grantee = 0 and a.privilege_type = 'USAGE'
    )
    else pg_catalog.has_schema_privilege(c.role, t.relnamespace, 'USAGE')
  end
),
client_grants as (
  select g.oid, pg_catalog.string_agg(g.name || ': ' || g.privileges, '; ' order by g.name) as grants
  from (
    select oid, name,
      pg_catalog.string_agg(
        case when whole then privilege else privilege || ' (' || columns || ')' end, ', ' order by place
      ) as privileges
    from granted
    where whole or columns is not null
    group by oid, name
  ) g
  group by g.oid
)
select
  t.nspname as schema,
  t.relname as table,
  pg_catalog.pg_get_userbyid(t.relowner) as owner,
  case when not t.relrowsecurity then 'off' when t.relforcerowsecurity then 'forced' else 'on' end as rls,
  pg_catalog.count(p.oid) as policies,
  pg_catalog.count(p.oid) filter (where p.polpermissive and p.polcmd in ('*', 'r')) as select_policies,
  pg_catalog.count(p.oid) filter (where p.polpermissive and p.polcmd in ('*', 'a')) as insert_policies,
  pg_catalog.count(p.oid) filter (where p.polpermissive and p.polcmd in ('*', 'w')) as update_policies,
  pg_catalog.count(p.oid) filter (where p.polpermissive and p.polcmd in ('*', 'd')) as delete_policies,
  pg_catalog.count(p.oid) filter (where not p.polpermissive) as restrictive,
  g.grants as client_grants
from tables t
left join pg_catalog.pg_policy p on p.polrelid = t.oid
left join client_grants g on g.oid = t.oid
group by t.oid, t.nspname, t.relname, t.relowner, t.relrowsecurity, t.relforcerowsecurity, g.grants
order by t.nspname, t.relname;
