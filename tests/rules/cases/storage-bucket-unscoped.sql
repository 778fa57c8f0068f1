-- case: always true
-- finds: error storage.objects.p
create policy p on storage.objects for insert to authenticated with check (true);

-- case: signed in is all it asks
-- finds: error storage.objects.p
create policy p on storage.objects for delete using (auth.role() = 'authenticated');

-- case: only reading
-- finds: warning storage.objects.p
create policy p on storage.objects for select using (true);

-- case: one alternative forgot it
-- finds: warning storage.objects.p
create policy p on storage.objects for select to authenticated using (bucket_id = 'a' or name like 'shared/%');

-- case: each alternative asks
create policy p on storage.objects for select to authenticated
  using ((bucket_id = 'a' and name like 'x/%') or bucket_id = any (array['b', 'c']));

-- case: a bucket of a table
create table public.shared (bucket text primary key);
alter table public.shared enable row level security;
create policy p on storage.objects for select to authenticated using (bucket_id in (select s.bucket from public.shared as s));

-- case: own files, wherever they are
create policy p on storage.objects for delete to authenticated using (owner_id = (select auth.uid())::text);

-- case: administrators
create table public.staff (user_id uuid primary key);
alter table public.staff enable row level security;
create policy p on storage.objects for all to authenticated
  using (exists (select 1 from public.staff as s where s.user_id = (select auth.uid())));

-- case: the backend
create policy p on storage.objects for all to service_role using (true);

-- case: another table
-- with: t rls
create policy p on t for insert to authenticated with check (true);
