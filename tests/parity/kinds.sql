-- Statements of kinds that neither the facts nor the world have. Some of them are meant to be refused.

-- fact: ALTER COLLATION
create collation c (locale = 'C'); alter collation c refresh version; alter collation c rename to d;
create table t (a text collate d, b text collate "C"); create schema s; create collation s.c (locale = 'C');
create domain e as text collate s.c; create index i on t (b collate d, a collate "C", lower(a collate s.c));
set search_path = s; create table public.u (x text collate c);

-- fact: ALTER EVENT TRIGGER
create function f() returns event_trigger language plpgsql as 'begin end';
create event trigger e on ddl_command_start execute function f(); alter event trigger e disable;
create event trigger g on sql_drop execute function f(); alter event trigger g enable always;
alter event trigger g rename to h;

-- fact: ALTER EXTENSION
create schema s; create extension citext; alter extension citext set schema s; create table t (a s.citext);
alter extension citext update;

-- fact: foreign wrappers, servers and user mappings
create role r; create foreign data wrapper w options (a '1'); alter foreign data wrapper w options (set a '2', add b '3');
create server v version '1' foreign data wrapper w; alter server v version '2' options (host 'h');
create user mapping for r server v options (x '1'); alter user mapping for r server v options (set x '2', add y '3');
create user mapping for public server v; drop user mapping for public server v;
drop user mapping if exists for r server nothing;

-- fact: operators, their classes and families
create function eq(int, int) returns boolean language sql immutable as 'select $1 = $2';
create operator === (leftarg = int, rightarg = int, function = eq, commutator = ===);
alter operator === (int, int) set (restrict = eqsel, join = eqjoinsel);
create operator family fam using btree; create operator class cls for type int using btree family fam as
  operator 1 <, operator 3 =, function 1 btint4cmp(int, int);
create table t (a int);
create index i on t (a cls);

-- fact: text search
create text search configuration c (copy = english); alter text search configuration c alter mapping for word with simple;
create text search dictionary d (template = simple); alter text search dictionary d (accept = false);
alter text search configuration c rename to e;
create table t (a text); create index j on t using gin (to_tsvector('public.e', a));

-- fact: statistics
create table t (a int, b int); create statistics s on a, b from t; alter statistics s set statistics 100;
alter statistics s rename to u; drop statistics u;

-- fact: base types
create type k; create function k_in(cstring) returns k language internal immutable strict as 'textin';
create function k_out(k) returns cstring language internal immutable strict as 'textout';
create type k (input = k_in, output = k_out, internallength = variable); alter type k set (storage = extended);
create table t (a k);

-- fact: roles and their members
create role kinds_a login createdb; create user kinds_b in role kinds_a; create group kinds_c user kinds_b;
alter role kinds_a noinherit bypassrls valid until '2030-01-01' connection limit 3; alter group kinds_c drop user kinds_b;
alter role kinds_a rename to kinds_d; alter user kinds_b set search_path = a, b; drop role kinds_c;
drop role if exists kinds_c, kinds_b; drop role kinds_b;

-- fact: access methods, conversions, transforms
create access method am type index handler bthandler; create conversion c for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create access method tm type table handler heap_tableam_handler; create table t (a int) using tm;
create function from_sql(internal) returns internal language internal immutable as 'textlike_support';
create transform for int language plpgsql (from sql with function from_sql(internal));

-- fact: procedures are called
create table t (a int); create procedure p(n int) language plpgsql as $$ begin execute format('create table t%s ()', n); end $$;
call p(1); do $$ begin call p(2); end $$; call p(1);

-- fact: rows and maintenance change no catalog
create table t (a int primary key, b text); insert into t values (1, 'x'); update t set b = 'y' where a = 1;
delete from t where a = 1; merge into t using (select 2 as a) s on t.a = s.a when not matched then insert values (2, 'z');
truncate t; explain select * from t; notify x; listen x; unlisten x; prepare p as select 1; execute p;
deallocate p; analyze t; reindex table t; cluster t using t_pkey; checkpoint; set constraints all deferred; show work_mem;
create materialized view m as select * from t; refresh materialized view m;
declare c cursor with hold for select 1; fetch c; close c; discard plans;
