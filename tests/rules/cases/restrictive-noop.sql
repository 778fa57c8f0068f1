-- case: true
-- with: t rls
-- finds: warning public.t.q
create policy p on t using (user_id = (select auth.uid()));
create policy q on t as restrictive using (true);

-- case: true by folding
-- with: t rls
-- finds: warning public.t.q
create policy p on t for select using (user_id = (select auth.uid()));
create policy q on t as restrictive for select using (1 = 1 or is_open);

-- case: signed in, for those who are
-- with: t rls
-- finds: warning public.t.q
create policy p on t to authenticated using (user_id = (select auth.uid()));
create policy q on t as restrictive to authenticated using ((select auth.uid()) is not null);

-- case: no expression
-- with: t rls
-- finds: warning public.t.q
create policy p on t using (user_id = (select auth.uid()));
create policy q on t as restrictive for select;

-- case: for a role that no policy binds
-- with: t rls
-- finds: info public.t.q
create policy p on t using (user_id = (select auth.uid()));
create policy q on t as restrictive to service_role using (true);

-- case: signed in, for everybody
-- with: t rls
create policy p on t using (is_open);
create policy q on t as restrictive using ((select auth.uid()) is not null);

-- case: only the new rows are restricted
-- with: t rls
create policy p on t using (user_id = (select auth.uid()));
create policy q on t as restrictive for update using (true) with check (status = 'draft');

-- case: all but new rows are free
-- with: t rls
create policy p on t using (user_id = (select auth.uid()));
create policy q on t as restrictive with check (status = 'draft');

-- case: without anything to restrict it is another rule's
-- with: t rls
create policy q on t as restrictive using (true);

-- case: a claim
-- with: t rls
create policy p on t using (user_id = (select auth.uid()));
create policy q on t as restrictive using ((select auth.jwt() ->> 'aal') = 'aal2');

-- case: a freeze
-- with: t rls
create policy p on t using (user_id = (select auth.uid()));
create policy q on t as restrictive for delete using (false);

-- case: permissive and true
-- with: t rls
create policy p on t for select using (true);
