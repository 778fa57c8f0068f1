-- case: anybody may list
-- finds: warning storage.objects.p
insert into storage.buckets (id, name, public) values ('a', 'a', true);
create policy p on storage.objects for select using (bucket_id = 'a');

-- case: signed-in users may list several
-- finds: warning storage.objects.p
insert into storage.buckets (id, name, public) values ('a', 'a', true), ('b', 'b', false);
create policy p on storage.objects for select to authenticated using (bucket_id in ('a', 'b') and auth.uid() is not null);

-- case: a private bucket
insert into storage.buckets (id, name, public) values ('a', 'a', false);
create policy p on storage.objects for select using (bucket_id = 'a');

-- case: a bucket that is private by default
insert into storage.buckets (id, name) values ('a', 'a');
create policy p on storage.objects for select using (bucket_id = 'a');

-- case: only their own files
insert into storage.buckets (id, name, public) values ('a', 'a', true);
create policy p on storage.objects for select to authenticated
  using (bucket_id = 'a' and (storage.foldername(name))[1] = (select auth.uid())::text);

-- case: writing is no listing
insert into storage.buckets (id, name, public) values ('a', 'a', true);
create policy p on storage.objects for insert to authenticated
  with check (bucket_id = 'a' and (storage.foldername(name))[1] = (select auth.uid())::text);

-- case: the backend
insert into storage.buckets (id, name, public) values ('a', 'a', true);
create policy p on storage.objects for select to service_role using (bucket_id = 'a');
