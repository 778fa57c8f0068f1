create table public.profiles (id uuid primary key references auth.users (id) on delete cascade, name text);
alter table public.profiles enable row level security;
create policy own on public.profiles for all to authenticated using ((select auth.uid()) = id);
create function public.welcome() returns trigger language plpgsql security definer set search_path = ''
  as 'begin insert into public.profiles (id) values (new.id); return new; end';
create trigger on_auth_user_created after insert on auth.users for each row execute function public.welcome();
create policy "avatars are public" on storage.objects for select using (bucket_id = 'avatars');
create policy uploads on storage.objects for insert to authenticated with check (bucket_id = 'avatars');
create index objects_of_owner on storage.objects (owner_id);
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
alter publication supabase_realtime add table public.profiles;
grant select on auth.users to service_role;
revoke all on public.profiles from anon;
comment on table public.profiles is 'people';
alter role authenticator set pgrst.db_schemas = 'public, api';
create schema api;
grant usage on schema api to anon, authenticated;
create view api.names with (security_invoker = on) as select name from public.profiles;
grant select on api.names to anon;
