"""Tables that the cases are tried on; a case names those that it begins with."""

from __future__ import annotations

FRAGMENTS = {
    "t": """
create table t (
  id bigint primary key, user_id uuid not null, owner uuid, org_id uuid, status text, email text, is_open boolean
);
create index on t (user_id);
create index on t (owner);
create index on t (org_id);
""",
    "n": "create table t (id bigint primary key, status text, is_open boolean not null default false);\n",
    "old": "create table n (id bigint primary key, status text, is_open boolean not null default false);\n",
    "rls": "alter table t enable row level security;\n",
    "closed": "revoke all on t from anon, authenticated;\n",
    "people": """
create table people (id uuid primary key, name text, role text, plan text, is_admin boolean not null default false);
alter table people enable row level security;
""",
    "far": """
create extension if not exists postgres_fdw with schema extensions;
create server far foreign data wrapper postgres_fdw options (host 'elsewhere');
""",
    "profiles": """
create table profiles (
  id uuid primary key references auth.users (id) on delete cascade, name text, plan text not null default 'free',
  is_admin boolean not null default false, updated_at timestamptz not null default now()
);
alter table profiles enable row level security;
create policy r on profiles for select to authenticated using (id = (select auth.uid()));
""",
    "orgs": """
create table orgs (id uuid primary key, name text);
create table members (
  user_id uuid not null, org_id uuid not null references orgs (id), role text not null default 'member',
  primary key (user_id, org_id)
);
alter table orgs enable row level security;
alter table members enable row level security;
create policy ours on orgs for select to authenticated
  using (id in (select m.org_id from members m where m.user_id = (select auth.uid())));
create policy mine on members for select to authenticated using (user_id = (select auth.uid()));
""",
    "groups": """
create table groups (id uuid primary key, name text);
create table joined (
  user_id uuid not null, group_id uuid not null references groups (id), role text not null default 'reader',
  primary key (user_id, group_id)
);
alter table groups enable row level security;
alter table joined enable row level security;
create policy ours on groups for select to authenticated
  using (id in (select j.group_id from joined j where j.user_id = (select auth.uid())));
create policy mine on joined for select to authenticated using (user_id = (select auth.uid()));
""",
    "members": """
create table members (user_id uuid, org_id uuid, role text, primary key (user_id, org_id));
alter table members enable row level security;
create policy mine on members for select to authenticated using (user_id = (select auth.uid()));
""",
}
