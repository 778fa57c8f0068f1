-- case: two for SELECT
-- with: t rls
-- finds: info public.t
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
create policy q on t for select to authenticated using (is_open);

-- case: two commands are one finding
-- with: t rls
-- finds: info public.t
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
create policy q on t for select to authenticated using (is_open);
create policy r on t for update to authenticated using (user_id = (select auth.uid()));
create policy s on t for update to authenticated using (is_open) with check (not is_open);

-- case: two for all
-- with: t rls
-- finds: info public.t
create policy p on t using (user_id = (select auth.uid()));
create policy q on t using (owner = (select auth.uid()));

-- case: one is for all commands
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
create policy q on t for select to authenticated using (is_open);

-- case: other roles
-- with: t rls
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
create policy q on t for select to anon, authenticated using (is_open);

-- case: one is restrictive
-- with: t rls
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
create policy q on t as restrictive for select to authenticated using (is_open);

-- case: equal ones are another rule's
-- with: t rls
create policy p on t for select to authenticated using (is_open);
create policy q on t for select to authenticated using (is_open);

-- case: nobody holds the command
-- platform: supabase-explicit
-- with: t rls
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
create policy q on t for select to authenticated using (is_open);

-- case: for a role that no policy binds
-- with: t rls
create policy p on t for select to service_role using (user_id = (select auth.uid()));
create policy q on t for select to service_role using (is_open);

-- case: one grants nothing
-- with: t rls
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
create policy q on t for select to authenticated;

-- case: two that are equal, and another
-- with: t rls
-- finds: info public.t
create policy p on t for select to authenticated using (is_open);
create policy q on t for select to authenticated using (is_open);
create policy r on t for select to authenticated using (user_id = (select auth.uid()));
