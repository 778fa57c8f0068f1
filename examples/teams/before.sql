create table public.teams (id bigint generated always as identity primary key, name text not null);
create table public.members (
  team_id bigint not null references public.teams (id),
  user_id uuid not null references auth.users (id),
  primary key (team_id, user_id)
);
create table public.notes (
  id bigint generated always as identity primary key,
  team_id bigint not null references public.teams (id),
  body text not null
);
alter table public.teams enable row level security;
alter table public.members enable row level security;
alter table public.notes enable row level security;
create policy "who is in what" on public.members for select to authenticated using (user_id = (select auth.uid()));
create policy "notes of the team" on public.notes for all to authenticated
  using (exists (select 1 from public.members m where m.team_id = notes.team_id and m.user_id = (select auth.uid())));
grant select on public.members to authenticated;
grant select, insert, update, delete on public.notes to authenticated;
