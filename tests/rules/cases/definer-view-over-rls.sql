-- case: no RLS below
-- with: n
create view v as select * from t;

-- case: by way of another view
-- with: t rls
-- finds: error public.v
create view a as select * from t;
revoke all on a from anon, authenticated;
create view v as select * from a;
revoke insert, update, delete on v from anon, authenticated;

-- case: one can write through it besides, which is told elsewhere
-- with: t rls
-- finds: info public.v
create view v as select * from t;

-- case: an invoker view over a definer view: the inner one is to blame
-- with: t rls
-- finds: error public.a
create view a as select * from t;
revoke all on a from anon, authenticated;
grant select on a to anon;
create view v with (security_invoker) as select * from a;

-- case: a definer view over an invoker view
-- with: t rls
create view a with (security_invoker) as select * from t;
create view v as select * from a;

-- case: the option is lost by CREATE OR REPLACE
-- with: t rls
-- finds: error public.v
create view v with (security_invoker = on) as select id from t;
create or replace view v as select id from t;
revoke insert, update, delete on v from anon, authenticated;

-- case: all may read the table anyway
-- with: t rls
create policy p on t for select using (true);
create view v as select * from t;

-- case: the owner is bound
create role app nologin;
grant app to postgres;
grant create on schema public to app;
create table t (id int);
alter table t enable row level security, force row level security;
create view v as select * from t;
grant select on t to app;
alter view v owner to app;

-- case: it asks who reads it
-- with: t rls
-- finds: info public.v
create view v as select id from t where user_id = auth.uid();

-- case: nobody reads it
-- with: t rls
create view v as select * from t;
revoke all on v from anon, authenticated;

-- case: visitors who are not signed in see nothing
-- platform: supabase-explicit
-- with: t rls
create view v as select id from t where auth.uid() is not null;
grant select on v to anon;

-- case: those who are signed in see all
-- platform: supabase-explicit
-- with: t rls
-- finds: error public.v
create view v as select id from t where auth.uid() is not null;
grant select on v to authenticated;

-- case: some rows, for visitors by name
-- platform: supabase-explicit
-- with: t rls
-- finds: warning public.v
create view v as select id, status from t where is_open;
grant select on v to anon, authenticated;

-- case: all rows, for visitors by name
-- platform: supabase-explicit
-- with: t rls
-- finds: error public.v
create view v as select id, status from t;
grant select on v to anon, authenticated;
