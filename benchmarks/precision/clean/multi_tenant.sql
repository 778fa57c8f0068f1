-- Organisations with members and roles; helpers in a schema that the API does not serve decide who may do what.
create schema private;
grant usage on schema private to authenticated;

create type public.member_role as enum ('owner', 'admin', 'member');

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (char_length(name) between 1 and 100),
  created_at timestamptz not null default now()
);
alter table public.organizations enable row level security;

create table public.memberships (
  user_id uuid not null references auth.users (id) on delete cascade,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  role public.member_role not null default 'member',
  primary key (user_id, organization_id)
);
create index on public.memberships (organization_id);
alter table public.memberships enable row level security;

create function private.is_member(organization uuid) returns boolean
language sql stable security definer set search_path = ''
return exists (
  select 1 from public.memberships as m
  where m.organization_id = organization and m.user_id = auth.uid()
);
create function private.is_admin(organization uuid) returns boolean
language sql stable security definer set search_path = ''
return exists (
  select 1 from public.memberships as m
  where m.organization_id = organization and m.user_id = auth.uid() and m.role in ('owner', 'admin')
);
revoke execute on function private.is_member(uuid), private.is_admin(uuid) from public;
grant execute on function private.is_member(uuid), private.is_admin(uuid) to authenticated;

create policy "members see their organization" on public.organizations for select to authenticated
  using (private.is_member(id));
create policy "admins rename their organization" on public.organizations for update to authenticated
  using (private.is_admin(id)) with check (private.is_admin(id));
grant select, update (name) on public.organizations to authenticated;

create policy "members see each other" on public.memberships for select to authenticated
  using (private.is_member(organization_id));
create policy "admins add members" on public.memberships for insert to authenticated
  with check (private.is_admin(organization_id));
create policy "admins change roles" on public.memberships for update to authenticated
  using (private.is_admin(organization_id)) with check (private.is_admin(organization_id));
create policy "admins remove members, and members leave" on public.memberships for delete to authenticated
  using (private.is_admin(organization_id) or user_id = (select auth.uid()));
grant select, insert, update, delete on public.memberships to authenticated;

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  created_by uuid not null default auth.uid() references auth.users (id),
  title text not null,
  archived boolean not null default false,
  unique (organization_id, id)
);
create index on public.projects (created_by);
alter table public.projects enable row level security;
create policy "members see projects" on public.projects for select to authenticated
  using (private.is_member(organization_id));
create policy "members start projects" on public.projects for insert to authenticated
  with check (private.is_member(organization_id) and created_by = (select auth.uid()));
create policy "members change projects" on public.projects for update to authenticated
  using (private.is_member(organization_id)) with check (private.is_member(organization_id));
create policy "admins delete projects" on public.projects for delete to authenticated
  using (private.is_admin(organization_id));
grant select, insert, delete on public.projects to authenticated;
grant update (title, archived) on public.projects to authenticated;

create table public.tasks (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  project_id uuid not null,
  assignee_id uuid references auth.users (id) on delete set null,
  title text not null,
  done boolean not null default false,
  foreign key (organization_id, project_id) references public.projects (organization_id, id) on delete cascade
);
create index on public.tasks (organization_id, project_id);
create index on public.tasks (assignee_id);
alter table public.tasks enable row level security;
create policy "members work on tasks" on public.tasks for all to authenticated
  using (private.is_member(organization_id)) with check (private.is_member(organization_id));
grant select, insert, update, delete on public.tasks to authenticated;

-- Invitations are answered through a function: nobody can put themselves into an organization.
create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  invited_email text not null,
  role public.member_role not null default 'member',
  accepted_at timestamptz
);
create index on public.invitations (organization_id);
alter table public.invitations enable row level security;
create policy "admins see invitations" on public.invitations for select to authenticated
  using (private.is_admin(organization_id));
create policy "admins invite" on public.invitations for insert to authenticated
  with check (private.is_admin(organization_id) and accepted_at is null);
grant select, insert on public.invitations to authenticated;

create function public.accept_invitation(invitation uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
  found_one public.invitations;
begin
  if auth.uid() is null then
    raise exception 'sign in first';
  end if;
  update public.invitations as i set accepted_at = now()
  where i.id = invitation and i.accepted_at is null
    and i.invited_email = (select u.email from auth.users as u where u.id = auth.uid())
  returning * into found_one;
  if not found then
    raise exception 'no such invitation';
  end if;
  insert into public.memberships (user_id, organization_id, role)
  values (auth.uid(), found_one.organization_id, found_one.role);
end
$$;
revoke execute on function public.accept_invitation(uuid) from public, anon;
grant execute on function public.accept_invitation(uuid) to authenticated;

create view public.open_tasks with (security_invoker = on) as
  select t.id, t.organization_id, t.project_id, t.title from public.tasks as t where not t.done;
grant select on public.open_tasks to authenticated;
