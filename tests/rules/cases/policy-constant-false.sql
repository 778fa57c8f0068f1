-- case: false
-- with: t rls
-- finds: info public.t.p
create policy p on t for delete using (false);

-- case: false by folding
-- with: t rls
-- finds: info public.t.p
create policy p on t for select using (1 = 2 and is_open);

-- case: nobody's id, for visitors
-- with: t rls
-- finds: info public.t.p
create policy p on t for select to anon using (user_id = auth.uid());

-- case: both clauses
-- with: t rls
-- finds: info public.t.p
create policy p on t using (false) with check (false);

-- case: only new rows are refused
-- with: t rls
create policy p on t using (user_id = (select auth.uid())) with check (false);

-- case: for whoever is signed in
-- with: t rls
create policy p on t for select using (user_id = auth.uid());

-- case: restrictive
-- with: t rls
create policy q on t using (user_id = (select auth.uid()));
create policy p on t as restrictive for delete using (false);

-- case: for the service role
-- with: t rls
create policy p on t for select using (auth.role() = 'service_role');

-- case: nobody holds the command
-- with: t rls closed
create policy p on t for delete using (false);

-- case: what cannot be told
-- with: t rls
create policy p on t for select to anon using (current_setting('app.key', true) = 'x');
