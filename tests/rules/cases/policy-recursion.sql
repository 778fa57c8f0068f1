-- case: a sub-query on its own table
-- with: t rls
-- finds: error public.t.p
create policy p on t for select to authenticated
  using (exists (select 1 from t x where x.org_id = t.org_id and x.user_id = (select auth.uid())));

-- case: a check of one's own role
-- with: t rls
-- finds: error public.t.p
create policy p on t to authenticated
  using ((select x.status from t x where x.user_id = (select auth.uid()) limit 1) = 'admin');

-- case: one of two permissive policies is enough
-- with: t rls
-- finds: error public.t.p
create policy q on t for select to authenticated using (true);
create policy p on t for select to authenticated using (id in (select x.id from t x));

-- case: a condition that is never true is planned all the same
-- with: t rls
-- finds: error public.t.p
create policy p on t for select to authenticated using (false and exists (select 1 from t x));

-- case: a restrictive one beside a permissive one
-- with: t rls
-- finds: error public.t.p
create policy q on t for select to authenticated using (true);
create policy p on t as restrictive for select to authenticated using (id in (select x.id from t x));

-- case: by way of a view of the caller's rights
-- with: t rls
-- finds: error public.t.p
create view v with (security_invoker = on) as select * from t;
create policy p on t for select to authenticated using (exists (select 1 from v where v.org_id = t.org_id));

-- case: a view of its owner's rights over one of the caller's
-- with: t rls
-- finds: error public.t.p
create view v with (security_invoker = on) as select * from t;
create view w as select * from v;
create policy p on t for select to authenticated using (exists (select 1 from w where w.org_id = t.org_id));

-- case: inserting, where reading has a scalar sub-query
-- with: t rls
-- finds: error public.t.p
create policy q on t for select to authenticated using (user_id = (select auth.uid()));
create policy p on t for insert to authenticated with check (not exists (select 1 from t x where x.id = t.id + 1));

-- case: a function of the caller's rights
-- with: t rls
-- finds: error public.t.p
create function mine() returns boolean language sql stable as
  $$ select exists (select 1 from t x where x.status = 'a') $$;
create policy p on t for select to authenticated using (mine());

-- case: a function that another condition may spare
-- with: t rls
-- finds: warning public.t.p
create function mine() returns boolean language plpgsql stable as
  $$ begin return exists (select 1 from t x where x.status = 'a'); end $$;
create policy p on t for select to authenticated using (user_id = auth.uid() or mine());

-- case: no client reaches the table
-- with: t rls closed
-- finds: warning public.t.p
create policy p on t for select to authenticated using (id in (select x.id from t x));

-- case: inserting, where reading has no sub-query
-- with: t rls
create policy q on t for select to authenticated using (user_id = auth.uid());
create policy p on t for insert to authenticated with check (not exists (select 1 from t x where x.id = t.id + 1));

-- case: inserting, where nobody reads
-- with: t rls
create policy p on t for insert to authenticated with check (not exists (select 1 from t x where x.id = t.id + 1));

-- case: a definer helper of an exempt owner breaks it
-- with: t rls
create function mine() returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.t x where x.status = 'a') $$;
create policy p on t for select to authenticated using (mine());

-- case: of two functions of a name the one that is called
-- with: t rls
create function mine(who uuid) returns boolean language sql stable as
  $$ select exists (select 1 from t x where x.user_id = who) $$;
create function mine() returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.t x where x.status = 'a') $$;
create policy p on t for select to authenticated using (mine());

-- case: a view of its owner's rights
-- with: t rls
create view v as select * from t;
revoke all on v from anon;
create policy p on t for select to authenticated using (exists (select 1 from v where v.org_id = t.org_id));

-- case: a materialised view has no policies
-- with: t rls
create materialized view v as select * from t;
revoke all on v from anon;
create policy p on t for select to authenticated using (exists (select 1 from v where v.org_id = t.org_id));

-- case: a policy for others
-- with: t rls
create policy q on t for select to authenticated using (user_id = (select auth.uid()));
create policy p on t for select to service_role using (exists (select 1 from t x));

-- case: row level security is off
-- with: t
create policy p on t for select to authenticated using (exists (select 1 from t x));

-- case: another table
-- with: t rls members
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));
