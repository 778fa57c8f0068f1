-- case: for all
-- with: t rls
-- finds: error public.t.p
create policy p on t to authenticated using (user_id = (select auth.uid())) with check (status = 'new');

-- case: updated into what everybody reads
-- with: t rls
-- finds: error public.t.p
create policy p on t for update to authenticated using (user_id = (select auth.uid())) with check (true);
create policy q on t for select to authenticated using (is_open);

-- case: only blind updates
-- with: t rls
-- finds: warning public.t.p
create policy p on t for update to authenticated using (user_id = (select auth.uid())) with check (status = 'new');
create policy q on t for select to authenticated using (user_id = (select auth.uid()));

-- case: a tenant
-- with: t rls members
-- finds: error public.t.p
create policy p on t to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())))
  with check (org_id is not null);

-- case: own rows into another tenant
-- with: t rls members
-- finds: warning public.t.p
create policy p on t to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())))
  with check (user_id = (select auth.uid()));

-- case: one of two ways in is forgotten altogether
-- with: t rls members
-- finds: error public.t.p
create policy p on t to authenticated
  using (user_id = (select auth.uid()) or owner = (select auth.uid())) with check (status = 'new');

-- case: out of the REST API
-- finds: warning s.t.p
create schema s;
create table s.t (id int primary key, user_id uuid, status text);
grant usage on schema s to authenticated;
grant select, insert, update on s.t to authenticated;
alter table s.t enable row level security;
create policy p on s.t to authenticated using (user_id = (select auth.uid())) with check (status = 'new');

-- case: USING stands for both
-- with: t rls
create policy p on t for update to authenticated using (user_id = (select auth.uid()));

-- case: both ask
-- with: t rls
create policy p on t to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()) and status = 'new');

-- case: handed on within the tenant
-- with: t rls members
create policy p on t to authenticated
  using (user_id = (select auth.uid()))
  with check (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: handed on by a special person
-- with: t rls
create policy p on t to authenticated
  using (user_id = (select auth.uid())) with check ((select auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');

-- case: a restrictive policy asks
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid())) with check (status = 'new');
create policy q on t as restrictive to authenticated using (user_id = (select auth.uid()));

-- case: a trigger sets the column
-- with: t rls
create function mine() returns trigger language plpgsql as
  $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger mine before insert or update on t for each row execute function mine();
create policy p on t to authenticated using (user_id = (select auth.uid())) with check (status = 'new');

-- case: a trigger keeps the column
-- with: t rls
create function stays() returns trigger language plpgsql as
  $$ begin if new.user_id <> old.user_id then raise exception 'no'; end if; return new; end $$;
create trigger stays before update on t for each row execute function stays();
create policy p on t for update to authenticated using (user_id = (select auth.uid())) with check (true);

-- case: the column cannot be written
-- with: t rls closed
grant select, delete on t to authenticated;
grant update (status) on t to authenticated;
create policy p on t for update to authenticated using (user_id = (select auth.uid())) with check (true);

-- case: any row at all is another rule's
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid())) with check (true);

-- case: rows of visitors are another rule's
-- with: t rls
create policy p on t using (user_id = (select auth.uid())) with check (status = 'new');

-- case: USING does not ask either
-- with: t rls
create policy p on t for update to authenticated using (status = 'draft') with check (status = 'sent');

-- case: new rows ask only that there is a user
-- with: t rls
-- finds: error public.t.p
create policy p on t using (user_id = (select auth.uid())) with check ((select auth.uid()) is not null);

-- case: the storage service says whose a file is
create policy p on storage.objects for update to authenticated
  using (owner = (select auth.uid())) with check (bucket_id = 'avatars');

-- case: but not in whose folder it is
-- finds: error storage.objects.p
create policy p on storage.objects for update to authenticated
  using ((storage.foldername(name))[1] = (select auth.uid())::text) with check (bucket_id = 'avatars');
create policy q on storage.objects for select using (bucket_id = 'avatars');
