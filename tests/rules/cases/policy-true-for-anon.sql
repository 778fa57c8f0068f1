-- case: IS NULL OR
-- with: t rls
-- finds: error public.t.p
create policy p on t for select using (auth.uid() is null or user_id = auth.uid());

-- case: coalesce
-- with: t rls
-- finds: error public.t.p
create policy p on t for select using (coalesce(user_id = auth.uid(), true));

-- case: CASE
-- with: t rls
-- finds: error public.t.p
create policy p on t for select using (case when auth.role() = 'anon' then true else user_id = auth.uid() end);

-- case: NOT IN over nothing
-- with: members t rls
-- finds: error public.t.p
create policy p on t for select using (org_id not in (select m.org_id from members m where m.user_id = auth.uid()));

-- case: NOT EXISTS over nothing
-- with: members t rls
-- finds: error public.t.p
create policy p on t for select using (not exists (select 1 from members m where m.user_id = auth.uid() and
  m.role = 'banned'));

-- case: only for those signed in
-- with: t rls
create policy p on t for select to authenticated using (auth.uid() is null or user_id = auth.uid());

-- case: false where nobody is
-- with: t rls
create policy p on t for select using (coalesce(user_id = auth.uid(), false));

-- case: true for everyone is another rule's
-- with: t rls
create policy p on t for select using (true);
