"""Tenants are kept apart: each leak of a schema with one is found, and a right schema has none."""

from __future__ import annotations

import pytest

from tests.testing.conftest import Try
from tests.testing.test_run import problems

TENANTS = """
create table public.orgs (id uuid primary key default gen_random_uuid(), name text not null, archived_at timestamptz);
create table public.org_members (
  org_id uuid not null references public.orgs, user_id uuid not null references auth.users,
  role text not null default 'member' check (role in ('owner', 'member')), primary key (org_id, user_id)
);
create table public.projects (
  id uuid primary key default gen_random_uuid(), org_id uuid not null references public.orgs,
  owner_id uuid not null references auth.users, title text not null
);
create table public.tasks (
  id bigint generated always as identity primary key, project_id uuid not null references public.projects,
  title text not null
);
create table public.plans (id int primary key, org_id uuid references public.orgs);
grant all on all tables in schema public to authenticated, service_role;
create function public.my_orgs() returns setof uuid language sql stable security definer set search_path = ''
  return (select m.org_id from public.org_members m where m.user_id = (select auth.uid()));
create or replace function public.my_orgs() returns setof uuid language sql stable security definer set search_path = ''
  begin atomic select m.org_id from public.org_members m where m.user_id = (select auth.uid()); end;
alter table public.orgs enable row level security;
alter table public.org_members enable row level security;
alter table public.projects enable row level security;
alter table public.tasks enable row level security;
create policy p on public.orgs for select to authenticated using (id in (select public.my_orgs()));
create policy p on public.org_members for select to authenticated using (org_id in (select public.my_orgs()));
create policy p on public.projects to authenticated
  using (org_id in (select public.my_orgs())) with check (org_id in (select public.my_orgs()));
create policy p on public.tasks to authenticated
  using (exists (select from public.projects p where p.id = project_id));
"""
TEST = """\
policytool: 1
actors: {olga: {}, mia: {}, dual: {}, eve: {}, anon: {role: anon}, service: {role: service_role}}
seed:
  orgs: {acme: {}, bolt: {}}
  org_members:
    m1: {org_id: "@acme", user_id: "@olga", role: owner}
    m2: {org_id: "@bolt", user_id: "@mia", role: member}
    m3: {org_id: "@acme", user_id: "@dual", role: member}
    m4: {org_id: "@bolt", user_id: "@dual", role: member}
isolation:
  tenant: orgs
  members: {table: org_members, tenant: org_id, user: user_id}
  shared: [plans]
  deny_escalation: true
"""


def test_a_right_schema_passes(tried: Try) -> None:
    """Every table that reaches the tenant is tried, with rows made for each tenant, two keys away as well."""
    found = tried(TENANTS, TEST)
    assert problems(found) == {}
    assert {name.partition(":")[0] for name in found} == {"orgs", "org_members", "projects", "tasks"}
    assert len(found) == 5 * 4 + 5
    assert found["tasks: dual keeps out of other orgs"].outcome == "member of all"


@pytest.mark.parametrize(
    ("leak", "who", "problem"),
    [
        ("alter table public.tasks disable row level security;", "tasks: eve keeps", "eve may read tasks."),
        (
            "create policy q on public.projects for insert to authenticated with check (true);",
            "projects: olga keeps", "olga may insert a row like projects.",
        ),
        (
            "create policy q on public.projects for insert to authenticated with check (owner_id = auth.uid());",
            "projects: eve keeps", "eve may insert a row like projects.",
        ),
        (
            "create policy q on public.projects for update to authenticated using (true)"
            " with check (owner_id = auth.uid());",
            "projects: eve keeps", "an update without a filter gets to projects.",
        ),
        (
            "create policy q on public.tasks for delete to authenticated using (true);",
            "tasks: mia keeps", "a delete without a filter gets to tasks.",
        ),
        (
            "create policy q on public.orgs for select to authenticated using (archived_at is null);",
            "orgs: mia keeps", "mia may read orgs.acme (of orgs.acme)",
        ),
        (
            "create policy q on public.org_members for insert to authenticated with check (user_id = auth.uid());",
            "org_members: eve becomes", "eve makes itself a member of orgs.acme",
        ),
        (
            "create policy q on public.org_members for insert to authenticated"
            " with check (user_id = auth.uid() and role = 'owner');",
            "org_members: eve becomes", "eve makes itself a member of orgs.acme",
        ),
        (
            "create policy q on public.org_members for update to authenticated using (user_id = auth.uid());",
            "org_members: olga becomes", "olga makes itself a member of orgs.bolt",
        ),
    ],
)  # fmt: skip
def test_each_leak_is_found(tried: Try, leak: str, who: str, problem: str) -> None:
    """Whatever statement it takes: without a filter, with another owner, in another role."""
    found = problems(tried(TENANTS + leak, TEST))
    name = next((name for name in found if name.startswith(who)), "")
    assert problem in found.get(name, ""), found


def test_what_cannot_be_measured_fails(tried: Try) -> None:
    """A table in which no row can be made is never counted as safe."""
    sql = (
        TENANTS
        + """create table public.never (org_id uuid not null references public.orgs, check (false));
    alter table public.never enable row level security; grant all on public.never to authenticated;"""
    )
    found = problems(tried(sql, TEST))
    assert {name.partition(":")[0] for name in found} == {"never"}
    assert all(problem.startswith("not measured: orgs.") for problem in found.values())
