-- case: not distinct
-- with: t rls
-- finds: error public.t.p
create policy p on t for select using (owner is not distinct from auth.uid());

-- case: written the other way round
-- with: t rls
-- finds: error public.t.p
create policy p on t for select using (not (auth.uid() is distinct from owner));

-- case: one default for both
-- with: t rls
-- finds: error public.t.p
create policy p on t for select using (coalesce(owner::text, '') = coalesce((select auth.uid())::text, ''));

-- case: spelled out
-- with: t rls
-- finds: error public.t.p
create policy p on t for select using (owner = auth.uid() or (owner is null and auth.uid() is null));

-- case: by a helper
-- with: t rls
-- finds: error public.t.p
create function is_me(who uuid) returns boolean language sql stable as 'select who is not distinct from auth.uid()';
create policy p on t for select using (is_me(owner));

-- case: a claim that users may lack
-- with: t rls
-- finds: warning public.t.p
create policy p on t for select to authenticated
  using (org_id is not distinct from ((select auth.jwt()) -> 'app_metadata' ->> 'org_id')::uuid);

-- case: a setting that may be empty
-- with: t rls
-- finds: warning public.t.p
create policy p on t for select to authenticated
  using (org_id is not distinct from (current_setting('app.org', true))::uuid);

-- case: who is signed in has an id
-- with: t rls
-- finds: info public.t.p
create policy p on t for select to authenticated using (owner is not distinct from auth.uid());

-- case: visitors hold nothing
-- with: t rls closed
-- finds: info public.t.p
grant select on t to authenticated;
create policy p on t for select using (owner is not distinct from auth.uid());

-- case: never NULL
-- with: t rls
create policy p on t for select using (user_id is not distinct from auth.uid());

-- case: the primary key
-- with: t rls
create policy p on t for select using (id is not distinct from (auth.jwt() ->> 'x')::bigint);

-- case: equal
-- with: t rls
create policy p on t for select using (owner = auth.uid());

-- case: only for who is signed in
-- with: t rls
create policy p on t for select using (auth.uid() is not null and owner is not distinct from auth.uid());

-- case: rows of nobody are for all
-- with: t rls
create policy p on t for select using (owner is null or owner = auth.uid());

-- case: false for want of a value
-- with: t rls
create policy p on t for select using (coalesce(owner = auth.uid(), false));

-- case: two columns
-- with: t rls
create policy p on t for select using (owner is not distinct from org_id and user_id = auth.uid());

-- case: nobody reads the table
-- with: t rls closed
create policy p on t for select using (owner is not distinct from auth.uid());
