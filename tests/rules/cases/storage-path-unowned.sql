-- case: upload anywhere in the bucket
-- finds: warning storage.objects.p
create policy p on storage.objects for insert to authenticated with check (bucket_id = 'a');

-- case: delete whatever is in it
-- finds: warning storage.objects.p
create policy p on storage.objects for delete using (bucket_id = 'a' and auth.role() = 'authenticated');

-- case: only what they may see is no concern of this rule
create policy p on storage.objects for select using (bucket_id = 'a');

-- case: a folder of one's own
create policy p on storage.objects for insert to authenticated
  with check (bucket_id = 'a' and (storage.foldername(name))[1] = auth.uid()::text);

-- case: by the file's owner
create policy p on storage.objects for update to authenticated using (bucket_id = 'a' and owner = (select auth.uid()));

-- case: members of the folder's organisation
-- with: members
create policy p on storage.objects for insert to authenticated with check (
  bucket_id = 'a' and (storage.foldername(name))[1] in (select m.org_id::text from members as m where m.user_id = (select auth.uid())));

-- case: administrators
create table public.staff (user_id uuid primary key);
alter table public.staff enable row level security;
create policy p on storage.objects for insert to authenticated
  with check (bucket_id = 'a' and exists (select 1 from public.staff as s where s.user_id = (select auth.uid())));

-- case: no bucket is another rule's
create policy p on storage.objects for insert to authenticated with check (true);
