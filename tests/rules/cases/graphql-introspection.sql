-- case: visitors can ask
-- with: t rls
-- finds: info pg_graphql
create extension pg_graphql;
create policy p on t for select using (user_id = (select auth.uid()));

-- case: nobody may select
-- platform: supabase-explicit
create extension pg_graphql;
create table public.jobs (id bigint primary key);

-- case: no extension
-- with: t rls
create policy p on t for select using (user_id = (select auth.uid()));
