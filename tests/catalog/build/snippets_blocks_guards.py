"""Blocks that look before they act, and blocks that act on what they find in the catalogs."""

CASES: dict[str, str] = {
    "column guard, absent": """
do $$ begin
  if not exists (select 1 from information_schema.columns
                 where table_schema = 'app' and table_name = 'a' and column_name = 'email') then
    alter table app.a add column email text not null default '';
  end if;
end $$;
""",
    "column guard, there": """
do $$ begin
  if not exists (select 1 from information_schema.columns where table_name = 'a' and column_name = 'label') then
    alter table app.a add column label int;
  end if;
end $$;
""",
    "column guard by type": """
do $$ begin
  if exists (select 1 from information_schema.columns where table_schema = 'public' and table_name = 'items'
             and column_name = 'status' and data_type <> 'uuid' and is_nullable = 'YES') then
    alter table public.items alter column status set not null;
  end if;
end $$;
""",
    "table guard": """
do $$ begin
  if not exists (select from pg_tables where schemaname = 'public' and tablename = 'notes') then
    create table public.notes (id int generated always as identity primary key, body text);
    create index on public.notes (body);
  end if;
  if exists (select from information_schema.tables where table_name = 'absent') then
    drop table public.items;
  end if;
end $$;
""",
    "policy guard": """
do $$ begin
  if not exists (select 1 from pg_policies where schemaname = 'app' and tablename = 'a' and policyname = 'read_a') then
    create policy read_a on app.a using (false);
  end if;
  if not exists (select 1 from pg_policies where tablename = 'b' and policyname = 'own') then
    create policy own on app.b for update to reader using (id = 1) with check (id = 2);
  end if;
end $$;
""",
    "policy guard by catalog": """
do $$ begin
  if not exists (select 1 from pg_policy where polname = 'read_a' and polrelid = 'app.a'::regclass) then
    drop table app.a cascade;
  else
    drop policy read_a on app.a;
  end if;
end $$;
""",
    "policy guard with columns of another catalog": """
do $$ begin
  if not exists (select 1 from pg_policy where policyname = 'x' and tablename = 'a') then
    create policy x on app.a using (true);
  end if;
end $$;
""",
    "the same guard on an empty catalog": """
drop policy read_a on app.a; drop policy write_a on app.a; drop policy read_b on app.b;
do $$ begin
  if not exists (select 1 from pg_policy where policyname = 'x' and tablename = 'a') then
    create policy x on app.a using (true);
  end if;
end $$;
""",
    "type guard": """
do $$ begin
  if not exists (select 1 from pg_type where typname = 'level') then
    create type level as enum ('low', 'high');
  end if;
  if not exists (select 1 from pg_type t join pg_namespace n on n.oid = t.typnamespace
                 where t.typname = 'mood' and n.nspname = 'app') then
    create type app.mood as enum ('other');
  end if;
end $$;
""",
    "enum guard": """
do $$ begin
  if not exists (select 1 from pg_enum e join pg_type t on t.oid = e.enumtypid
                 where t.typname = 'mood' and e.enumlabel = 'happy') then
    alter type app.mood add value 'happy';
  end if;
end $$;
""",
    "enum guard by regtype": """
do $$ begin
  if not exists (select 1 from pg_enum where enumlabel = 'sad' and enumtypid = 'app.mood'::regtype) then
    alter type app.mood add value 'sad';
  end if;
end $$;
""",
    "constraint guard": """
do $$ begin
  if not exists (select 1 from pg_constraint where conname = 'b_a_id_fkey') then
    alter table app.b add constraint b_a_id_fkey foreign key (a_id) references app.a (id);
  end if;
  if not exists (select 1 from pg_constraint where conname = 'items_status_check'
                 and conrelid = 'public.items'::regclass) then
    alter table public.items add constraint items_status_check check (status in ('a', 'b'));
  end if;
end $$;
""",
    "constraint guard of the standard": """
do $$ begin
  if exists (select 1 from information_schema.table_constraints where table_schema = 'app' and table_name = 'b'
             and constraint_name = 'b_a_id_fkey' and constraint_type = 'FOREIGN KEY') then
    alter table app.b drop constraint b_a_id_fkey;
  end if;
end $$;
""",
    "trigger guard": """
do $$ begin
  if not exists (select 1 from pg_trigger where tgname = 'touch_a') then
    drop trigger touch_a on app.a;
  end if;
  if not exists (select 1 from pg_trigger t join pg_class c on c.oid = t.tgrelid
                 join pg_namespace n on n.oid = c.relnamespace
                 where t.tgname = 'touch_b' and n.nspname = 'app' and c.relname = 'b') then
    create trigger touch_b before update on app.b for each row execute function app.touch();
  end if;
end $$;
""",
    "found after perform": """
do $$ begin
  perform 1 from pg_trigger where tgname = 'touch_log';
  if not found then
    create trigger touch_log after insert on app.log for each row execute function app.touch();
  end if;
  perform 1 from pg_trigger where tgname = 'touch_a';
  if found then drop trigger touch_a on app.a; end if;
end $$;
""",
    "role guard": """
do $$ begin
  if not exists (select from pg_roles where rolname = 'auditor') then
    create role auditor;
  end if;
  grant select on app.a to auditor;
end $$;
""",
    "publication guard": """
create publication feed;
do $$ begin
  if not exists (select 1 from pg_publication_tables
                 where pubname = 'feed' and schemaname = 'app' and tablename = 'a') then
    alter publication feed add table app.a;
  end if;
  if exists (select 1 from pg_publication_tables where pubname = 'feed' and tablename = 'a') then
    alter publication feed add table app.b;
  end if;
end $$;
""",
    "function guard": """
do $$ begin
  if not exists (select 1 from pg_proc where proname = 'touch' and pronamespace = 'app'::regnamespace) then
    create function app.touch() returns int language sql as 'select 1';
  end if;
  if to_regprocedure('app.secret(int)') is not null and to_regprocedure('app.secret(text)') is null then
    revoke execute on function app.secret(int) from public;
  end if;
end $$;
""",
    "index guard": """
do $$ begin
  if not exists (select 1 from pg_indexes where schemaname = 'app' and indexname = 'a_label') then
    create index a_label on app.a (label);
  end if;
  if to_regclass('app.a_label') is not null then
    create index a_owner on app.a (owner);
  end if;
end $$;
""",
    "row security guard": """
do $$ begin
  if not exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 where n.nspname = 'app' and c.relname = 'b' and c.relrowsecurity) then
    alter table app.b enable row level security;
    alter table app.b force row level security;
  end if;
  if not exists (select 1 from pg_tables where schemaname = 'app' and tablename = 'a' and rowsecurity = true) then
    drop table app.b;
  end if;
end $$;
""",
    "extension guard": """
do $$ begin
  if exists (select 1 from pg_extension where extname = 'pg_cron') then
    drop table app.a cascade;
  end if;
end $$;
""",
    "count of policies": """
do $$ declare n int; begin
  select count(*) into n from pg_policies where schemaname = 'app';
  if n = 3 then create policy one_more on app.log using (true); else drop table app.log; end if;
end $$;
""",
    "enable everywhere": """
do $$ declare t record; begin
  for t in select schemaname, tablename from pg_tables where schemaname in ('app', 'public') loop
    execute format('alter table %I.%I enable row level security', t.schemaname, t.tablename);
  end loop;
end $$;
""",
    "drop all policies of a table": """
do $$ declare p record; begin
  for p in (select policyname from pg_policies where schemaname = 'app' and tablename = 'a') loop
    execute format('drop policy if exists %I on app.a', p.policyname);
  end loop;
end $$;
""",
    "drop all policies by concatenation": """
do $$ declare r record; begin
  for r in select schemaname, tablename, policyname from pg_policies where schemaname = 'app' loop
    execute 'drop policy ' || quote_ident(r.policyname) || ' on ' || quote_ident(r.schemaname) || '.'
      || quote_ident(r.tablename);
  end loop;
end $$;
""",
    "policies made from a catalog": """
do $$ declare t text; begin
  for t in select c.relname from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') loop
    execute format('create policy %I on app.%I for select to reader using (true)', 'all_' || t, t);
  end loop;
end $$;
""",
    "tables without a policy": """
do $$ declare t record; begin
  for t in select tablename from pg_tables x where schemaname = 'app' and not exists (
      select 1 from pg_policies p where p.schemaname = x.schemaname and p.tablename = x.tablename) loop
    execute format('alter table app.%I enable row level security', t.tablename);
    execute format('create policy none on app.%I as restrictive using (false)', t.tablename);
  end loop;
end $$;
""",
    "policies rewritten": """
do $$ declare p record; begin
  for p in select * from pg_policies where schemaname = 'app' and with_check is not null loop
    execute format('alter policy %I on %I.%I with check (%s and label is not null)', p.policyname, p.schemaname,
                   p.tablename, p.with_check);
  end loop;
end $$;
""",
    "revoke on definer functions": """
do $$ declare f record; begin
  for f in select n.nspname, p.proname, pg_get_function_identity_arguments(p.oid) as args
           from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where n.nspname = 'app' and p.prosecdef loop
    execute format('revoke execute on function %I.%I(%s) from public', f.nspname, f.proname, f.args);
  end loop;
end $$;
""",
    "functions by their signature": """
do $$ declare f text; begin
  for f in select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'app'::regnamespace
           and p.prorettype <> 'trigger'::regtype loop
    execute 'alter function ' || f || ' set search_path = ''''';
  end loop;
end $$;
""",
    "functions that someone may execute": """
revoke execute on function app.plain(int, text) from public;
do $$ declare f regprocedure; begin
  for f in select oid from pg_proc where pronamespace = 'app'::regnamespace
           and has_function_privilege('reader', oid, 'execute') loop
    execute format('grant execute on function %s to writer', f);
  end loop;
end $$;
""",
    "constraint found by its definition": """
alter table public.items add check (status <> 'gone');
do $$ declare c text; begin
  select conname into c from pg_constraint
  where conrelid = 'public.items'::regclass and contype = 'c' and pg_get_constraintdef(oid) ilike '%status%';
  if c is not null then execute format('alter table public.items drop constraint %I', c); end if;
end $$;
""",
    "foreign keys to a table": """
do $$ declare r record; begin
  for r in select tc.table_schema, tc.table_name, tc.constraint_name, kcu.column_name
           from information_schema.table_constraints tc
           join information_schema.key_column_usage kcu
             on kcu.constraint_name = tc.constraint_name and kcu.table_schema = tc.table_schema
           join information_schema.constraint_column_usage ccu on ccu.constraint_name = tc.constraint_name
           where tc.constraint_type = 'FOREIGN KEY' and ccu.table_schema = 'app' and ccu.table_name = 'a' loop
    execute format('create index on %I.%I (%I)', r.table_schema, r.table_name, r.column_name);
  end loop;
end $$;
""",
    "columns of a table": """
do $$ declare c text; begin
  for c in select column_name from information_schema.columns where table_schema = 'app' and table_name = 'a' loop
    if c <> all (array['owner']) then execute format('grant select (%I) on app.a to reader', c); end if;
  end loop;
end $$;
""",
    "statement put together by an aggregate": """
do $$ begin
  execute (select string_agg(format('grant select on app.%I to reader;', tablename), ' ' order by tablename)
           from pg_tables where schemaname = 'app');
end $$;
""",
    "triggers on tables with a column": """
do $$ declare t record; begin
  for t in select distinct c.table_schema, c.table_name from information_schema.columns c
           join information_schema.tables x using (table_schema, table_name)
           where c.column_name = 'id' and c.table_schema = 'app' and x.table_type = 'BASE TABLE' loop
    execute format('drop trigger if exists touch_%1$s on %2$I.%1$I', t.table_name, t.table_schema);
    execute format('create trigger touch_%1$s before insert on %2$I.%1$I for each row execute function app.touch()',
                   t.table_name, t.table_schema);
  end loop;
end $$;
""",
    "enums listed": """
do $$ declare label text; begin
  for label in select enumlabel from pg_enum where enumtypid = 'app.mood'::regtype order by enumsortorder loop
    execute format('create table app.%I ()', 'mood_' || label);
  end loop;
end $$;
""",
    "views dropped": """
create view app.w as select 1 as one;
do $$ declare v record; begin
  for v in select schemaname, viewname from pg_views where schemaname = 'app' loop
    execute format('drop view if exists %I.%I cascade', v.schemaname, v.viewname);
  end loop;
end $$;
""",
    "ambiguous with a variable": """
do $$ declare tablename text := 'a'; begin
  if exists (select 1 from pg_tables where tablename = tablename) then drop table app.log; end if;
end $$;
""",
    "a query that has no destination": """
do $$ begin create table app.x (); select 1; end $$;
""",
}
