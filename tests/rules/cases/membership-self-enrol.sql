-- case: of any tenant
-- with: orgs
-- finds: error public.members
create policy i on members for insert to authenticated with check (user_id = (select auth.uid()));

-- case: as a plain member
-- with: orgs
-- finds: error public.members
create policy i on members for insert with check (auth.uid() = user_id and role = 'member');

-- case: or as invited by a member
-- with: orgs
-- finds: error public.members
create function is_member(p uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.members m where m.org_id = p and m.user_id = (select auth.uid())) $$;
create policy i on members for insert to authenticated with check (user_id = (select auth.uid()) or is_member(org_id));

-- case: by moving what one has
-- with: orgs
-- finds: error public.members
create policy u on members for update to authenticated using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and role = 'member');

-- case: by one's own profile
-- finds: error public.profiles
create table orgs (id uuid primary key, name text);
create table profiles (id uuid primary key references auth.users (id), org_id uuid references orgs (id), name text);
alter table orgs enable row level security;
alter table profiles enable row level security;
create policy r on orgs for select to authenticated
  using (id = (select p.org_id from profiles p where p.id = (select auth.uid())));
create policy u on profiles for update to authenticated using (id = (select auth.uid()));

-- case: a group that may be open to all
-- with: groups
-- finds: info public.joined
create policy i on joined for insert to authenticated with check (user_id = (select auth.uid()) and role = 'reader');

-- case: the same group, in any role
-- with: groups
-- finds: error public.joined
create policy i on joined for insert to authenticated with check (user_id = (select auth.uid()));

-- case: the same group, by moving what one has
-- with: groups
-- finds: warning public.joined
create policy u on joined for update to authenticated using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and role = 'reader');

-- case: a trigger that sets the role keeps nobody out
-- with: orgs
-- finds: error public.members
create policy i on members for insert to authenticated with check (user_id = (select auth.uid()));
create function plain() returns trigger language plpgsql as $$ begin new.role := 'member'; return new; end $$;
create trigger plain before insert on members for each row execute function plain();

-- case: by an invitation
-- with: orgs
create table invites (org_id uuid, user_id uuid, primary key (org_id, user_id));
alter table invites enable row level security;
create policy i on members for insert to authenticated with check (user_id = (select auth.uid()) and role = 'member'
  and exists (select 1 from invites n where n.org_id = members.org_id and n.user_id = (select auth.uid())));

-- case: as the one who made it
-- with: orgs
alter table orgs add column created_by uuid;
create policy i on members for insert to authenticated with check (user_id = (select auth.uid())
  and org_id in (select o.id from orgs o where o.created_by = (select auth.uid())));

-- case: what is open to all
-- with: orgs
alter table orgs add column is_open boolean not null default false;
create policy i on members for insert to authenticated with check (user_id = (select auth.uid()) and role = 'member'
  and exists (select 1 from orgs o where o.id = members.org_id and o.is_open));

-- case: to be approved
-- with: orgs
alter table members add column status text not null default 'pending';
create policy i on members for insert to authenticated
  with check (user_id = (select auth.uid()) and role = 'member' and status = 'pending');

-- case: by those who manage it
-- with: orgs
create function manages(p uuid) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.members m where m.org_id = p and m.user_id = auth.uid() and m.role = 'owner') $$;
create policy i on members for insert to authenticated with check (manages(org_id));

-- case: a restrictive policy asks for an invitation
-- with: orgs
create table invites (org_id uuid, user_id uuid, primary key (org_id, user_id));
alter table invites enable row level security;
create policy i on members for insert to authenticated with check (user_id = (select auth.uid()));
create policy k on members as restrictive for insert to authenticated
  with check (org_id in (select n.org_id from invites n where n.user_id = (select auth.uid())));

-- case: a trigger looks for the invitation
-- with: orgs
create table invites (org_id uuid, user_id uuid, primary key (org_id, user_id));
alter table invites enable row level security;
create policy i on members for insert to authenticated with check (user_id = (select auth.uid()));
create function invited() returns trigger language plpgsql security definer set search_path = '' as $$
  begin
    if not exists (select 1 from public.invites n where n.org_id = new.org_id and n.user_id = new.user_id) then
      raise exception 'not invited';
    end if;
    return new;
  end $$;
create trigger invited before insert on members for each row execute function invited();

-- case: the column is not granted
-- with: orgs
revoke update on members from anon, authenticated;
grant update (role) on members to authenticated;
create policy u on members for update to authenticated using (user_id = (select auth.uid()) and role = 'member');

-- case: an administrator of the site
-- with: orgs
create policy i on members for insert to authenticated
  with check (user_id = (select auth.uid()) and (select auth.jwt()) -> 'app_metadata' ->> 'admin' = 'true');

-- case: nothing goes by it
create table teams (id uuid primary key);
create table likes (user_id uuid, team_id uuid references teams (id), primary key (user_id, team_id));
alter table likes enable row level security;
create policy a on likes to authenticated using (user_id = (select auth.uid()));

-- case: rows of one's own that say where they are
-- with: members
create table chats (id uuid primary key, user_id uuid not null, org_id uuid not null);
create table messages (id uuid primary key, chat_id uuid not null references chats (id));
alter table chats enable row level security;
alter table messages enable row level security;
create policy a on chats to authenticated using (user_id = (select auth.uid()));
create policy a on messages to authenticated
  using (chat_id in (select c.id from chats c where c.user_id = (select auth.uid())));

-- case: anybody may insert anybody is another rule's
-- with: orgs
create policy i on members for insert to authenticated with check (true);
