-- case: a condition on the person is gone
-- with: n rls
-- finds: warning public.t.p
create policy p on t for update to authenticated using ((select auth.jwt()) ->> 'aal' = 'aal2' and status = 'open');
-- file: 2.sql
alter policy p on t using (status = 'open');

-- case: dropped and made again in one file
-- with: n rls
-- finds: warning public.t.q
create policy p on t for update to authenticated using ((select auth.jwt()) ->> 'aal' = 'aal2' and status = 'open');
-- file: 2.sql
drop policy p on t;
create policy q on t for update to authenticated using (status = 'open');

-- case: open to visitors, too
-- with: n rls
-- finds: warning public.t.p
create policy p on t for select to authenticated using (status = 'open');
-- file: 2.sql
alter policy p on t to public;

-- case: another rule says how open it is
-- with: t rls
-- finds: info public.t.p
create policy p on t for update to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
alter policy p on t using (true);

-- case: rows of the group for one's own
-- with: members t rls
-- finds: info public.t.p
create policy p on t for select to authenticated using (user_id = auth.uid());
-- file: 2.sql
alter policy p on t using (org_id in (select m.org_id from members m where m.user_id = auth.uid()));

-- case: more of the same
-- with: t rls
-- finds: info public.t.p
create policy p on t for select to authenticated using (user_id = auth.uid() and status = 'open');
-- file: 2.sql
alter policy p on t using (user_id = auth.uid());

-- case: a restriction is eased
-- with: t rls
-- finds: warning public.t.r
create policy p on t to authenticated using (user_id = auth.uid());
create policy r on t as restrictive for update to authenticated using (status = 'open' and is_open);
-- file: 2.sql
alter policy r on t using (is_open);

-- case: the same in other words
-- with: members t rls
create policy p on t for select to authenticated
  using (user_id = auth.uid() or exists (select 1 from members where members.org_id = t.org_id and user_id = auth.uid()));
-- file: 2.sql
drop policy p on t;
create policy "p, faster" on t for select to authenticated
  using (org_id in (select org_id from members m where (select auth.uid()) = m.user_id) or (select auth.uid()) = user_id);

-- case: narrower
-- with: t rls
create policy p on t for select to authenticated using (user_id = auth.uid() or owner = auth.uid());
-- file: 2.sql
alter policy p on t using (owner = auth.uid());

-- case: split into commands
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid());
-- file: 2.sql
drop policy p on t;
create policy a on t for select to authenticated using (user_id = auth.uid());
create policy b on t for insert to authenticated with check (user_id = auth.uid());
create policy c on t for update to authenticated using (user_id = auth.uid());

-- case: certain persons more
-- with: n rls
create policy p on t for update to authenticated using ((select auth.jwt()) ->> 'role' = 'editor');
-- file: 2.sql
alter policy p on t using ((select auth.jwt()) ->> 'role' in ('editor', 'admin'));

-- case: a helper that cannot be looked into
-- with: members t rls
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.org_id = t.org_id and m.user_id = auth.uid()));
-- file: 2.sql
create function is_member(org uuid) returns boolean language plpgsql stable security definer set search_path = '' as $$
  begin perform 1; return exists (select 1 from public.members m where m.org_id = org and m.user_id = auth.uid()); end $$;
alter policy p on t using (is_member(org_id));

-- case: a policy that is added
-- with: n rls
create policy p on t for update to authenticated using ((select auth.jwt()) ->> 'role' = 'editor');
-- file: 2.sql
create policy q on t for update to authenticated using (status = 'open');

-- case: in one file it never was stricter
-- with: n rls
create policy p on t for update to authenticated using ((select auth.jwt()) ->> 'role' = 'editor');
alter policy p on t using (status = 'open');

-- case: tightened again
-- with: n rls
create policy p on t for update to authenticated using ((select auth.jwt()) ->> 'role' = 'editor');
-- file: 2.sql
alter policy p on t using (status = 'open');
-- file: 3.sql
alter policy p on t using ((select auth.jwt()) ->> 'role' = 'editor');

-- case: widened by one, closed by another
-- with: n rls
create policy p on t for update to authenticated using ((select auth.jwt()) ->> 'role' = 'editor');
-- file: 2.sql
alter policy p on t using (status = 'open');
create policy r on t as restrictive for update using ((select auth.jwt()) ->> 'role' = 'editor');

-- case: new rows that are nobody's
-- with: t rls
create policy p on t for insert with check (user_id = auth.uid());
-- file: 2.sql
alter policy p on t with check (user_id = auth.uid() or (user_id is null and owner is null and org_id is null));

-- case: rows found in a table with policies of its own
-- with: members t rls
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.org_id = t.org_id and m.user_id = auth.uid()));
-- file: 2.sql
alter policy p on t using (exists (select 1 from members m where m.org_id = t.org_id));

-- case: another bucket
create policy p on storage.objects for select to authenticated
  using (bucket_id = 'private' and owner_id = (select auth.uid()::text));
-- file: 2.sql
drop policy p on storage.objects;
create policy p on storage.objects for select to authenticated
  using (bucket_id = 'private' and owner_id = (select auth.uid()::text) or bucket_id = 'avatars');

-- case: no privilege for it
-- platform: supabase-explicit
-- with: n rls
grant select on t to authenticated;
create policy p on t for update to authenticated using ((select auth.jwt()) ->> 'role' = 'editor');
-- file: 2.sql
alter policy p on t using (status = 'open');

-- case: a condition less on what may be written
-- with: members t rls
-- finds: warning public.t.p
create policy p on t for insert to authenticated
  with check (status = 'new' and org_id in (select m.org_id from members m where m.user_id = auth.uid()));
-- file: 2.sql
alter policy p on t with check (org_id in (select m.org_id from members m where m.user_id = auth.uid()));

-- case: a folder of one's own
-- finds: info storage.objects.p
create policy "public files" on storage.objects for delete to authenticated using (bucket_id = 'scratch');
create policy p on storage.objects for delete to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid()::text));
-- file: 2.sql
drop policy p on storage.objects;
create policy p on storage.objects for delete to authenticated using (bucket_id = 'avatars');
