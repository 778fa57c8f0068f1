-- case: another rule says what comes of it
-- with: t rls
-- finds: info public.v
create view v with (security_invoker = on) as select id from t;
-- file: 2.sql
create or replace view v as select id, status from t;

-- case: a table that clients have no privilege on
-- finds: error public.v
create table t (id int primary key, name text);
revoke all on t from anon, authenticated;
create view v with (security_invoker = on) as select id from t;
-- file: 2.sql
create or replace view v as select id, name from t;

-- case: a filter that reads past policies now
-- with: t rls
-- finds: warning public.v
create view v with (security_invoker = on) as select id from t where user_id = (select auth.uid());
revoke insert, update, delete on v from anon, authenticated;
-- file: 2.sql
create or replace view v as select id, status from t where user_id = (select auth.uid());

-- case: no client reads the view
-- with: t rls
-- finds: warning public.v
create view v with (security_invoker = on) as select id from t;
revoke all on v from anon, authenticated;
-- file: 2.sql
create or replace view v as select id, status from t;

-- case: dropped and made again
-- with: t rls
-- finds: info public.v
create view v with (security_invoker = on) as select id from t;
-- file: 2.sql
drop view if exists v;
create view v as select id, status from t;

-- case: in one file
-- with: t rls
-- finds: info public.v
create view v with (security_invoker = on) as select id from t;
create or replace view v as select id, status from t;

-- case: the barrier of a filter
-- with: t rls
-- finds: warning public.v
create view v with (security_barrier) as select id from t where user_id = (select auth.uid());
-- file: 2.sql
create or replace view v as select id, status from t where user_id = (select auth.uid());

-- case: the check option
-- finds: warning public.v
create table t (id int primary key, status text);
create view v as select id, status from t where status = 'open' with local check option;
-- file: 2.sql
create or replace view v as select id, status from t where status = 'open';

-- case: said again
-- with: t rls
create view v with (security_invoker = on) as select id from t;
-- file: 2.sql
create or replace view v with (security_invoker = true) as select id, status from t;

-- case: set later
-- with: t rls
create view v with (security_invoker = on) as select id from t;
-- file: 2.sql
create or replace view v as select id, status from t;
alter view v set (security_invoker = on);

-- case: dropped later
-- with: t rls
create view v with (security_invoker = on) as select id from t;
-- file: 2.sql
create or replace view v as select id, status from t;
-- file: 3.sql
drop view v;

-- case: switched off by name
-- with: t rls
create view v with (security_invoker = on) as select id from t;
-- file: 2.sql
create or replace view v with (security_invoker = off) as select id, status from t;
-- file: 3.sql
alter view v set (security_invoker = off);

-- case: it never had one
-- with: t rls
create view v as select id from t;
-- file: 2.sql
create or replace view v as select id, status from t;

-- case: the barrier of a view that leaves nothing out
create view v with (security_barrier) as select 'a' as name union all select 'b';
-- file: 2.sql
create or replace view v as select 'a' as name union all select 'c';

-- case: the barrier of a view of all rows
create table t (id int primary key, name text);
create view v with (security_barrier) as select id from t;
-- file: 2.sql
create or replace view v as select id, name from t;

-- case: the barrier above a view that filters
-- finds: info public.w
create table t (id int primary key, name text, hidden boolean);
create view v as select id, name from t where not hidden;
create view w with (security_barrier) as select id from v;
-- file: 2.sql
create or replace view w as select id, name from v;

-- case: the barrier of what another query leaves
-- finds: info public.v
create table t (id int primary key);
create table u (id int primary key);
create view v with (security_barrier) as select id from t except select id from u;
-- file: 2.sql
create or replace view v as select id from t except select id from u;
