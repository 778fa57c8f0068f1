-- case: rows that policies hide
-- with: t rls
-- finds: error public.v
create materialized view v as select user_id, count(*) as n from t group by user_id;

-- case: by way of a view, even one that would bind its caller
-- with: t rls
-- finds: error public.v
create view a with (security_invoker = on) as select * from t;
create materialized view v as select id from a;

-- case: only columns may be read
-- platform: supabase-explicit
-- with: t rls
-- finds: error public.v
create materialized view v as select id, status from t;
grant select (id) on v to anon;

-- case: what it is made of may be read anyway
-- with: t rls
-- finds: info public.v
create policy p on t for select using (true);
create materialized view v as select * from t;

-- case: no RLS below
-- finds: info public.v
create materialized view v as select 1 as one;

-- case: accounts, which is told elsewhere
-- finds: info public.v
create materialized view v as select id, email from auth.users;

-- case: clients may not read it
-- with: t rls
create materialized view v as select * from t;
revoke all on v from anon, authenticated;

-- case: not in the API
-- with: t rls
create schema private;
create materialized view private.v as select * from t;
grant select on private.v to authenticated;

-- case: a view is another matter
-- with: t rls
create view v as select * from t;
