-- case: reading is info
-- with: t rls
-- finds: info public.t.p
create policy p on t for select using (auth.role() = 'authenticated');

-- case: writing
-- with: t rls
-- finds: warning public.t.p
create policy p on t for delete using ((select auth.uid()) is not null);

-- case: asked besides
-- with: t rls
create policy p on t for delete using (auth.uid() is not null and user_id = auth.uid());

-- case: the backend
-- with: t rls
create policy p on t using (auth.role() = 'service_role');
