-- What a branch makes of it: the policies ask once for each query, and the first one says more than its author meant.
create table public.notes (
  id bigint generated always as identity primary key,
  owner_id uuid not null,
  body text not null,
  shared boolean not null default false
);
create index notes_owner_id_idx on public.notes (owner_id);
create index notes_shared_idx on public.notes (shared);
alter table public.notes enable row level security;
revoke all on public.notes from anon;
create policy "own notes" on public.notes for select to authenticated
  using (owner_id = (select auth.uid()) or shared);
create policy "write own notes" on public.notes for insert to authenticated
  with check ((select auth.uid()) = owner_id);
