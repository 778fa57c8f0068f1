-- case: all that the table takes
-- with: t rls
-- finds: error public.v
create view v as select * from t;

-- case: some columns, and only to change
-- platform: supabase-explicit
-- with: t rls
-- finds: error public.v
create view v as select id, status from t where is_open;
grant update on v to authenticated;

-- case: by way of another view
-- with: t rls
-- finds: error public.a
-- finds: error public.v
create view a as select id, status from t;
create view v as select status from a;

-- case: all may read, not write
-- with: t rls
-- finds: error public.v
create policy p on t for select using (true);
create view v as select id, status from t;

-- case: a filter for reading does not hold new rows
-- with: t rls
-- finds: warning public.v
create view v as select id, user_id from t where user_id = auth.uid();

-- case: unless it is checked
-- with: t rls
-- finds: info public.v
create view v as select id, user_id from t where user_id = auth.uid() with check option;

-- case: as the caller
-- with: t rls
create view v with (security_invoker = on) as select * from t;

-- case: nobody may write through it
-- with: t rls
create view v as select * from t;
revoke insert, update, delete on v from anon, authenticated;

-- case: no view for writing
-- with: t rls
create view v as select count(*) as n from t;
create view w as select distinct status from t;
create view x as select id from t limit 10;
create view y as select t.id from t join t as u on u.id = t.id;

-- case: no RLS below
-- with: n
create view v as select * from t;

-- case: a trigger takes over
-- with: t rls
create view v as select id, status from t;
create function f() returns trigger language plpgsql set search_path = '' as 'begin return new; end';
create trigger f instead of insert or update or delete on v for each row execute function f();

-- case: not in the API
-- with: t rls
create schema private;
create view private.v as select * from t;
grant all on private.v to authenticated;

-- case: the owner is bound
create role app nologin;
grant app to postgres;
grant create on schema public to app;
create table t (id int);
alter table t enable row level security, force row level security;
create view v as select * from t;
grant select, insert on t to app;
alter view v owner to app;

-- case: to be signed in is no filter
-- with: t rls
-- finds: error public.v
create view v as select id, user_id from t where auth.uid() is not null;

-- case: what visitors do not see they cannot change, but new rows are not held to it
-- platform: supabase-explicit
-- with: t rls
-- finds: error public.v
create view v as select id, status from t where auth.uid() is not null;
grant insert, update on v to anon;

-- case: visitors see nothing and may only change
-- platform: supabase-explicit
-- with: t rls
create view v as select id, status from t where auth.uid() is not null;
grant select, update, delete on v to anon;

-- case: the rows that nobody signed in may see, with new rows held to that
-- platform: supabase-explicit
-- with: t rls
create view v as select id, status from t where auth.uid() is not null with check option;
grant all on v to anon;
