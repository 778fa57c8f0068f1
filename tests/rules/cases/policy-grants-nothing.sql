-- case: INSERT without WITH CHECK
-- with: t rls
-- finds: warning public.t.p
create policy p on t for insert;

-- case: SELECT without USING
-- with: t rls
-- finds: warning public.t.p
create policy p on t for select;

-- case: UPDATE needs no WITH CHECK
-- with: t rls
create policy p on t for update using (user_id = auth.uid());

-- case: FOR ALL needs no WITH CHECK
-- with: t rls
create policy p on t using (user_id = auth.uid());

-- case: FOR ALL without USING
-- with: t rls
-- finds: warning public.t.p
create policy p on t with check (user_id = auth.uid());

-- case: a restrictive one
-- with: t rls
create policy p on t as restrictive for insert;

-- case: for a role that no policy binds
-- with: t rls
create policy p on t for all to service_role with check (true);

-- case: for it and for users
-- with: t rls
-- finds: warning public.t.p
create policy p on t for all to service_role, authenticated with check (user_id = auth.uid());
