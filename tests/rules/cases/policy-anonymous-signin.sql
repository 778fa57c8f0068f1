-- case: they write like any user
-- with: t rls
-- finds: info public.t
create policy p on t for insert to authenticated with check (user_id = (select auth.uid()));

-- case: it asks for the claim
-- with: t rls
create policy p on t for insert to authenticated
  with check (user_id = (select auth.uid()) and coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false) = false);

-- case: they only read
-- with: t rls
create policy p on t for select to authenticated using (user_id = (select auth.uid()));

-- case: the backend
-- with: t rls
create policy p on t for insert to service_role with check (true);
