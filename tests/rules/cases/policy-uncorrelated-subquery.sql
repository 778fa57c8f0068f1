-- case: a member of anything
-- with: t rls members
-- finds: warning public.t.p
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.user_id = (select auth.uid())));

-- case: me among the members
-- with: t rls members
-- finds: warning public.t.p
create policy p on t to authenticated using (auth.uid() in (select m.user_id from members m));

-- case: by a helper
-- with: t rls members
-- finds: warning public.t.p
create function is_member() returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.members m where m.user_id = auth.uid()) $$;
create policy p on t for select to authenticated using (is_member());

-- case: a role in any tenant
-- with: t rls members
-- finds: warning public.t.p
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.user_id = (select auth.uid()) and m.role = 'admin'));

-- case: one branch of two
-- with: t rls members
-- finds: warning public.t.p
create policy p on t for select to authenticated
  using (user_id = (select auth.uid()) or exists (select 1 from members m where m.user_id = (select auth.uid())));

-- case: the key is compared within the sub-query
-- finds: warning public.rooms.p
create table rooms (id bigint primary key);
create table guests (id bigint primary key, room_id bigint references rooms (id), user_id uuid);
alter table rooms enable row level security;
create policy p on rooms for select to authenticated
  using (exists (select 1 from guests g where g.room_id = id and g.user_id = (select auth.uid())));

-- case: nothing in common
-- with: n rls
-- finds: info public.t.p
create table shops (id bigint primary key, owner_id uuid);
create policy p on t for insert to authenticated
  with check (exists (select 1 from shops s where s.owner_id = (select auth.uid())));

-- case: only some rows
-- with: t rls members
-- finds: info public.t.p
create policy p on t for select to authenticated
  using (status = 'published' and exists (select 1 from members m where m.user_id = (select auth.uid())));

-- case: in what state the membership is says nothing of the row
-- with: t rls
-- finds: warning public.t.p
create table joined (user_id uuid, org_id uuid, is_active boolean, primary key (user_id, org_id));
create policy p on t for select to authenticated
  using (exists (select 1 from joined j where j.user_id = (select auth.uid()) and j.is_active));

-- case: tied to the row
-- with: t rls members
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.user_id = (select auth.uid()) and m.org_id = t.org_id));

-- case: tied by an outer comparison
-- with: t rls members
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: own rows besides
-- with: t rls members
create policy p on t for select to authenticated
  using (user_id = (select auth.uid()) and exists (select 1 from members m where m.user_id = (select auth.uid())));

-- case: administrators of all
-- with: t rls
create table admins (user_id uuid primary key);
create policy p on t to authenticated using (exists (select 1 from admins a where a.user_id = (select auth.uid())));

-- case: a role that is held once
-- with: t rls
create table profiles (id uuid primary key, role text, org_id uuid);
create policy p on t to authenticated
  using (exists (select 1 from profiles s where s.id = (select auth.uid()) and s.role = 'admin'));

-- case: a flag as a value
-- with: t rls
create table profiles (id uuid primary key, is_super_admin boolean);
create policy p on t to authenticated using ((select is_super_admin from profiles s where s.id = (select auth.uid())));

-- case: a role that may be held without a tenant
-- with: t rls
create table user_roles (user_id uuid, org_id uuid, role text, unique (user_id, org_id, role));
create policy p on t to authenticated
  using (exists (select 1 from user_roles u where u.user_id = (select auth.uid()) and u.role = 'admin'));

-- case: what the request is about
-- with: t rls members
create policy p on t for select to authenticated using (exists (select 1 from members m
  where m.user_id = (select auth.uid()) and m.org_id::text = realtime.topic()));

-- case: compared with itself is another rule's
-- with: t rls members
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.user_id = (select auth.uid()) and m.org_id = m.org_id));

-- case: open to all anyway
-- with: t rls members
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.user_id = (select auth.uid())));
create policy q on t for select using (true);

-- case: a special person as well
-- with: t rls members
create policy p on t for select to authenticated using ((select auth.jwt() -> 'app_metadata' ->> 'role') = 'x'
  and exists (select 1 from members m where m.user_id = (select auth.uid())));

-- case: restrictive
-- with: t rls members
create policy q on t for select to authenticated using (user_id = (select auth.uid()));
create policy p on t as restrictive for select to authenticated
  using (exists (select 1 from members m where m.user_id = (select auth.uid())));
