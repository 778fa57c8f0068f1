-- case: a plain column
-- finds: warning public.d.user_id
create table d (id int primary key, user_id uuid references auth.users (id), body text);
alter table d enable row level security;
create policy p on d to authenticated using (user_id = (select auth.uid()));

-- case: with a default, which an explicit NULL passes by
-- finds: warning public.d.user_id
create table d (id int primary key, user_id uuid default auth.uid());
alter table d enable row level security;
create policy r on d for select using (auth.uid() = user_id);
create policy w on d for insert with check (auth.uid() = user_id);

-- case: administrators see it, too
-- finds: warning public.d.user_id
create function is_admin() returns boolean language sql stable security definer set search_path = ''
  as $$ select (select auth.jwt()) -> 'app_metadata' ->> 'role' = 'admin' $$;
create table d (id int primary key, user_id uuid);
alter table d enable row level security;
create policy p on d to authenticated using (user_id = (select auth.uid()));
create policy a on d to authenticated using (is_admin());

-- case: users only read
-- finds: info public.d.user_id
create table d (id int primary key, user_id uuid);
alter table d enable row level security;
create policy r on d for select to authenticated using (user_id = (select auth.uid()));

-- case: not null
create table d (id int primary key, user_id uuid not null);
alter table d enable row level security;
create policy p on d to authenticated using (user_id = (select auth.uid()));

-- case: not null later
create table d (id int primary key, user_id uuid);
alter table d enable row level security;
create policy p on d to authenticated using (user_id = (select auth.uid()));
-- file: later
alter table d alter column user_id set not null;

-- case: the primary key
create table d (user_id uuid primary key, body text);
alter table d enable row level security;
create policy p on d to authenticated using (user_id = (select auth.uid()));

-- case: rows outlive their owners
create table d (id int primary key, user_id uuid references auth.users (id) on delete set null);
alter table d enable row level security;
create policy p on d to authenticated using (user_id = (select auth.uid()));

-- case: NULL is shared
create table d (id int primary key, user_id uuid);
alter table d enable row level security;
create policy r on d for select to authenticated using (user_id = (select auth.uid()) or user_id is null);
create policy w on d for insert to authenticated with check (user_id = (select auth.uid()));

-- case: one of two
create table d (id int primary key, user_id uuid, org_id uuid, check (num_nonnulls(user_id, org_id) = 1));
alter table d enable row level security;
create policy p on d to authenticated using (user_id = (select auth.uid()));

-- case: a check says so
create table d (id int primary key, user_id uuid check (user_id is not null));
alter table d enable row level security;
create policy p on d to authenticated using (user_id = (select auth.uid()));

-- case: one way of two to see it
-- with: members
create table d (id int primary key, user_id uuid, org_id uuid not null);
alter table d enable row level security;
create policy mine on d for select to authenticated using (user_id = (select auth.uid()));
create policy ours on d for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));
create policy w on d for insert to authenticated with check (user_id = (select auth.uid()));

-- case: visitors leave rows that are nobody's
create table d (id int primary key, user_id uuid, body text);
alter table d enable row level security;
create policy r on d for select to authenticated using (user_id = (select auth.uid()));
create policy w on d for insert to anon, authenticated with check (length(body) < 100);

-- case: an assignee, not an owner
create table d (id int primary key, assignee uuid);
alter table d enable row level security;
create policy p on d to authenticated using (assignee = (select auth.uid()));

-- case: no policy asks for it
-- with: t
alter table t enable row level security;
create policy p on t to authenticated using (is_open);

-- case: RLS is off
create table d (id int primary key, user_id uuid);

-- case: whoever owns a shop sees all
create table shops (id int primary key, user_id uuid not null);
create table d (id int primary key, user_id uuid);
alter table d enable row level security;
create policy r on d for select to authenticated
  using (user_id = auth.uid() or exists (select 1 from shops s where s.user_id = auth.uid()));
create policy w on d for insert to authenticated with check (user_id = auth.uid());

-- case: an administrator besides
-- finds: warning public.d.user_id
create table profiles (id uuid primary key, role text);
create table d (id int primary key, user_id uuid);
alter table d enable row level security;
create policy r on d for select to authenticated
  using (user_id = auth.uid() or exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'boss'));
create policy w on d for insert to authenticated with check (user_id = auth.uid());
