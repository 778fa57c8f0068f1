-- case: another rule says what comes of it
-- with: t rls
-- finds: info public.t
-- file: 2.sql
alter table t disable row level security;

-- case: no client reaches the table
-- with: t rls closed
-- finds: warning public.t
-- file: 2.sql
alter table t disable row level security;

-- case: switched on again in the same file
-- with: t rls
-- file: 2.sql
alter table t disable row level security;
update t set status = 'new';
alter table t enable row level security;

-- case: switched on again later
-- with: t rls
-- file: 2.sql
alter table t disable row level security;
-- file: 3.sql
alter table t enable row level security;

-- case: the table is dropped later
-- with: t rls
-- file: 2.sql
alter table t disable row level security;
-- file: 3.sql
drop table t;

-- case: off, on, off: told once
-- with: t rls closed
-- finds: warning public.t
-- file: 2.sql
alter table t disable row level security;
-- file: 3.sql
alter table t enable row level security;
-- file: 4.sql
alter table t disable row level security;

-- case: it never was on
-- with: t
alter table t disable row level security;

-- case: found under its new name
-- with: t rls closed
-- finds: warning public.u
-- file: 2.sql
alter table t disable row level security;
alter table t rename to u;

-- case: by a DO block
-- with: t rls closed
-- finds: warning public.t
-- file: 2.sql
do $$ begin execute format('alter table %I disable row level security', 't'); end $$;

-- case: forcing makes no difference to an owner that bypasses policies
-- with: t rls
alter table t force row level security;
-- file: 2.sql
alter table t no force row level security;

-- case: an owner who is bound no more
-- finds: warning app.t
create role shop_app nologin;
grant shop_app to postgres;
create schema app authorization shop_app;
set role shop_app;
create table app.t (id int);
alter table app.t enable row level security;
alter table app.t force row level security;
-- file: 2.sql
set role shop_app;
alter table app.t no force row level security;
