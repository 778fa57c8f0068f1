-- case: the whole table is granted by default
-- with: t rls
-- finds: error public.t
revoke update (status) on t from authenticated;

-- case: by a grant in the same file
-- platform: supabase-explicit
-- with: t rls
-- finds: error public.t
grant select on t to anon;
revoke select (email) on t from anon;

-- case: the table is granted to PUBLIC
-- platform: supabase-explicit
-- with: t rls
-- finds: error public.t
grant select on t to public;
revoke select (email) on t from anon;

-- case: said twice
-- with: t rls
-- finds: error public.t
revoke update (status) on t from authenticated;
revoke update (status) on t from authenticated;

-- case: two columns, one after the other
-- with: t rls
-- finds: error public.t
revoke update (status) on t from authenticated;
revoke update (email) on t from authenticated;

-- case: all privileges on a column
-- with: t rls
-- finds: error public.t
revoke all (email) on t from authenticated;

-- case: the table had another name
-- with: t rls
-- finds: error public.u
revoke update (status) on t from authenticated;
alter table t rename to u;

-- case: a role that is no client
-- with: t rls
-- finds: warning public.t
revoke select (email) on t from service_role;

-- case: not in the API
-- finds: warning private.t
create schema private;
create table private.t (id int primary key, email text);
grant select on private.t to authenticated;
revoke select (email) on private.t from authenticated;

-- case: only columns were granted
-- with: t rls closed
grant select (id, email) on t to authenticated;
revoke select (email) on t from authenticated;

-- case: the table is revoked first
-- with: t rls
revoke update on t from authenticated;
grant update (status, email) on t to authenticated;
revoke update (email) on t from authenticated;

-- case: the table is revoked later
-- with: t rls
revoke update (status) on t from authenticated;
-- file: later
revoke update on t from anon, authenticated;
grant update (email) on t to authenticated;

-- case: granted later, on purpose
-- platform: supabase-explicit
-- with: t rls
grant select (id, email) on t to authenticated;
revoke select (email) on t from authenticated;
grant select on t to authenticated;

-- case: another privilege stands
-- with: t rls
revoke update on t from authenticated;
revoke update (status) on t from authenticated;

-- case: the table is gone
-- with: t rls
revoke update (status) on t from authenticated;
drop table t;

-- case: the column is gone
-- with: t rls
revoke update (status) on t from authenticated;
alter table t drop column status;

-- case: the grant option only
-- with: t rls
revoke grant option for select (email) on t from authenticated;
