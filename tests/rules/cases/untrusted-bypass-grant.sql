-- case: TRUNCATE by its name
-- with: t rls closed
-- finds: warning public.t
grant select, truncate on t to authenticated;

-- case: two of them, to two roles
-- with: t rls closed
-- finds: warning public.t
grant references, trigger on t to anon, authenticated;

-- case: the platform's defaults are said once for the schema
-- with: t rls members
-- finds: info public
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: the rest of them that a new project has
-- platform: supabase-explicit
-- with: t rls members
-- finds: info public
grant select on t to authenticated;

-- case: GRANT ALL is said once for the schema, too
-- platform: supabase-explicit
-- with: t rls
-- finds: info public
revoke all on t from anon, authenticated;
grant all on t to authenticated;

-- case: PUBLIC has all, on a database of one's own
-- platform: postgres
-- finds: warning public
create table t (id int primary key);
grant all on t to public;

-- case: rows only
-- with: t rls closed
grant select, insert, update, delete on t to anon, authenticated;

-- case: taken back
-- with: t rls closed
grant truncate on t to authenticated;
revoke truncate on t from authenticated;

-- case: the service role may
-- with: t rls closed
grant all on t to service_role;

-- case: a table that is none of the API's
create schema private;
create table private.t (id int primary key);
grant truncate on private.t to authenticated;
