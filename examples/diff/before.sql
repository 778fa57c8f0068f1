-- What the database has today.
create table public.notes (
  id bigint generated always as identity primary key,
  owner_id uuid not null,
  body text,
  shared boolean not null default false
);
create index notes_owner_id_idx on public.notes (owner_id);
alter table public.notes enable row level security;
revoke all on public.notes from anon;
create policy "own notes" on public.notes for select to authenticated
  using (owner_id = auth.uid());
create policy "write own notes" on public.notes for insert to authenticated
  with check (owner_id = auth.uid());
