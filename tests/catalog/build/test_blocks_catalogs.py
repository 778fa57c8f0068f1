"""Queries on the system catalogs are answered from the catalog under construction as a server answers them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from policytool.catalog.build.plpgsql.budget import Budget
from policytool.catalog.build.plpgsql.machine import Machine
from policytool.catalog.build.plpgsql.parsing import query_of
from policytool.catalog.build.plpgsql.text import output
from policytool.catalog.build.plpgsql.values import NotKnown
from policytool.catalog.build.state import Refused
from tests.catalog.build.blocks_support import scratch
from tests.catalog.build.support import folded

if TYPE_CHECKING:
    from policytool.catalog.build.state import State
    from policytool.postgres.server import Connection

SETUP = """
create schema app;
create role reader;
create role writer login noinherit;
grant reader to writer;
create type app.mood as enum ('sad', 'ok');
alter type app.mood add value 'happy' before 'ok';
create type app.pair as (a int, b text);
create domain app.positive as int not null default 1 constraint is_positive check (value > 0);
create type app.span as range (subtype = int);
create table app.parent (
  id bigint generated always as identity primary key,
  name varchar(40) not null default 'x',
  mood app.mood,
  tags text[] default '{}',
  amount numeric(10, 2) check (amount > 0),
  at timestamptz default now(),
  n app.positive,
  twice numeric generated always as (amount * 2) stored,
  unique (name, mood)
);
create table app.child (
  id int primary key,
  parent_id bigint references app.parent (id) on delete cascade,
  owner uuid not null,
  constraint child_owner check (owner is not null)
);
create table public.child (id int);
create unlogged table public.log (line text);
create table app.events (id int, at date not null) partition by range (at);
create table app.events_2024 partition of app.events for values from ('2024-01-01') to ('2025-01-01');
create index child_parent on app.child (parent_id) where parent_id is not null;
create unique index log_line on public.log (lower(line));
create view app.v with (security_invoker = true) as select id, name from app.parent;
create materialized view app.m as select id from app.parent;
create sequence app.counter start 5;
alter table app.parent enable row level security;
alter table app.child enable row level security;
alter table app.child force row level security;
create policy "read all" on app.parent for select using (true);
create policy own on app.child to reader using (owner is not null) with check (true);
create policy strict on app.child as restrictive for update to reader, writer using (id > 0);
create function app.touch() returns trigger language plpgsql security definer set search_path = '' as
  $$ begin return new; end $$;
create function app.add(a int, b int default 2) returns int language sql immutable strict as 'select a + b';
create function public.add(a text, out b text, out c int) language plpgsql as $$ begin b := a; end $$;
create procedure app.run(x int) language plpgsql as $$ begin null; end $$;
create trigger touch_it before insert or update on app.parent for each row execute function app.touch();
create trigger touch_all after truncate on app.child execute function app.touch();
alter table app.child disable trigger touch_all;
create publication news for table app.parent, app.child;
grant usage on schema app to reader;
grant select, insert on app.parent to reader with grant option;
grant select (id) on app.child to reader;
revoke execute on function app.add(int, int) from public;
comment on table app.parent is 'the parent';
alter table app.child drop constraint child_owner;
alter table app.child add constraint "Child Owner" check (owner is not null) not valid;
create function app.nothing() returns event_trigger language plpgsql as $$ begin null; end $$;
create event trigger watch on ddl_command_end when tag in ('CREATE TABLE') execute function app.nothing();
"""
USER = "not in ('pg_catalog', 'information_schema', 'pg_toast')"

QUERIES = f"""
select relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity, relispartition, relnatts from pg_class c
  join pg_namespace n on n.oid = c.relnamespace where n.nspname {USER} and relkind <> 'c'
select relname, reloptions::text from pg_class where relnamespace = 'app'::regnamespace and reloptions is not null
select pg_get_userbyid(relowner), oid::regclass::text from pg_class where relnamespace = 'app'::regnamespace and
  relkind = 'r'
select c.relname from pg_class c where c.relnamespace = (select oid from pg_namespace where nspname = 'public') and
  c.relkind in ('r', 'i')
select oid::regclass from pg_class where relname = 'child'
select nspname from pg_namespace where nspname !~ '^pg_'
select attname, attnum, attnotnull, atthasdef, attidentity, attgenerated, attisdropped from pg_attribute where
  attrelid = 'app.parent'::regclass and attnum > 0
select attname from pg_attribute where attrelid = 'app.parent'::regclass and attnum < 0
select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a where a.attrelid = 'app.parent'::regclass
  and a.attnum > 0 and not a.attisdropped
select atttypid::regtype::text from pg_attribute where attrelid = 'app.parent'::regclass and attname in ('mood',
  'tags', 'at')
select attname from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relname = 'child_parent'
select schemaname, tablename, tableowner, hasindexes, hasrules, rowsecurity from pg_tables where schemaname {USER}
select tablename from pg_tables where schemaname = 'app' and not rowsecurity order by tablename
select schemaname, viewname, viewowner from pg_views where schemaname {USER}
select schemaname, matviewname, ispopulated from pg_matviews
select schemaname, tablename, indexname from pg_indexes where schemaname {USER}
select indexdef like '%parent_id%' from pg_indexes where indexname = 'child_parent'
select indexrelid::regclass::text, indrelid::regclass::text, indisunique, indisprimary, indnatts from pg_index where
  indrelid = any (array['app.parent'::regclass, 'app.child'::regclass])
select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid where
  t.relname = 'parent'
select schemaname, sequencename, start_value from pg_sequences
select inhrelid::regclass::text, inhparent::regclass::text from pg_inherits where inhparent = 'app.events'::regclass
select conname, contype, convalidated, condeferrable, conkey::text from pg_constraint where conrelid =
  'app.child'::regclass and contype <> 'n'
select conname, confrelid::regclass::text, confdeltype, confkey::text from pg_constraint where contype = 'f'
select conname from pg_constraint where connamespace = 'app'::regnamespace and contype in ('c', 'p', 'u')
select conname from pg_constraint where conname = 'Child Owner'
select 1 from pg_constraint where conname = 'nothing_like_it'
select conname from pg_constraint where conrelid = 'app.parent'::regclass and pg_get_constraintdef(oid) ilike
  '%amount%'
select conname from pg_constraint where contypid = 'app.positive'::regtype and contype = 'c'
select tgname, tgenabled, tgisinternal, tgrelid::regclass::text, tgtype from pg_trigger where not tgisinternal
select p.proname from pg_trigger t join pg_proc p on p.oid = t.tgfoid where t.tgname = 'touch_it'
select 1 from pg_trigger where tgname = 'absent'
select polname, polcmd, polpermissive, polrelid::regclass::text, polqual is null, polwithcheck is null from pg_policy
select schemaname, tablename, policyname, permissive, roles::text, cmd, with_check is null from pg_policies
select policyname from pg_policies where 'reader' = any (roles)
select policyname from pg_policies where qual = 'true'
select policyname from pg_policies where qual like '%owner%'
select p.polname from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'app' and c.relname = 'child' order by 1
select rolname from pg_policy p, pg_roles r where r.oid = any (p.polroles) and p.polname = 'strict'
select tablename from pg_tables t where schemaname = 'app' and not exists (select 1 from pg_policies p where
  p.schemaname = t.schemaname and p.tablename = t.tablename)
select t.tablename, count(p.policyname) from pg_tables t left join pg_policies p using (schemaname, tablename) where
  t.schemaname = 'app' group by t.tablename
select tablename, string_agg(policyname, ',' order by policyname) from pg_policies group by tablename having count(*)
  > 1
select distinct schemaname, tablename from pg_policies order by 1, 2
select proname, prokind, prosecdef, proisstrict, provolatile, pronargs, pronargdefaults, proretset from pg_proc where
  pronamespace = 'app'::regnamespace and proname not like 'span%'
select proname, proargnames::text from pg_proc where pronamespace = 'public'::regnamespace
select proname, proconfig::text from pg_proc where proconfig is not null and pronamespace = 'app'::regnamespace
select oid::regprocedure::text from pg_proc where proname = 'add' and pronamespace = 'app'::regnamespace
select p.proname, pg_get_function_identity_arguments(p.oid) from pg_proc p join pg_namespace n on n.oid =
  p.pronamespace where n.nspname in ('app', 'public') and p.proname = 'add'
select prosrc from pg_proc where proname = 'run'
select proname from pg_proc where proname = 'nothing_of_that_name'
select l.lanname from pg_proc p join pg_language l on l.oid = p.prolang where p.proname = 'touch'
select proname from pg_proc where pronamespace = 'app'::regnamespace and has_function_privilege('reader', oid,
  'execute') and prosecdef
select p.proname, r.rolname from pg_proc p, aclexplode(p.proacl) a join pg_roles r on r.oid = a.grantee where
  p.proname = 'add' and p.pronamespace = 'app'::regnamespace
select typname, typtype from pg_type where typnamespace = 'app'::regnamespace and typtype in ('e', 'd', 'r')
select typname from pg_type where typname = 'mood'
select 1 from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typname = 'mood' and n.nspname =
  'public'
select typname from pg_type where typnamespace = 'app'::regnamespace and typtype = 'c' and typrelid in (select oid
  from pg_class where relkind = 'c')
select e.enumlabel from pg_enum e join pg_type t on t.oid = e.enumtypid where t.typname = 'mood' order by
  e.enumsortorder
select enumlabel from pg_enum where enumtypid = 'app.mood'::regtype
select rolname, rolcanlogin, rolinherit, rolsuper from pg_roles where rolname in ('reader', 'writer')
select 1 from pg_roles where rolname = 'nobody_here'
select r.rolname, m.rolname from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid =
  a.member where m.rolname = 'writer'
select extname from pg_extension
select pubname, puballtables, pubinsert from pg_publication
select pubname, schemaname, tablename from pg_publication_tables
select pr.prrelid::regclass::text from pg_publication_rel pr join pg_publication p on p.oid = pr.prpubid where
  p.pubname = 'news'
select evtname, evtevent from pg_event_trigger
select d.adrelid::regclass::text, d.adnum from pg_attrdef d where d.adrelid = 'app.parent'::regclass
select name, setting from pg_settings where name = 'search_path'
select relname from pg_stat_user_tables where schemaname = 'app'
select 1 from pg_depend d join pg_extension e on e.oid = d.refobjid where d.objid = 'app.add(int,int)'::regprocedure
  and d.deptype = 'e'
select table_schema, table_name, table_type from information_schema.tables where table_schema {USER}
select table_name from information_schema.tables where table_name in ('child', 'v', 'm')
select 1 from information_schema.tables where table_name = 'absent'
select column_name, ordinal_position, is_nullable, data_type, udt_name, character_maximum_length, numeric_precision,
  numeric_scale, is_identity, identity_generation, is_generated, domain_name from information_schema.columns where
  table_schema = 'app' and table_name = 'parent'
select table_name, column_name from information_schema.columns where column_name = 'id' and table_schema <>
  'pg_catalog'
select column_name from information_schema.columns where table_name = 'parent' and column_default is null and
  data_type = 'ARRAY'
select column_name, udt_schema, udt_name, data_type from information_schema.columns where table_name = 'parent' and
  column_name in ('mood', 'tags', 'n')
select 1 from information_schema.columns where table_name = 'child' and column_name = 'absent'
select table_schema, table_name from information_schema.views where table_schema {USER}
select schema_name from information_schema.schemata where schema_name not like 'pg_%'
select sequence_schema, sequence_name from information_schema.sequences where sequence_name = 'counter'
select routine_schema, routine_name, routine_type, data_type, security_type from information_schema.routines where
  routine_schema in ('app', 'public') and routine_name not like 'span%'
select constraint_name, table_name, constraint_type from information_schema.table_constraints where table_schema =
  'app' and constraint_type <> 'CHECK'
select constraint_name from information_schema.table_constraints where table_name = 'child' and constraint_name =
  'Child Owner'
select constraint_name from information_schema.check_constraints where constraint_name in ('Child Owner',
  'is_positive', 'absent')
select constraint_name, table_name, column_name, ordinal_position from information_schema.key_column_usage where
  table_schema = 'app'
select constraint_name, table_name, column_name from information_schema.constraint_column_usage where constraint_name
  like '%key'
select tc.table_name, kcu.column_name, ccu.table_name, ccu.column_name from information_schema.table_constraints tc
  join information_schema.key_column_usage kcu on tc.constraint_name = kcu.constraint_name and tc.table_schema =
  kcu.table_schema join information_schema.constraint_column_usage ccu on ccu.constraint_name = tc.constraint_name
  where tc.constraint_type = 'FOREIGN KEY'
select constraint_name, update_rule, delete_rule from information_schema.referential_constraints
select trigger_name, event_manipulation, event_object_table, action_timing, action_orientation from
  information_schema.triggers
select grantor, grantee, table_name, privilege_type, is_grantable from information_schema.role_table_grants where
  grantee in ('reader', 'PUBLIC') and table_schema = 'app'
select grantee, routine_name from information_schema.routine_privileges where routine_schema = 'app' and grantee =
  'PUBLIC' and routine_name in ('add', 'touch', 'run')
select c.relname from pg_catalog.pg_class c natural join (select oid as relnamespace from pg_namespace where nspname =
  'app') n where relkind = 'v'
select t.schemaname || '.' || t.tablename from pg_tables t, unnest(array['parent', 'child']) x where t.tablename = x
  and t.schemaname = 'app'
select tablename from pg_tables where schemaname = 'app' and tablename ~ '^(par|chi)' and tablename not in ('child')
select tablename from pg_tables where schemaname = 'app' union select viewname from pg_views where schemaname = 'app'
select absent from pg_tables
select tablename from pg_policy
select 1 from pg_tables t join pg_policies p on t.tablename = p.tablename where schemaname = 'x'
select pg_tables.tablename from pg_tables t
"""
CASES = re.split(r"\n(?=\S)", QUERIES.strip())
Answer = tuple[list[tuple[str | None, ...]] | None, str | None]


def _sorted(rows: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    return sorted(rows, key=lambda row: [(value is None, value or "") for value in row])


def _observed(connection: Connection, query: str) -> Answer:
    try:
        found = connection.execute(f"select (q).* from ({query}) q".encode()).fetchall()
        width = len(found[0]) if found else 0
        names = ", ".join(f"c{n}::text" for n in range(width))
        columns = ", ".join(f"c{n}" for n in range(width))
        if width:
            found = connection.execute(f"select {names} from ({query}) q({columns})".encode()).fetchall()
    except psycopg.Error as error:
        return None, error.sqlstate
    return _sorted([tuple(None if v is None else str(v) for v in row) for row in found]), None


def _text(value: Any) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else output(value)


def _folded(state: State, query: str) -> Answer:
    machine = Machine(state, Budget())
    try:
        rows = machine.rows(query_of(query, 0)).certain()
        return _sorted([tuple(map(_text, row)) for row in rows]), None
    except Refused as error:
        return None, error.sqlstate


@pytest.fixture(scope="module")
def module_database(server: Any) -> Any:
    """A database for all queries, which change nothing in it."""
    with scratch(server, SETUP) as connection:
        yield connection


@pytest.fixture(scope="module")
def state() -> State:
    """The same in the builder."""
    found, refusals = folded(SETUP)
    assert refusals == []
    return found


@pytest.mark.parametrize("query", CASES)
def test_queries_on_catalogs_give_the_rows_of_a_server(module_database: Connection, state: State, query: str) -> None:
    """The rows of the system catalogs and the information schema are those of a server; none of these is unknown."""
    assert _folded(state, query) == _observed(module_database, query)


@pytest.mark.parametrize(
    "query",
    ["select tablename from pg_tables", "select 1 from pg_proc where proname = 'lower'", "select oid from pg_class",
     "select relpages from pg_class where relname = 'child'", "select 1 from pg_class where relname like 'pg_%'",
     "select name from pg_available_extensions", "select * from app.parent", "select 1 from pg_stat_activity",
     "select qual from pg_policies where qual ~ '^\\(owner'", "select count(*) from pg_attribute",
     "select tgname from pg_trigger where tgrelid = 'app.child'::regclass", "select proacl is null from pg_proc"],
)  # fmt: skip
def test_what_the_catalog_does_not_hold_is_not_known(state: State, query: str) -> None:
    """Rows of Postgres's own objects, of users' tables, and of what no catalog holds are unknown, not absent."""
    with pytest.raises(NotKnown):
        _folded(state, query)
