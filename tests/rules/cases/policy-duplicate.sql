-- case: equal
-- with: t rls
-- finds: info public.t.q
create policy p on t for select using (user_id = auth.uid());
create policy q on t for select using (user_id = auth.uid());

-- case: turned and wrapped
-- with: t rls
-- finds: info public.t.q
create policy p on t for select using (is_open and user_id = auth.uid() and status = 'a');
create policy q on t for select using ((status = 'a' and (select auth.uid()) = user_id) and is_open);

-- case: three of a kind
-- with: t rls
-- finds: info public.t.q
-- finds: info public.t.r
create policy p on t for select using (is_open);
create policy q on t for select using (is_open);
create policy r on t for select using (is_open);

-- case: a check that repeats USING
-- with: t rls
-- finds: info public.t.q
create policy p on t for update using (user_id = auth.uid());
create policy q on t for update using (user_id = auth.uid()) with check (user_id = auth.uid());

-- case: another command, role, kind, condition
-- with: t rls
create policy p on t for select to authenticated using (user_id = auth.uid());
create policy q on t for delete to authenticated using (user_id = auth.uid());
create policy r on t for select to anon using (user_id = auth.uid());
create policy s on t as restrictive for select to authenticated using (user_id = auth.uid());
create policy u on t for select to authenticated using (owner = auth.uid());

-- case: another check
-- with: t rls
create policy p on t for update using (user_id = auth.uid());
create policy q on t for update using (user_id = auth.uid()) with check (is_open);

-- case: smaller is not the same the other way round
-- with: t rls
create policy p on t for select using (id < 4);
create policy q on t for select using (4 < id);
