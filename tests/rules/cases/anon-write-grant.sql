-- case: by the row alone
-- with: n rls
-- finds: error public.t
create policy p on t for update using (status = 'open');

-- case: for those signed in
-- with: n rls
create policy p on t for update to authenticated using (status = 'open');

-- case: own rows are nobody's to a visitor
-- with: t rls
create policy p on t using (user_id = auth.uid());

-- case: a form
-- with: n rls
-- finds: warning public.t
create policy p on t for insert with check (status = 'new');

-- case: a form that says so
-- with: n rls
-- finds: info public.t
create policy p on t for insert to anon with check (status = 'new');

-- case: a helper that asks who
create function is_admin() returns boolean language plpgsql stable security definer set search_path = '' as $$
  begin perform 1; return auth.jwt() ->> 'x' = 'y'; end $$;
create table t (id bigint primary key, status text, is_open boolean not null default false);
alter table t enable row level security;
create policy p on t using (is_admin());

-- case: true is another rule's
-- with: n rls
create policy p on t for update using (true);

-- case: a grant that is idle
-- with: n rls
-- finds: info public.t
grant insert on t to anon;
create policy p on t for insert to authenticated with check (true);

-- case: idle default grants are not worth a word
-- with: n rls
create policy p on t for select using (true);

-- case: a broken policy is none
-- with: n rls
create policy p on t for update using (case when old.status is distinct from new.status then false else true end);
