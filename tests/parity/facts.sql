-- Each fact, and statements that show it on an empty database. Some of them are meant to be refused.

-- fact: default privileges are for objects of the role that they name
create role maker; create role reader; grant maker to postgres; create schema s; grant all on schema s to maker;
alter default privileges for role maker in schema s grant select on tables to reader; create table s.mine (a int);
set role maker; create table s.theirs (a int); reset role;

-- fact: default privileges do not reach back
create table a (x int); create role reader; alter default privileges grant select on tables to reader;
create table b (x int);

-- fact: grants on all tables do not reach forward
create role reader; create table a (x int); grant select on all tables in schema public to reader;
create table b (x int);

-- fact: everybody may call a new function
create function f() returns int language sql as 'select 1';

-- fact: revoked default of functions
alter default privileges revoke execute on functions from public;
create function f() returns int language sql as 'select 1'; create schema s;
create function s.f() returns int language sql as 'select 1';

-- fact: default of functions revoked in a schema does nothing
create schema s; alter default privileges in schema s revoke execute on functions from public;
create function s.f() returns int language sql as 'select 1';

-- fact: replaced view loses its options
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create view v with (security_invoker = true) as select id from t; create or replace view v as select id, note from t;

-- fact: replaced view keeps its grants
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create role reader; create view v as select id from t; grant select on v to reader;
create or replace view v as select id from t;

-- fact: replaced function loses definer and settings and keeps its grants
create role reader;
create function f(x uuid) returns boolean language sql stable security definer set search_path = '' as $$select true
  $$;
revoke all on function f from public; grant execute on function f to reader;
create or replace function f(x uuid) returns boolean language sql as $$select false$$;

-- fact: dropped and made again starts anew
create role reader; create function f() returns int language sql as 'select 1';
grant execute on function f() to reader; revoke all on function f() from public; drop function f();
create function f() returns int language sql as 'select 2';

-- fact: like brings no security
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy p on t for select using (owner is not null); create table u (like t including all);

-- fact: select into brings no security
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy p on t for select using (owner is not null); create table u as select * from t;

-- fact: partitions have a security of their own
create table p (id int, at date) partition by range (at); alter table p enable row level security;
alter table p force row level security; create policy q on p using (true);
create table p1 partition of p for values from ('2024-01-01') to ('2025-01-01'); create table p2 (id int, at date);
alter table p attach partition p2 default;

-- fact: children have a security of their own
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy p on t for select using (owner is not null); create table u (extra int) inherits (t);

-- fact: renamed column
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy p on t for select using (owner is not null); alter table t rename column owner to holder;

-- fact: renamed table
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy p on t using (exists (select from t x where x.id = t.id)); alter table t rename to u;

-- fact: dropped column takes policies along
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy p on t for select using (owner is not null); alter table t drop column owner cascade;

-- fact: dropped column is held by policies
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy p on t for select using (owner is not null); alter table t drop column owner;

-- fact: dropped function takes policies along
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create function f(x uuid) returns boolean language sql stable security definer set search_path = '' as $$select true
  $$;
create policy q on t using (f(owner)); drop function f(uuid) cascade;

-- fact: dropped function is held by policies
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create function f(x uuid) returns boolean language sql stable security definer set search_path = '' as $$select true
  $$;
create policy q on t using (f(owner)); drop function f(uuid);

-- fact: no policies on views
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create view v as select * from t; create policy p on v using (true); alter view v enable row level security;

-- fact: no security on materialised views
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create materialized view m as select * from t; alter table m enable row level security;
alter materialized view m enable row level security;

-- fact: no security on foreign tables
create foreign data wrapper w; create server r foreign data wrapper w; create foreign table t (id int) server r;
alter table t enable row level security; create policy p on t using (true);

-- fact: policies without expressions
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy a on t; create policy b on t for select; create policy c on t for insert;
create policy d on t for update; create policy e on t for delete;

-- fact: policies of one side
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy a on t with check (true); create policy b on t using (false);
create policy c on t for update with check (true); create policy d on t for insert using (true);
create policy e on t for delete with check (true);

-- fact: restrictive policies
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy a on t as restrictive to public using (id > 0);

-- fact: policy of several roles
create role a; create role b; create table t (id int primary key, owner uuid, note text);
alter table t enable row level security; create policy p on t to b, a, current_user using (true);
create policy q on t to public, a using (true); alter policy p on t to b;

-- fact: altered policy
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
create policy p on t for select using (owner is not null); alter policy p on t using (id = 1);
alter policy p on t rename to q; alter policy q on t with check (true);

-- fact: row security to and fro
create table t (id int primary key, owner uuid, note text); alter table t enable row level security;
alter table t force row level security; alter table t no force row level security;
alter table t disable row level security; alter table only t enable row level security;

-- fact: all and public
create role reader; create table t (id int); grant all on t to reader, public; revoke all on t from public;
revoke trigger, references on t from reader;

-- fact: columns
create role reader; create table t (id int, a int, b int); grant select (id, a), update (b) on t to reader;
revoke select on t from reader; grant select on t to reader; revoke select (id) on t from reader;

-- fact: owner of everything changes
create role maker; create table t (id int primary key, owner uuid, note text);
alter table t enable row level security; create policy p on t for select using (owner is not null);
grant select on t to public; alter table t owner to maker; create sequence q owned by t.id;

-- fact: names given to a view's columns are its own
create table t (id int, note text); create view v (number, words) as select * from t; create view w as select * from t;
create view x (one) as select id from t; create materialized view m as select id from t;

-- fact: functions of one name are told apart by their arguments
create function f(int) returns int language sql as 'select 1';
create function f(text) returns text language sql as $$select 'x'$$;
create function g(x anyelement) returns anyelement language sql as 'select x';
create function h(x anyelement) returns anyarray language sql as 'select array[x]';
create view v as select f(1) as a, f('x') as b, f('x'::text) as c, g(1.5) as d, g(now()) as e, h(true) as i;

-- fact: defaults of which nothing is left are none
create role maker; grant create on schema public to maker; grant maker to postgres;
alter default privileges for role maker revoke all on tables from maker, public; set role maker;
create table t (a int); create view v as select * from t; reset role;
alter default privileges for role maker grant select on tables to public; set role maker; create table u (a int);

-- fact: a child keeps its checks when only the parent loses the column
create table t (a int, b int check (b > 0), constraint k check (a > 0)); create table u () inherits (t);
create table w (a int) inherits (t); alter table only t drop column a; alter table t drop column b;

-- fact: a check is dropped from its children, unless they have it themselves
create table t (a int, constraint k check (a > 0), constraint l check (a < 9)); create table u () inherits (t);
create table w (constraint k check (a > 0)) inherits (t); create table x () inherits (u); alter table t drop constraint k;
alter table only t drop constraint l;

-- fact: a new child has no row that would break a check
create table t (a int); alter table t add constraint k check (a > 0) not valid; create table u () inherits (t);
create table w (like t including all);

-- fact: an included column takes the key along
create table t (a int, b int, c int, constraint k unique (a) include (b), primary key (a) include (c));
alter table t drop column b; alter table t drop column c;

-- fact: a table made from a query has the columns' collations
create table t (a text collate "C", b text, c int); create table u as select a, b, c, a as d from t;
select x.a into w from t x join u on true;
