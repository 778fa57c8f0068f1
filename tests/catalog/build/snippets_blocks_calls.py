"""Functions and procedures that a migration makes and then calls."""

CASES: dict[str, str] = {
    "function called by a select": """
create function app.protect(t text) returns void language plpgsql as $$ begin
  execute format('alter table app.%I enable row level security', t);
  execute format('create policy %I on app.%I using (true)', t || '_all', t);
end $$;
select app.protect('b');
select app.protect(t => 'log');
""",
    "function called for each row": """
create function app.protect(t text) returns void language plpgsql as $$ begin
  execute format('alter table app.%I enable row level security', t);
end $$;
select app.protect(tablename::text) from pg_tables where schemaname = 'app';
""",
    "function in from": """
create function app.make() returns setof text language plpgsql as $$ begin
  create table app.made ();
  return query select 'made'::text;
end $$;
select * from app.make();
""",
    "function called by perform": """
create function app.make(n int default 2, prefix text default 't') returns int language plpgsql as $$ begin
  for i in 1..n loop execute format('create table app.%I ()', prefix || i); end loop;
  return n;
end $$;
do $$ declare k int; begin
  perform app.make();
  k := app.make(1, 'x');
  select app.make(n => k, prefix => 'y') into k;
  perform app.make(k, prefix => 'z');
end $$;
""",
    "function in sql": """
create function app.make() returns void language sql as $$
  create table app.by_sql (id int);
  alter table app.by_sql enable row level security;
$$;
select app.make();
""",
    "value of a function decides": """
create function app.wanted(kind text) returns boolean language sql immutable as $$ select kind = 'yes' $$;
create function app.name_of(n int) returns text language plpgsql as $$ begin
  if n > 1 then return 'many'; end if;
  return 'one';
end $$;
do $$ begin
  if app.wanted('yes') and not app.wanted('no') then
    execute format('create table app.%I ()', app.name_of(1) || app.name_of(2));
  end if;
end $$;
""",
    "procedure": """
create procedure app.setup(p_schema text, p_force boolean) language plpgsql as $$
declare t record; begin
  for t in select tablename from pg_tables where schemaname = p_schema loop
    execute format('alter table %I.%I enable row level security', p_schema, t.tablename);
    if p_force then execute format('alter table %I.%I force row level security', p_schema, t.tablename); end if;
  end loop;
end $$;
call app.setup('app', true);
""",
    "procedure called in a block": """
create procedure app.setup() language plpgsql as $$ begin create table app.by_call (); end $$;
do $$ begin call app.setup(); end $$;
""",
    "functions that call functions": """
create function app.inner_one(t text) returns void language plpgsql as $$ begin
  execute 'create table app.' || t || ' ()';
end $$;
create function app.outer_one() returns void language plpgsql as $$ declare x text; begin
  foreach x in array array['k', 'l'] loop perform app.inner_one(x); end loop;
end $$;
select app.outer_one();
""",
    "recursion": """
create function app.down(n int) returns void language plpgsql as $$ begin
  if n = 0 then return; end if;
  execute format('create table app.d%s ()', n);
  perform app.down(n - 1);
end $$;
select app.down(3);
""",
    "search path of a function": """
create function app.make() returns void language plpgsql set search_path = app as $$ begin
  create table inside (id int);
end $$;
select app.make();
create table outside (id int);
""",
    "owner of a definer function": """
grant create on schema app to writer;
create function app.make() returns void language plpgsql security definer as $$ begin
  create table app.owned ();
end $$;
alter function app.make() owner to writer;
select app.make();
""",
    "overloads": """
create function app.make(n int) returns void language plpgsql as $$ begin create table app.by_number (); end $$;
create function app.make(t text) returns void language plpgsql as $$ begin create table app.by_text (); end $$;
do $$ begin perform app.make(1); perform app.make('x'::text); end $$;
""",
    "function that fails": """
create function app.make() returns void language plpgsql as $$ begin
  create table app.x ();
  raise exception 'no';
end $$;
select app.make();
do $$ begin
  begin perform app.make(); exception when others then create table app.instead (); end;
end $$;
""",
    "strict function": """
create function app.make(t text) returns void strict language plpgsql as $$ begin
  execute 'create table app.' || t || ' ()';
end $$;
select app.make(null);
select app.make('made');
""",
    "out arguments": """
create function app.pick(out a text, out b int) language plpgsql as $$ begin a := 'n'; b := 4; end $$;
do $$ declare r record; begin
  r := app.pick();
  execute format('create table app.%I ()', r.a || r.b);
end $$;
""",
    "arguments by number": """
create function app.make(text, int) returns void language plpgsql as $$ begin
  execute format('create table app.%I ()', $1 || $2);
end $$;
select app.make('t', 7);
""",
    "upsert of policies": """
create function app.upsert_policy(policy text, tab text, cmd text, who text, expr text) returns void
language plpgsql as $$ begin
  if exists (select 1 from pg_policies where schemaname = 'app' and tablename = tab and policyname = policy) then
    execute format('drop policy %I on app.%I', policy, tab);
  end if;
  execute format('create policy %I on app.%I for %s to %I %s (%s)', policy, tab, cmd, who,
                 case when cmd = 'insert' then 'with check' else 'using' end, expr);
end $$;
do $$ begin
  perform app.upsert_policy('read_a', 'a', 'select', 'reader', 'id > 1');
  perform app.upsert_policy('add_a', 'a', 'insert', 'writer', 'id > 2');
end $$;
""",
    "grants by a function": """
create function app.grants(op text, tab text, who text) returns void language plpgsql as $$ begin
  if lower(op) not in ('select', 'insert', 'update', 'delete') then raise exception 'bad %', op; end if;
  execute format('grant %s on app.%I to %I', op, tab, who);
end $$;
do $do$ begin
  perform app.grants('select', 'a', 'reader');
  perform app.grants('update', 'a', 'writer');
end $do$;
do $$ begin perform app.grants('truncate', 'b', 'writer'); end $$;
""",
    "a function of data only": """
create function app.seed() returns int language plpgsql as $$ declare n int; begin
  insert into app.log values ('x');
  select count(*) into n from app.log;
  if n > 5 then delete from app.log; end if;
  return n;
end $$;
select app.seed();
do $$ begin perform app.seed(); create table app.after (); end $$;
""",
    "arguments of a user's types": """
create function app.make(m app.mood, many app.mood[], out made app.mood) language plpgsql as $$ begin
  made := many[1];
  execute format('create table app.%I ()', make.m || '_' || made);
end $$;
create function app.for_row(r app.a) returns void language plpgsql as $$ begin
  create table app.by_row ();
end $$;
select app.make('ok', array['sad', 'ok']::app.mood[]);
select app.for_row(null);
""",
    "columns and variables of one name": """
create function app.by_column(tablename text) returns int language plpgsql as $$
#variable_conflict use_column
declare n int; begin
  select count(*) into n from pg_tables where schemaname = 'app' and tablename = tablename;
  return n;
end $$;
create function app.by_variable(tablename text) returns int language plpgsql as $$
#variable_conflict use_variable
declare n int; begin
  select count(*) into n from pg_tables t where t.schemaname = 'app' and t.tablename = tablename;
  return n;
end $$;
create function app.in_sql(tablename text) returns bigint language sql as $$
  select count(*) from pg_tables where schemaname = 'app' and tablename = $1 $$;
do $$ begin
  execute format('create table app.n_%s_%s_%s ()', app.by_column('a'), app.by_variable('a'), app.in_sql('a'));
end $$;
""",
    "rows of data statements": """
create function app.touch_all() returns setof text language plpgsql as $$ begin
  return query update app.log set line = 'x' returning line;
end $$;
select app.touch_all();
do $$ declare r record; begin
  for r in update app.log set line = 'y' returning line loop
    insert into app.log values (r.line);
  end loop;
  create table app.after ();
end $$;
""",
    "a missing function": """
do $$ begin
  perform app.absent(1);
exception when undefined_function then create table app.no_function ();
end $$;
""",
}

_PROTECT = """
create function app.protect() returns event_trigger language plpgsql security definer set search_path = pg_catalog as $$
declare cmd record;
begin
  for cmd in select * from pg_event_trigger_ddl_commands()
             where command_tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
               and object_type in ('table', 'partitioned table') loop
    if cmd.schema_name is not null and cmd.schema_name in ('public', 'app')
       and cmd.schema_name not like 'pg_temp%' then
      begin
        execute format('alter table if exists %s enable row level security', cmd.object_identity);
        raise log 'enabled on %', cmd.object_identity;
      exception when others then raise log 'failed on %', cmd.object_identity;
      end;
    else
      raise log 'skipped %', cmd.object_identity;
    end if;
  end loop;
end $$;
"""
_ENSURE = (
    _PROTECT
    + """
create event trigger ensure_rls on ddl_command_end when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
  execute function app.protect();
"""
)
CASES |= {
    "event trigger that protects tables": _ENSURE
    + """
create schema elsewhere;
create table public.one (id serial primary key, name text unique);
create table app."Two" as select 1 as id;
create table elsewhere.three (id int);
create temporary table four (id int);
create table public.five (id int) partition by range (id);
do $$ begin execute 'create table public.six ()'; create table app.seven (); end $$;
select 1 as x into public.eight;
drop event trigger ensure_rls;
create table public.nine (id int);
""",
    "event trigger without tags": _PROTECT
    + """
create event trigger always on ddl_command_end execute function app.protect();
create table public.one (id int);
alter table public.one disable row level security;
alter event trigger always disable;
create table public.two (id int);
""",
    "event trigger that asks for the tag": """
create function app.watch() returns event_trigger language plpgsql as $$
declare r record;
begin
  if tg_tag = 'CREATE TABLE' then
    for r in select objid::regclass::text as name, schema_name from pg_event_trigger_ddl_commands()
             where object_type = 'table' and schema_name <> 'pg_temp' loop
      execute 'revoke insert on ' || r.name || ' from writer';
      execute 'grant select on ' || r.name || ' to reader';
    end loop;
  end if;
end $$;
create event trigger watch on ddl_command_end execute function app.watch();
create table app.fresh (id int);
create view app.seen as select 1 as one;
""",
    "event trigger that forbids": """
create function app.forbid() returns event_trigger language plpgsql as $$ begin
  raise exception 'no views';
end $$;
create event trigger forbid on ddl_command_end when tag in ('CREATE VIEW') execute function app.forbid();
create view app.never as select 1 as one;
create table app.still ();
""",
}
