-- case: an id
-- with: t rls
-- finds: warning public.t.p
create policy p on t to authenticated using (auth.uid() = '11111111-1111-4111-8111-111111111111');

-- case: addresses
-- with: t rls
-- finds: warning public.t.p
create policy p on t to authenticated using (lower(auth.jwt() ->> 'email') = any (array['a@example.org', 'b@example.org']));

-- case: a tenant
-- with: t rls
-- finds: warning public.t.p
create policy p on t for select to authenticated
  using (org_id = '11111111-1111-4111-8111-111111111111' and (select auth.uid()) is not null);

-- case: in one of two branches
-- with: t rls
-- finds: warning public.t.p
create policy p on t to authenticated using (user_id = auth.uid() or auth.email() = 'boss@example.org');

-- case: nobody's id
-- with: t rls
create policy p on t for select using (org_id = '00000000-0000-0000-0000-000000000000' or user_id = auth.uid());

-- case: a role
-- with: t rls
create policy p on t to authenticated using ((select auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');

-- case: a status
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid() and status = '11111111-1111-4111-8111-111111111111');

-- case: the person's own address
-- with: t rls
create policy p on t to authenticated using (email = (select auth.email()));

-- case: no address
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid() and coalesce(auth.email(), '') <> '');

-- case: no client meets it
-- with: t rls
create policy p on t to service_role using (org_id = '11111111-1111-4111-8111-111111111111');
