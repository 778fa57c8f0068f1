"""Blocks with loops, conditions, variables and handlers."""

CASES: dict[str, str] = {
    "duplicate type handled": """
do $$ begin
  create type app.mood as enum ('x');
exception when duplicate_object then null;
end $$;
""",
    "duplicate table handled, and undone": """
do $$ begin
  create table app.fresh (id int);
  create table app.a (id int);
exception when duplicate_table then create table app.instead (id int);
end $$;
""",
    "duplicate column handled": """
do $$ begin
  begin
    alter table app.a add column label int;
  exception when duplicate_column then raise notice 'there';
  end;
  alter table app.a add column more int;
end $$;
""",
    "undefined table handled": """
do $$ begin
  alter table app.absent add column x int;
exception when undefined_table then create table app.made_instead ();
end $$;
""",
    "undefined object handled": """
do $$ begin
  drop policy nothing on app.a;
exception when undefined_object or undefined_table then create policy something on app.a using (true);
end $$;
""",
    "others": """
do $$ begin
  drop table app.a;
exception when others then create table app.kept ();
end $$;
""",
    "a class of errors": """
do $$ begin
  create table app.a ();
exception when syntax_error_or_access_rule_violation then create table app.by_class ();
end $$;
""",
    "a code": """
do $$ begin
  create schema app;
exception when sqlstate '42P06' then create table app.by_code ();
end $$;
""",
    "another error than the handled one": """
do $$ begin
  create table app.before ();
  create table app.a ();
exception when undefined_table then null;
end $$;
""",
    "raised again": """
do $$ begin
  begin
    create table app.a ();
  exception when duplicate_table then
    create table app.never ();
    raise;
  end;
end $$;
""",
    "raised, with a code": """
do $$ begin raise exception 'no %', 1 using errcode = '22012'; end $$;
""",
    "raised by name": """
do $$ begin raise unique_violation using message = 'no'; end $$;
""",
    "raised and handled": """
do $$ begin
  begin raise exception 'mine';
  exception when raise_exception then create table app.handled ();
  end;
end $$;
""",
    "raise exception": """
do $$ begin
  create table app.x ();
  if exists (select 1 from pg_tables where tablename = 'x' and schemaname = 'app') then
    raise exception 'undone';
  end if;
end $$;
""",
    "sqlstate in a handler": """
do $$ begin
  create table app.a ();
exception when others then
  if sqlstate = '42P07' then create table app.told (); end if;
end $$;
""",
    "nested handlers": """
do $$ begin
  begin
    begin
      create table app.one ();
      create table app.a ();
    exception when undefined_table then create table app.wrong ();
    end;
  exception when duplicate_table then create table app.right ();
  end;
  create table app.last ();
end $$;
""",
    "variables live on after a handler": """
do $$ declare n int := 1; begin
  begin
    n := 2;
    create table app.a ();
  exception when duplicate_table then n := n + 10;
  end;
  execute format('create table app.%I ()', 'n' || n);
end $$;
""",
    "foreach": """
do $$ declare t text; begin
  foreach t in array array['a', 'b', 'log'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('create policy "read %1$s" on app.%1$I for select using (true)', t);
  end loop;
end $$;
""",
    "foreach over a declared list": """
do $$ declare
  names constant text[] := array['x', 'y'];
  n text;
begin
  foreach n in array names loop
    execute 'create table app.' || n || ' (id int)';
    continue when n = 'x';
    execute 'create index on app.' || n || ' (id)';
  end loop;
end $$;
""",
    "unnest": """
do $$ declare t text; begin
  for t in select unnest(array['p', 'q']) loop
    execute format($f$create table app.%I (at timestamptz default now())$f$, t);
  end loop;
end $$;
""",
    "values": """
do $$ declare r record; begin
  for r in select * from (values ('one', 'int'), ('two', 'text')) as v(name, kind) loop
    execute format('alter table app.log add column %I %s', r.name, r.kind);
  end loop;
end $$;
""",
    "numbers": """
do $$ begin
  for i in 1..3 loop execute format('create table app.part_%s ()', i); end loop;
  for i in reverse 9..7 by 2 loop execute 'create table app.back_' || i || ' ()'; end loop;
end $$;
""",
    "partitions by month": """
create table app.m (at int) partition by range (at);
do $$ declare i int; begin
  for i in 0..2 loop
    execute format('create table app.%I partition of app.m for values from (%s) to (%s)', 'm_' || lpad(i::text, 2, '0'),
                   i * 10, (i + 1) * 10);
  end loop;
end $$;
""",
    "while and exit": """
do $$ declare n int := 0; begin
  while true loop
    n := n + 1;
    exit when n > 3;
    if n = 2 then continue; end if;
    execute 'create table app.w' || n || ' ()';
  end loop;
end $$;
""",
    "loop with labels": """
do $$ begin
  <<outside>>
  for i in 1..3 loop
    for j in 1..3 loop
      exit outside when i = 2 and j = 2;
      continue outside when j = 3;
      execute format('create table app.l%s%s ()', i, j);
    end loop;
  end loop;
end $$;
""",
    "loop": """
do $$ declare n int := 0; begin
  loop
    n := n + 1;
    if n = 3 then exit; end if;
    execute 'create table app.t' || n || ' ()';
  end loop;
end $$;
""",
    "elsif and else": """
do $$ declare k text := 'b'; begin
  if k = 'a' then create table app.ka ();
  elsif k = 'b' then create table app.kb ();
  else create table app.kc (); end if;
  if null then create table app.nothing (); else create table app.otherwise (); end if;
end $$;
""",
    "case": """
do $$ declare k int := 2; begin
  case k when 1, 2 then create table app.low (); else create table app.high (); end case;
  case when k > 5 then create table app.big (); when k = 2 then create table app.two (); end case;
end $$;
""",
    "case without a branch": """
do $$ begin
  create table app.x ();
  case 5 when 1 then null; end case;
end $$;
""",
    "return": """
do $$ begin
  if exists (select 1 from pg_namespace where nspname = 'app') then return; end if;
  drop schema app cascade;
end $$;
""",
    "nested block with its own variables": """
do $$ declare n text := 'outer'; begin
  for i in 1..2 loop
    declare
      n text := 'inner' || i;
      m text;
    begin
      m := coalesce(m, 'fresh');
      execute format('create table app.%I ()', n || '_' || m);
    end;
  end loop;
  execute format('create table app.%I ()', n);
end $$;
""",
    "labelled block": """
do $$ <<top>> declare n text := 'a'; begin
  declare n text := 'b'; begin
    execute format('create table app.%I ()', 'x' || top.n || n);
  end;
  exit top;
  create table app.never ();
end $$;
""",
    "select into": """
do $$ declare t text; k "char"; r record; begin
  select relname, relkind into t, k from pg_class where oid = 'app.v'::regclass;
  execute format('create table app.%I ()', t || '_' || k::text);
  select tablename as name, rowsecurity into r from pg_tables where schemaname = 'app' and tablename = 'a';
  if r.rowsecurity then execute format('create table app.%I ()', r.name || '_rls'); end if;
end $$;
""",
    "select into finds nothing": """
do $$ declare t text; begin
  select tablename into t from pg_tables where tablename = 'absent';
  if t is null and not found then create table app.none (); end if;
end $$;
""",
    "select into strict finds nothing": """
do $$ declare t text; begin
  select tablename into strict t from pg_tables where tablename = 'absent';
exception when no_data_found then create table app.none ();
end $$;
""",
    "execute into": """
do $$ declare n int; begin
  execute 'select count(*) from pg_tables where schemaname = $1' into n using 'app';
  execute format('create table app.%I ()', 'had_' || n);
end $$;
""",
    "loop over a text": """
do $$ declare t text; begin
  for t in execute format('select tablename from pg_tables where schemaname = %L order by 1', 'app') loop
    execute 'comment on table app.' || t || ' is ' || quote_literal('table ' || t);
  end loop;
end $$;
""",
    "several statements in a text": """
do $$ declare t text; begin
  foreach t in array array['a', 'b'] loop
    execute format('alter table app.%1$I enable row level security;
                    create policy %2$I on app.%1$I using (true);', t, t || '_p');
  end loop;
end $$;
""",
    "null text": """
do $$ declare t text; begin execute t; end $$;
""",
    "a text that does not parse": """
do $$ begin create table app.x (); execute 'create tabel y ()'; end $$;
""",
    "a null identifier": """
do $$ declare t text; begin
  create table app.x ();
  execute format('drop table %I', t);
end $$;
""",
    "quotes in names": """
do $$ declare n text := 'it''s "odd"'; begin
  execute format('create policy %I on app.a using (label = %L)', n, n);
  execute format('comment on table app.a is %L', n || E'\\n\\\\');
end $$;
""",
    "search path inside": """
do $$ begin
  set local search_path = app;
  create table here (id int);
  alter table a add column found_by_path int;
end $$;
""",
    "search path by set_config": """
do $$ begin
  perform set_config('search_path', 'app, public', false);
  create table here (id int);
end $$;
create table there (id int);
""",
    "role inside": """
grant create on schema app to writer;
do $$ begin
  execute 'set role writer';
  create table app.by_writer ();
  execute 'reset role';
  create table app.by_owner ();
end $$;
""",
    "dynamic block": """
do $$ begin
  execute 'do $inner$ begin create table app.deep (); end $inner$';
end $$;
""",
    "create table as": """
do $$ declare n int := 5; begin
  create table app.copy as select n as five, 'x'::text as word;
end $$;
""",
    "data statements do not matter": """
do $$ declare n int; begin
  insert into app.log values ('x');
  update app.log set line = 'y';
  delete from app.log;
  get diagnostics n = row_count;
  if n > 1000 then raise notice 'many'; end if;
  create table app.after ();
end $$;
""",
    "what is read from a table only decides data": """
do $$ declare n int; r record; begin
  select count(*) into n from app.log;
  if n > 0 then delete from app.log; end if;
  for r in select * from app.log loop
    if r.line is null then continue; end if;
    update app.log set line = upper(r.line) where line = r.line;
  end loop;
  create table app.after ();
end $$;
""",
    "assert": """
do $$ begin
  assert 1 = 1, 'fine';
  create table app.x ();
  assert to_regclass('app.x') is null, 'not fine';
end $$;
""",
    "grant and default privileges": """
do $$ declare r text; begin
  foreach r in array array['reader', 'writer'] loop
    execute format('grant usage on schema app to %I', r);
    execute format('grant select on all tables in schema app to %I', r);
    execute format('alter default privileges in schema app grant select on tables to %I', r);
  end loop;
  create table app.later ();
end $$;
""",
    "array appended to": """
do $$ declare found_tables text[]; t text; begin
  for t in select tablename from pg_tables where schemaname = 'app' order by tablename loop
    found_tables := found_tables || t;
  end loop;
  execute format('comment on schema app is %L', array_to_string(found_tables, ','));
end $$;
""",
    "record assigned to": """
do $$ declare r record; begin
  select 'a'::text as x, 1 as y into r;
  r.x := r.x || r.y;
  execute format('create table app.%I ()', r.x || '_table');
end $$;
""",
    "row count of a query": """
do $$ declare n int; t text; begin
  select tablename into t from pg_tables where schemaname = 'app' and tablename = 'a';
  get diagnostics n = row_count;
  execute format('create table app.%I ()', t || n);
end $$;
""",
    "version": """
do $$ begin
  if current_setting('server_version_num')::int >= 140000 then create table app.modern ();
  else drop table app.a; end if;
end $$;
""",
    "single quotes around the body": """
do 'begin create table app.plain_quotes (); execute ''create table app.doubled ()''; end';
""",
    "language named": """
do language plpgsql $$ begin create table app.named (); end $$;
""",
    "cursor loop": """
do $$ declare c cursor for select tablename from pg_tables where schemaname = 'app'; begin
  for r in c loop
    execute format('alter table app.%I enable row level security', r.tablename);
  end loop;
end $$;
""",
    "variables of a user's types": """
create domain app.word as text;
create type app.pair as (x text, y int);
do $$ declare
  m app.mood := 'ok';
  w app.word default 'w';
  list app.mood[] := array['sad', 'ok'];
  e app.mood;
begin
  foreach e in array list loop execute format('create table app.%I ()', e::text || '_' || w); end loop;
  if m = 'ok' then execute format('create table app.%I ()', m); end if;
  select 'sad', 'z' into m, w;
  execute format('create table app.%I ()', m || w);
end $$;
""",
    "variables of a column's type and a row's": """
do $$ declare
  name app.a.label%type := 'x';
  id app.a.id % type := '7';
  r pg_tables%rowtype;
begin
  id := id + 1;
  select * into r from pg_tables where schemaname = 'app' and tablename = 'b';
  execute format('create table app.%I ()', name || id || r.tablename);
  for r in select * from pg_tables where schemaname = 'app' and tablename = 'log' loop
    execute format('comment on table app.%I is %L', r.tablename, r.tableowner);
  end loop;
end $$;
""",
    "declarations that are hard to read": """
do $$
/* begin */ declare -- a comment; with begin
  "Odd one" constant text not null := 'begin; end';
  b varchar(10)[] = array['p', 'q'];
  n numeric(10, 2) default 1.50;
  t timestamp with time zone;
  al alias for b;
begin
  execute format('create table app.%I ()', "Odd one" || n || b[2]);
end $$;
""",
    "a temporary table made from a catalog": """
do $$ declare r record; begin
  create temp table found_policies as select schemaname, tablename, policyname from pg_policies;
  for r in select * from found_policies where schemaname = 'app' loop
    execute format('drop policy %I on %I.%I', r.policyname, r.schemaname, r.tablename);
  end loop;
  drop table found_policies;
end $$;
""",
}
