-- case: it demands more of the same people
-- with: t rls
-- finds: warning public.t.q
create policy p on t for insert to authenticated with check (user_id = (select auth.uid()));
create policy q on t for insert to authenticated with check (user_id = (select auth.uid()) and is_open);

-- case: by a policy for all commands and roles
-- with: t rls
-- finds: warning public.t.q
create policy p on t using (auth.uid() = user_id);
create policy q on t for update to authenticated using ((select auth.uid()) = user_id) with check (auth.uid() = user_id and is_open);

-- case: only reading
-- with: t rls
-- finds: info public.t.q
create policy p on t for select using (is_open or user_id = auth.uid());
create policy q on t for select to authenticated using (user_id = auth.uid());

-- case: open to everybody is another rule's
-- with: t rls
-- finds: info public.t.q
create policy p on t for update using (true);
create policy q on t for update to authenticated using (user_id = auth.uid());

-- case: one branch of the other
-- with: t rls
-- finds: info public.t.q
create policy p on t for delete using (user_id = auth.uid() or owner = auth.uid());
create policy q on t for delete using (owner = auth.uid());

-- case: for another role
-- with: t rls
create policy p on t for update to authenticated using (user_id = auth.uid());
create policy q on t for update using (user_id = auth.uid() and is_open);

-- case: for another command
-- with: t rls
create policy p on t for select using (user_id = auth.uid());
create policy q on t for delete using (user_id = auth.uid() and is_open);

-- case: for more commands
-- with: t rls
create policy p on t for select using (true);
create policy q on t using (user_id = auth.uid());

-- case: the new row may be more
-- with: t rls
create policy p on t for update using (user_id = auth.uid()) with check (user_id = auth.uid() and is_open);
create policy q on t for update using (user_id = auth.uid() and status = 'a') with check (user_id = auth.uid());

-- case: restrictive
-- with: t rls
create policy p on t for insert with check (user_id = auth.uid());
create policy q on t as restrictive for insert with check (is_open);

-- case: equal
-- with: t rls
create policy p on t for delete using (user_id = auth.uid());
create policy q on t for delete using (auth.uid() = user_id);

-- case: each lets by what the other does not
-- with: t rls
create policy p on t for delete using (user_id = auth.uid());
create policy q on t for delete using (owner = auth.uid());
