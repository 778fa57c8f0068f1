"""What a real server holds after the same statements, facet by facet, in plain values that compare with a catalog.

A facet is a query here (identity, facts) and a function of the same name in `predicted`. Objects of extensions are left
out on both sides. To look at more, add to a query and to its function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, LiteralString

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policytool.postgres.server import Connection

Facts = dict[str, Any]

# The schemas and relations that a user made (no temporary ones, nothing of an extension).
_USER: LiteralString = """
with schemas as (
  select n.oid, n.nspname, n.nspowner, n.nspacl from pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid
                    and d.deptype = 'e')),
relations as (
  select c.*, s.nspname, s.nspname || '.' || c.relname as identity
  from pg_class c join schemas s on s.oid = c.relnamespace
  where not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                    and d.deptype = 'e')),
names as (
  select c.oid, n.nspname || '.' || c.relname as identity from pg_class c join pg_namespace n on n.oid = c.relnamespace)
"""

QUERIES: dict[str, LiteralString] = {
    "tables": """
select r.identity, jsonb_build_object(
  'kind', case r.relkind when 'r' then 'table' when 'p' then 'partitioned table' else 'foreign table' end,
  'persistence', case r.relpersistence when 'u' then 'unlogged' else 'permanent' end,
  'owner', pg_get_userbyid(r.relowner), 'rls_enabled', r.relrowsecurity, 'rls_forced', r.relforcerowsecurity,
  'options', coalesce(to_jsonb(r.reloptions), '[]'),
  'parents', coalesce((select jsonb_agg(p.identity order by i.inhseqno)
                       from pg_inherits i join names p on p.oid = i.inhparent where i.inhrelid = r.oid), '[]'),
  'partition_key', regexp_replace(pg_get_partkeydef(r.oid), '[(][(]([^()]*)[)][)]', '(\\1)', 'g'),
  'is_partition', r.relispartition,
  'of_type', (select n.nspname || '.' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
              where t.oid = r.reloftype),
  'replica_identity', case r.relreplident when 'd' then 'DEFAULT' when 'f' then 'FULL' when 'n' then 'NOTHING'
    else coalesce('INDEX ' || (select c.relname from pg_index x join pg_class c on c.oid = x.indexrelid
                      where x.indrelid = r.oid and x.indisreplident), 'NOTHING') end)
from relations r where r.relkind in ('r', 'p', 'f')""",
    "columns": """
select r.identity, (
  select coalesce(jsonb_agg(jsonb_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
    'default', a.atthasdef and a.attgenerated = '',
    'identity', case a.attidentity when 'a' then 'ALWAYS' when 'd' then 'BY DEFAULT' end,
    'generated', case a.attgenerated when 's' then 'STORED' when 'v' then 'VIRTUAL' end,
    'collation', case when a.attcollation <> t.typcollation
                 then (select c.collname from pg_collation c where c.oid = a.attcollation) end,
    'inherited', a.attinhcount > 0, 'local', a.attislocal,
    'storage', case when a.attstorage <> t.typstorage then a.attstorage end,
    'compression', nullif(a.attcompression, ''), 'statistics', nullif(a.attstattarget, -1),
    'options', (select coalesce(jsonb_agg(o), '[]') from unnest(a.attoptions || a.attfdwoptions) o
                where o not like 'pg_attver=%')) order by a.attnum), '[]')
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped)
from relations r where r.relkind in ('r', 'p', 'f', 'v', 'm', 'c')""",
    "constraints": """
select r.identity || '.' || k.conname, jsonb_build_object(
  'kind', case k.contype when 'p' then 'PRIMARY KEY' when 'u' then 'UNIQUE' when 'f' then 'FOREIGN KEY'
          when 'c' then 'CHECK' else 'EXCLUDE' end,
  'columns', (select coalesce(jsonb_agg(a.attname order by case when k.contype = 'c' then a.attnum else u.n end), '[]')
              from unnest(k.conkey) with ordinality u(attnum, n)
              join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum),
  'reference', (select p.identity || '(' || (
      select string_agg(a.attname, ', ' order by u.n) from unnest(k.confkey) with ordinality u(attnum, n)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum)
    || ') ' || k.confdeltype::text || k.confupdtype::text || k.confmatchtype::text
    || coalesce(' (' || (select string_agg(a.attname, ', ' order by u.n) from unnest(k.confdelsetcols) with ordinality
       u(attnum, n) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum) || ')', '')
    from names p where p.oid = k.confrelid),
  'deferrable', k.condeferrable, 'deferred', k.condeferred, 'validated', k.convalidated,
  'no_inherit', k.connoinherit and k.contype = 'c',
  'inherited', k.coninhcount > 0, 'local', k.conislocal)
from pg_constraint k join relations r on r.oid = k.conrelid
where k.contype in ('p', 'u', 'f', 'c', 'x')
  and not exists (select from pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid)""",
    "indexes": """
select t.identity || '.' || c.relname, jsonb_build_object(
  'method', am.amname, 'unique', x.indisunique, 'nulls_not_distinct', x.indnullsnotdistinct, 'valid', x.indisvalid,
  'keys', (select jsonb_agg(jsonb_build_object(
      'column', (select a.attname from pg_attribute a where a.attrelid = x.indrelid and a.attnum = x.indkey[n - 1]
                 and a.attnum > 0),
      'descending', x.indoption[n - 1] & 1 <> 0, 'nulls_first', x.indoption[n - 1] & 2 <> 0,
      'opclass', (select coalesce(nullif(s.nspname || '.', 'pg_catalog.'), '') || o.opcname || coalesce(set.options, '')
                  from pg_opclass o join pg_namespace s on s.oid = o.opcnamespace left join lateral (
                    select ' (' || string_agg(p.option_name || '=' || quote_literal(p.option_value), ', ') || ')'
                      as options
                    from pg_attribute a, pg_options_to_table(a.attoptions) p
                    where a.attrelid = x.indexrelid and a.attnum = n) set on true
                  where o.oid = x.indclass[n - 1] and (not o.opcdefault or set.options is not null))) order by n)
    from generate_series(1, x.indnkeyatts) n),
  'include', (select coalesce(jsonb_agg(a.attname order by n), '[]')
              from generate_series(x.indnkeyatts + 1, x.indnatts) n
              join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[n - 1]),
  'predicate', x.indpred is not null,
  'constraint', (select k.conname from pg_constraint k
                 where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x')),
  'parent', (select p.identity from pg_inherits i join names p on p.oid = i.inhparent where i.inhrelid = x.indexrelid),
  'options', coalesce(to_jsonb(c.reloptions), '[]'))
from pg_index x join pg_class c on c.oid = x.indexrelid join pg_am am on am.oid = c.relam
join relations t on t.oid = x.indrelid""",
    "sequences": """
select r.identity, jsonb_build_object(
  'owner', pg_get_userbyid(r.relowner), 'type', format_type(s.seqtypid, null), 'start', s.seqstart,
  'increment', s.seqincrement, 'minimum', s.seqmin, 'maximum', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle,
  'persistence', case r.relpersistence when 'u' then 'unlogged' else 'permanent' end,
  'owned_by', (select p.identity || '.' || a.attname from pg_depend d join names p on p.oid = d.refobjid
               join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
               where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.deptype in ('a', 'i')
                 and d.refobjsubid > 0),
  'identity', exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = r.oid
                      and d.deptype = 'i'))
from relations r join pg_sequence s on s.seqrelid = r.oid""",
    "policies": """
select r.identity || '.' || p.polname, jsonb_build_object(
  'command', case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE'
             else 'ALL' end,
  'permissive', p.polpermissive, 'using', p.polqual is not null, 'with_check', p.polwithcheck is not null,
  'roles', (select jsonb_agg(r.name order by r.name) from (
    select case u.role when 0 then 'public' else pg_get_userbyid(u.role) end from unnest(p.polroles) u(role)) r(name)))
from pg_policy p join relations r on r.oid = p.polrelid""",
    "triggers": """
select r.identity || '.' || t.tgname, jsonb_build_object(
  'timing', case when t.tgtype & 2 <> 0 then 'BEFORE' when t.tgtype & 64 <> 0 then 'INSTEAD OF' else 'AFTER' end,
  'events', (select jsonb_agg(e order by e) from unnest(array[
     case when t.tgtype & 4 <> 0 then 'INSERT' end, case when t.tgtype & 8 <> 0 then 'DELETE' end,
     case when t.tgtype & 16 <> 0 then 'UPDATE' end, case when t.tgtype & 32 <> 0 then 'TRUNCATE' end]) e
     where e is not null),
  'row', t.tgtype & 1 <> 0, 'function', (select n.nspname || '.' || f.proname from pg_proc f
     join pg_namespace n on n.oid = f.pronamespace where f.oid = t.tgfoid),
  'update_columns', (select coalesce(jsonb_agg(a.attname order by a.attnum), '[]') from pg_attribute a
     where a.attrelid = t.tgrelid and a.attnum = any (t.tgattr)),
  'when', t.tgqual is not null, 'constraint', t.tgconstraint <> 0, 'deferrable', t.tgdeferrable,
  'deferred', t.tginitdeferred, 'inherited', t.tgparentid <> 0,
  'enabled', case t.tgenabled when 'O' then 'ORIGIN' when 'D' then 'DISABLED' when 'R' then 'REPLICA' else 'ALWAYS' end)
from pg_trigger t join relations r on r.oid = t.tgrelid where not t.tgisinternal or t.tgparentid <> 0 and not exists (
  select from pg_constraint k where k.oid = t.tgconstraint and k.contype = 'f')""",
    "rules": """
select r.identity || '.' || w.rulename, jsonb_build_object('event', case w.ev_type when '1' then 'SELECT' when '2'
  then 'UPDATE' when '3' then 'INSERT' else 'DELETE' end, 'enabled', case w.ev_enabled when 'O' then 'ORIGIN'
  when 'D' then 'DISABLED' when 'R' then 'REPLICA' else 'ALWAYS' end)
from pg_rewrite w join relations r on r.oid = w.ev_class where w.rulename <> '_RETURN'""",
    "views": """
select r.identity, jsonb_build_object('owner', pg_get_userbyid(r.relowner), 'materialized', r.relkind = 'm',
  'populated', r.relispopulated, 'options', coalesce(to_jsonb(r.reloptions), '[]'))
from relations r where r.relkind in ('v', 'm')""",
    "relation grants": """
select r.identity, coalesce((select jsonb_agg(g order by g) from (
  select aclexplode_text(x.acl, '') as g from (select coalesce(r.relacl,
    acldefault((case r.relkind when 'S' then 's' else 'r' end)::"char", r.relowner)) as acl) x
  union all
  select aclexplode_text(a.attacl, a.attname) from pg_attribute a
  where a.attrelid = r.oid and a.attacl is not null and not a.attisdropped) y(g)), '[]')
from relations r where r.relkind in ('r', 'p', 'f', 'v', 'm', 'S')""",
    "schemas": """
select s.nspname, jsonb_build_object('owner', pg_get_userbyid(s.nspowner), 'grants', (select coalesce(
  jsonb_agg(g order by g), '[]') from aclexplode_text(coalesce(s.nspacl, acldefault('n', s.nspowner)), '') g))
from schemas s where s.nspname <> 'public'""",
    "functions": """
select s.nspname || '.' || p.proname || '(' || (
    select coalesce(string_agg(format_type(u.t, null), ', ' order by u.n), '')
    from unnest(p.proargtypes::oid[]) with ordinality u(t, n)) || ')', jsonb_build_object(
  'owner', pg_get_userbyid(p.proowner), 'language', l.lanname, 'security_definer', p.prosecdef, 'strict', p.proisstrict,
  'kind', case p.prokind when 'f' then 'function' when 'p' then 'procedure' when 'a' then 'aggregate'
          else 'window' end,
  'volatility', case p.provolatile when 'i' then 'IMMUTABLE' when 's' then 'STABLE' else 'VOLATILE' end,
  'settings', coalesce(to_jsonb(p.proconfig), '[]'), 'leakproof', p.proleakproof,
  'returns', pg_get_function_result(p.oid),
  'parallel', case p.proparallel when 's' then 'SAFE' when 'r' then 'RESTRICTED' else 'UNSAFE' end,
  'arguments', pg_get_function_arguments(p.oid), 'grants', (select coalesce(jsonb_agg(g order by g), '[]')
    from aclexplode_text(coalesce(p.proacl, acldefault('f', p.proowner)), '') g))
from pg_proc p join schemas s on s.oid = p.pronamespace join pg_language l on l.oid = p.prolang
where not exists (select from pg_depend d
                  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))""",
    "types": """
select s.nspname || '.' || t.typname, jsonb_build_object('owner', pg_get_userbyid(t.typowner),
  'kind', case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'r' then 'range' when 'c' then 'composite'
          else 'base' end,
  'labels', (select coalesce(jsonb_agg(e.enumlabel order by e.enumsortorder), '[]') from pg_enum e
             where e.enumtypid = t.oid),
  'base', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, 'not_null', t.typnotnull,
  'default', t.typtype = 'd' and t.typdefaultbin is not null,
  'constraints', (select coalesce(jsonb_agg(k.conname order by k.conname), '[]') from pg_constraint k
                  where k.contypid = t.oid and k.contype = 'c'),
  'grants', (select coalesce(jsonb_agg(g order by g), '[]')
             from aclexplode_text(coalesce(t.typacl, acldefault('T', t.typowner)), '') g))
from pg_type t join schemas s on s.oid = t.typnamespace
where (t.typtype in ('e', 'd', 'r', 'c', 'b') or not t.typisdefined) and (t.typrelid = 0 or exists (
    select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
  and t.typcategory <> 'A' and not exists (
    select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')""",
    "comments": """
select case when d.objsubid = 0 then 'relation ' || r.identity else 'column ' || r.identity || '.' || a.attname end,
  to_jsonb(d.description)
from pg_description d join relations r on r.oid = d.objoid and d.classoid = 'pg_class'::regclass
left join pg_attribute a on a.attrelid = r.oid and a.attnum = d.objsubid and a.attnum > 0""",
    "default privileges": """
select pg_get_userbyid(d.defaclrole) || '/' || coalesce(n.nspname, '') || '/' || case d.defaclobjtype when 'r' then
  'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'FUNCTIONS' when 'T' then 'TYPES' when 'n' then 'SCHEMAS'
  else 'LARGE OBJECTS' end,
  (select coalesce(jsonb_agg(g order by g), '[]') from aclexplode_text(d.defaclacl, '') g)
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace""",
}

# What belongs to the whole cluster, or exists without a user's doing: asked for by name only.
OTHER_QUERIES: dict[str, LiteralString] = {
    "roles": """
select r.rolname, jsonb_build_object('superuser', r.rolsuper, 'inherit', r.rolinherit, 'createrole', r.rolcreaterole,
  'createdb', r.rolcreatedb, 'login', r.rolcanlogin, 'replication', r.rolreplication, 'bypassrls', r.rolbypassrls,
  'settings', coalesce((select to_jsonb(s.setconfig) from pg_db_role_setting s
                        where s.setrole = r.oid and s.setdatabase = 0), '[]'))
from pg_roles r where r.rolname !~ '^pg_' and r.rolname not in ('postgres', 'supabase_admin')""",
    "memberships": """
select pg_get_userbyid(m.member) || ' in ' || pg_get_userbyid(m.roleid), jsonb_build_object(
  'admin', m.admin_option, 'inherit', m.inherit_option, 'set', m.set_option)
from pg_auth_members m where pg_get_userbyid(m.roleid) !~ '^pg_'""",
    "extensions": """
select e.extname, to_jsonb(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql'""",
    "servers": """
select s.srvname, jsonb_build_object('owner', pg_get_userbyid(s.srvowner), 'grants', (select coalesce(
  jsonb_agg(g order by g), '[]') from aclexplode_text(coalesce(s.srvacl, acldefault('S', s.srvowner)), '') g))
from pg_foreign_server s""",
    "wrappers": """
select w.fdwname, jsonb_build_object('owner', pg_get_userbyid(w.fdwowner), 'grants', (select coalesce(
  jsonb_agg(g order by g), '[]') from aclexplode_text(coalesce(w.fdwacl, acldefault('F', w.fdwowner)), '') g))
from pg_foreign_data_wrapper w""",
    "public": """
select s.nspname, jsonb_build_object('owner', pg_get_userbyid(s.nspowner), 'grants', (select coalesce(
  jsonb_agg(g order by g), '[]') from aclexplode_text(coalesce(s.nspacl, acldefault('n', s.nspowner)), '') g))
from schemas s where s.nspname = 'public'""",
    "publications": """
select p.pubname, jsonb_build_object('owner', pg_get_userbyid(p.pubowner), 'tables', (
  select coalesce(jsonb_agg(n.identity order by n.identity), '[]') from pg_publication_rel r
  join names n on n.oid = r.prrelid where r.prpubid = p.oid),
  'schemas', (select coalesce(jsonb_agg(n.nspname order by n.nspname), '[]') from pg_publication_namespace r
  join pg_namespace n on n.oid = r.pnnspid where r.pnpubid = p.oid))
from pg_publication p""",
    "event triggers": """
select e.evtname, jsonb_build_object('owner', pg_get_userbyid(e.evtowner), 'function', (
  select n.nspname || '.' || f.proname from pg_proc f join pg_namespace n on n.oid = f.pronamespace
  where f.oid = e.evtfoid)) from pg_event_trigger e""",
}

# One privilege as text: grantee=PRIVILEGE(column)/grantor, with * where it may be passed on.
_ACL: LiteralString = """
create function pg_temp.aclexplode_text(acl aclitem[], column_name text) returns setof text language sql as $$
  select case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee) end || '=' || x.privilege_type
    || case when column_name = '' then '' else '(' || column_name || ')' end
    || case when x.is_grantable then '*' else '' end || '/' || pg_get_userbyid(x.grantor)
  from aclexplode(acl) x $$"""


def observed(connection: Connection, facets: Iterable[str]) -> dict[str, Facts]:
    """The facets of a database, each by identity."""
    connection.execute("reset role; reset session authorization; set search_path to ''")
    connection.execute("drop function if exists pg_temp.aclexplode_text")
    connection.execute(_ACL)
    found: dict[str, Facts] = {}
    for facet in facets:
        query = _USER + (QUERIES | OTHER_QUERIES)[facet].replace("aclexplode_text", "pg_temp.aclexplode_text")
        found[facet] = {identity: facts for identity, facts in connection.execute(query).fetchall()}  # noqa: C416
    return found
