"""Which columns a condition ties to the person, and when it asks anything at all."""

from __future__ import annotations

from typing import Any

import pytest

from policytool.access import Access, Predicate
from tests.access.support import access_to, table_of

SCHEMA = """
create table public.members (
  user_id uuid not null, org_id uuid not null, role text not null, primary key (user_id, org_id)
);
create table public.lists (id uuid primary key, user_id uuid not null, org_id uuid);
create function public.is_member(org uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.members m where m.org_id = org and m.user_id = auth.uid()) $$;
create function public.is_admin() returns boolean language plpgsql stable security definer set search_path = ''
  as $$ declare found boolean; begin
    for found in select true from public.members m where m.user_id = auth.uid() and m.role = 'admin' loop
      return true;
    end loop;
    return false;
  end $$;
create function public.is_late(d date) returns boolean language plpgsql as $$ begin return d < now(); end $$;
create function public.my_orgs() returns setof uuid language sql stable security definer set search_path = ''
  as $$ select m.org_id from public.members m where m.user_id = auth.uid() $$;
create function public.current_org() returns uuid language sql stable
  as $$ select (auth.jwt() ->> 'org_id')::uuid $$;
create function public.has_role(who uuid, wanted text) returns boolean language sql stable security definer
  set search_path = ''
  as $$ select exists (select 1 from public.members m where m.user_id = who and m.role = wanted) $$;
create table public.t (
  id uuid primary key, user_id uuid not null, org_id uuid not null, list_id uuid, status text, path text, day date,
  member_ids uuid[], info jsonb
);
alter table public.t enable row level security;
"""

# expression, columns bound as own, columns bound at all, whether every branch is closed to just anybody
CASES: list[tuple[str, set[str], set[str], bool]] = [
    ("user_id = auth.uid()", {"user_id"}, {"user_id"}, True),
    ("(select auth.uid()) = user_id", {"user_id"}, {"user_id"}, True),
    ("user_id::text = (auth.jwt() ->> 'sub')", {"user_id"}, {"user_id"}, True),
    ("user_id = (select auth.uid()) and status = 'x'", {"user_id"}, {"user_id"}, True),
    ("user_id = (select auth.uid()) or status = 'x'", set(), set(), False),
    ("status = 'x'", set(), set(), False),
    ("status = 'x' and auth.uid() is not null", set(), set(), False),
    ("auth.role() = 'authenticated' and status = 'x'", set(), set(), False),
    ("auth.role() = 'service_role'", set(), set(), True),
    ("auth.role() = 'service_role' or user_id = auth.uid()", {"user_id"}, {"user_id"}, True),
    ("user_id is not distinct from auth.uid()", {"user_id"}, {"user_id"}, True),
    ("not (user_id <> auth.uid())", {"user_id"}, {"user_id"}, True),
    ("user_id <> auth.uid()", set(), set(), True),
    ("user_id in (auth.uid())", {"user_id"}, {"user_id"}, True),
    ("auth.uid() in (user_id, list_id)", set(), set(), True),
    ("user_id = auth.uid() or list_id = auth.uid()", set(), set(), True),
    ("auth.uid() = any (member_ids)", {"member_ids"}, {"member_ids"}, True),
    ("member_ids @> array[auth.uid()]", {"member_ids"}, {"member_ids"}, True),
    ("info ->> 'owner' = auth.uid()::text", {"info"}, {"info"}, True),
    ("split_part(path, '/', 1) = (select auth.uid())::text", {"path"}, {"path"}, True),
    ("org_id = (auth.jwt() ->> 'org_id')::uuid", set(), {"org_id"}, True),
    ("org_id = (auth.jwt() -> 'app_metadata' ->> 'org_id')::uuid", set(), {"org_id"}, True),
    ("org_id = current_setting('app.org_id')::uuid", set(), {"org_id"}, True),
    ("user_id = current_setting('app.user_id')::uuid", {"user_id"}, {"user_id"}, True),
    ("org_id in (select m.org_id from members m where m.user_id = auth.uid())", set(), {"org_id"}, True),
    ("org_id = any (array(select m.org_id from members m where m.user_id = auth.uid()))", set(), {"org_id"}, True),
    ("exists (select 1 from members m where m.org_id = t.org_id and m.user_id = auth.uid())",
     set(), {"org_id"}, True),
    ("exists (select 1 from members where members.org_id = t.org_id and user_id = auth.uid())",
     set(), {"org_id"}, True),
    ("auth.uid() in (select m.user_id from members m where m.org_id = t.org_id)", set(), {"org_id"}, True),
    ("list_id in (select l.id from lists l where l.user_id = auth.uid())", {"list_id"}, {"list_id"}, True),
    ("list_id in (select id from lists where lists.user_id = auth.uid())", {"list_id"}, {"list_id"}, True),
    ("exists (select 1 from lists l where l.id = list_id and l.user_id = auth.uid())", {"list_id"}, {"list_id"}, True),
    ("exists (select 1 from lists l join members m on m.org_id = l.org_id where l.id = t.list_id"
     " and m.user_id = auth.uid())", set(), {"list_id"}, True),
    ("list_id in (select l.id from lists l where l.org_id in"
     " (select m.org_id from members m where m.user_id = auth.uid()))", set(), {"list_id"}, True),
    ("exists (select 1 from members m where m.user_id = auth.uid())", set(), set(), True),
    ("exists (select 1 from members m where m.org_id = t.org_id)", set(), set(), False),
    ("exists (select 1 from t other where other.user_id = auth.uid() and other.org_id = t.org_id)",
     set(), {"org_id"}, True),
    ("public.is_member(org_id)", set(), {"org_id"}, True),
    ("(select public.is_member(org_id))", set(), {"org_id"}, True),
    ("public.is_admin()", set(), set(), True),
    ("public.is_admin() or user_id = auth.uid()", {"user_id"}, {"user_id"}, True),
    ("public.is_late(day)", set(), set(), False),
    ("exists (select 1 from lists l where l.id = list_id and l.user_id = auth.uid()"
     " union select 1 from members m where m.org_id = list_id and m.user_id = auth.uid())", set(), {"list_id"}, True),
    ("exists (select 1 from lists l where l.id = list_id and l.user_id = auth.uid()"
     " union select 1 from lists l where l.id = list_id)", set(), set(), True),
    ("public.missing(day)", set(), {"day"}, True),
    ("public.missing()", set(), set(), True),
    ("org_id in (select public.my_orgs())", set(), {"org_id"}, True),
    ("org_id = any (select public.my_orgs())", set(), {"org_id"}, True),
    ("org_id in (select o from public.my_orgs() as o)", set(), {"org_id"}, True),
    ("org_id = public.current_org()", set(), {"org_id"}, True),
    ("public.has_role(auth.uid(), 'admin')", set(), set(), True),
    ("public.has_role(auth.uid(), 'a') or org_id = public.current_org()", set(), {"org_id"}, True),
    ("case when status = 'x' then user_id = auth.uid() else false end", {"user_id"}, {"user_id"}, True),
    ("case when status = 'x' then user_id = auth.uid() else true end", set(), set(), False),
    ("coalesce(user_id = auth.uid(), false)", {"user_id"}, {"user_id"}, True),
    ("(user_id = auth.uid()) = true", {"user_id"}, {"user_id"}, True),
    ("(user_id = auth.uid()) is true", {"user_id"}, {"user_id"}, True),
    ("starts_with(path, 'public/')", set(), set(), False),
    ("path like 'public/%'", set(), set(), False),
    ("current_setting('request.headers', true)::json ->> 'x-key' = status", set(), set(), True),
    ("status = 'x' and current_setting('request.headers', true)::json ->> 'x-key' = 'y'", set(), set(), True),
]  # fmt: skip


def predicate(expression: str, schema: str = SCHEMA, **profile: Any) -> tuple[Access, Predicate]:
    access = access_to(f"{schema} create policy p on public.t using ({expression});", **profile)
    table = table_of(access, "t")
    found = access.predicate(table.policies[0], "using", table)
    assert found is not None
    return access, found


@pytest.mark.parametrize(("expression", "own", "bound", "scoped"), CASES, ids=[case[0] for case in CASES])
def test_condition_binds(expression: str, own: set[str], bound: set[str], scoped: bool) -> None:
    """Each condition binds the columns that the table above says, and is closed or open as it says."""
    _, found = predicate(expression)
    assert (set(found.bound("own")), set(found.bound()), found.scoped()) == (own, bound, scoped)


def test_open_to_the_anonymous_alone() -> None:
    """What is dead for a signed-in visitor may be open for an anonymous one, and the other way round."""
    _, inverted = predicate("auth.uid() is null and status = 'x'")
    assert (inverted.scoped(), inverted.scoped(anonymous=True)) == (True, False)
    _, guarded = predicate("auth.uid() is not null and status = 'x'")
    assert (guarded.scoped(), guarded.scoped(anonymous=True)) == (False, True)


def test_identity_that_the_project_names() -> None:
    """A function that the configuration calls an identity binds as the person, whatever its body says."""
    helper = (
        "create function public.whoami() returns uuid language plpgsql as $$ begin return gen_random_uuid(); end $$;"
    )
    _, plain = predicate("user_id = public.whoami()", SCHEMA + helper)
    assert (set(plain.bound()), plain.scoped()) == (set(), False)
    _, named = predicate("user_id = public.whoami()", SCHEMA + helper, identity_expressions=("public.whoami()",))
    assert (set(named.bound("own")), named.scoped()) == ({"user_id"}, True)


def test_too_many_branches_claim_nothing() -> None:
    """A condition that would explode is taken as closed, and binds nothing."""
    _, found = predicate(" and ".join(f"(status = '{n}' or path = '{n}')" for n in range(10)))
    assert (found.branches, set(found.bound()), found.scoped()) == (None, set(), True)


LOOKED_UP: list[tuple[str, set[str], bool]] = [
    ("user_id = auth.uid()", {"user_id"}, True),
    ("user_id = (select auth.uid())", {"user_id"}, True),
    ("user_id = (select auth.uid()) or status = 'x'", {"user_id"}, False),
    ("user_id = (select auth.uid()) or public.is_admin()", {"user_id"}, False),
    ("user_id::text = (select auth.uid())::text", set(), False),
    ("org_id in (select m.org_id from members m where m.user_id = (select auth.uid()))", set(), False),
    ("exists (select 1 from members m where m.org_id = t.org_id and m.user_id = (select auth.uid()))", set(), False),
    ("org_id = any (array(select m.org_id from members m where m.user_id = (select auth.uid())))", {"org_id"}, True),
    ("org_id = (select m.org_id from members m where m.user_id = (select auth.uid()))", {"org_id"}, True),
    ("public.is_member(org_id)", set(), False),
    ("lower(status) = auth.email()", set(), False),
]


@pytest.mark.parametrize(("expression", "columns", "indexable"), LOOKED_UP, ids=[case[0] for case in LOOKED_UP])
def test_columns_that_an_index_would_find(expression: str, columns: set[str], indexable: bool) -> None:
    """Plain comparisons with what is known before a row is read, and nothing else."""
    _, found = predicate(expression)
    assert (set(found.compared), found.indexable) == (columns, indexable)


CALLS: list[tuple[str, list[bool]]] = [
    ("user_id = auth.uid()", [False]),
    ("user_id = (select auth.uid())", [True]),
    ("(select (auth.jwt() ->> 'sub'))::uuid = user_id", [True]),
    ("((select auth.jwt()) ->> 'sub')::uuid = user_id and auth.role() = 'x'", [True, False]),
    ("user_id = (select auth.uid()) or user_id = auth.uid()", [True, False]),
    ("exists (select 1 from members m where m.user_id = auth.uid())", [True]),
    ("exists (select 1 from members m where m.user_id = auth.uid() and m.org_id = t.org_id)", [False]),
    ("current_setting('app.x') = status", [False]),
    ("status = 'x'", []),
]


@pytest.mark.parametrize(("expression", "wrapped"), CALLS, ids=[case[0] for case in CALLS])
def test_calls_that_name_the_person(expression: str, wrapped: list[bool]) -> None:
    """Each call is found, with whether Postgres runs it once for the query."""
    _, found = predicate(expression)
    assert [call.wrapped for call in found.identity_calls] == wrapped
