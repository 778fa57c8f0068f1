-- case: any member changes any
-- with: orgs
-- finds: error public.members
create function is_member(p uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.members m where m.org_id = p and m.user_id = (select auth.uid())) $$;
create policy u on members for update to authenticated using (is_member(org_id));

-- case: by a list of one's tenants
-- with: orgs
-- finds: error public.members
create function my_orgs() returns setof uuid language sql stable security definer set search_path = ''
  as $$ select m.org_id from public.members m where m.user_id = (select auth.uid()) $$;
create policy u on members for all to authenticated using (org_id in (select my_orgs()));

-- case: one's own
-- with: orgs
-- finds: error public.members
create policy u on members for update to authenticated using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and org_id in (select m.org_id from members m where m.user_id = auth.uid()));

-- case: members add members in any role
-- with: orgs
-- finds: error public.members
create function is_member(p uuid) returns boolean language plpgsql stable security definer set search_path = '' as $$
  begin return exists (select 1 from public.members m where m.org_id = p and m.user_id = auth.uid()); end $$;
create policy i on members for insert to authenticated with check (is_member(org_id));

-- case: owners only
-- with: orgs
create function manages(p uuid) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.members m where m.org_id = p and m.user_id = auth.uid() and m.role = 'owner') $$;
create policy u on members for update to authenticated using (manages(org_id));

-- case: a helper that is told the role
-- with: orgs
create function has_role(p uuid, p_role text) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.members m where m.org_id = p and m.user_id = auth.uid() and m.role = p_role) $$;
create policy u on members for update to authenticated using (has_role(org_id, 'owner'));

-- case: the owner of the tenant
-- with: orgs
alter table orgs add column owner_id uuid;
create policy u on members for update to authenticated
  using (org_id in (select o.id from orgs o where o.owner_id = (select auth.uid())));

-- case: the new row stays a plain member's
-- with: orgs
create function is_member(p uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.members m where m.org_id = p and m.user_id = (select auth.uid())) $$;
create policy i on members for insert to authenticated with check (is_member(org_id) and role = 'member');

-- case: the role is not granted
-- with: orgs
create function is_member(p uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.members m where m.org_id = p and m.user_id = (select auth.uid())) $$;
alter table members add column nickname text;
revoke update on members from anon, authenticated;
grant update (nickname) on members to authenticated;
create policy u on members for update to authenticated using (is_member(org_id));

-- case: a trigger keeps the role
-- with: orgs
create policy u on members for update to authenticated using (user_id = (select auth.uid()));
create function keep() returns trigger language plpgsql as $$
  begin if new.role <> old.role or new.org_id <> old.org_id then raise exception 'no'; end if; return new; end $$;
create trigger keep before update on members for each row execute function keep();

-- case: members only leave
-- with: orgs
create policy d on members for delete to authenticated using (user_id = (select auth.uid()));

-- case: no role at all
create table orgs (id uuid primary key);
create table members (user_id uuid, org_id uuid references orgs (id), nickname text, primary key (user_id, org_id));
alter table orgs enable row level security;
alter table members enable row level security;
create policy r on orgs for select to authenticated
  using (id in (select m.org_id from members m where m.user_id = (select auth.uid())));
create function is_member(p uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.members m where m.org_id = p and m.user_id = (select auth.uid())) $$;
create policy u on members for update to authenticated using (is_member(org_id));

-- case: a helper that no migration makes
-- with: orgs
alter policy mine on members using (true);
create schema app;
create function app.may(uuid) returns boolean language plpgsql stable as $$ declare r boolean; begin
  execute 'select true' into r; return r and auth.uid() is not null; end $$;
create policy u on members for update to authenticated using (app.may(org_id));
