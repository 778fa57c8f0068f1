-- case: by default privileges
-- with: n rls
-- finds: info public.t

-- case: by GRANT … ON ALL TABLES
-- platform: supabase-explicit
-- with: n rls
-- finds: info public.t
grant select on all tables in schema public to anon;

-- case: granted on this table
-- with: n rls
-- finds: warning public.t
grant select on t to anon;

-- case: for the backend alone
-- with: n rls closed

-- case: a new project grants nothing
-- platform: supabase-explicit
-- with: n rls

-- case: GRANT ALL, as dumps write it for every table
-- platform: supabase-explicit
-- with: n rls
-- finds: info public.t
grant all on table t to anon;
