"""What policies fold to, and that no server ever contradicts it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policytool.access import Access, Predicate
from policytool.access.values import UNKNOWN, Truth
from tests.access.support import access_to, table_of
from tests.access.visitors import COUNT, SCHEMA, TABLE, observed

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

# expression, what it is for an anonymous visitor, what for a signed-in one; `_` is: it depends on the row or the claims
_ = UNKNOWN
CASES: list[tuple[str, Truth, Truth]] = [
    ("true", True, True),
    ("false", False, False),
    ("null", None, None),
    ("1 = 1", True, True),
    ("1.0 = 1", True, True),
    ("'a' <> 'b'", True, True),
    ("'1'::integer = 1", True, True),
    ("'01'::integer = 1", True, True),
    ("'2026-01-01'::date = '2026-1-1'::date", _, _),
    ("not false", True, True),
    ("true or flag", True, True),
    ("false and flag", False, False),
    ("id = id", True, True),
    ("owner = owner", _, _),
    ("owner is not null or owner is null", _, _),
    ("user_id is not null", True, True),
    ("owner is null", _, _),
    ("id is not distinct from id", True, True),
    ("day::text = day::text", True, True),
    ("flag", _, _),
    ("flag is true or flag is not true", _, _),
    ("label = 'a'", _, _),
    ("auth.uid() is not null", False, True),
    ("(select auth.uid()) is not null", False, True),
    ("auth.uid() is null", True, False),
    ("auth.uid() is null or user_id = auth.uid()", True, _),
    ("user_id = auth.uid()", None, _),
    ("user_id = (select auth.uid())", None, _),
    ("user_id::text = auth.uid()::text", None, _),
    ("user_id <> auth.uid()", None, _),
    ("not (user_id = auth.uid())", None, _),
    ("(user_id = auth.uid()) is not true", True, _),
    ("(user_id = auth.uid()) is not false", True, _),
    ("(user_id = auth.uid()) is unknown", True, False),
    ("user_id is not distinct from auth.uid()", False, _),
    ("owner is not distinct from auth.uid()", _, _),
    ("user_id is distinct from auth.uid()", True, _),
    ("coalesce(user_id = auth.uid(), true)", True, _),
    ("coalesce(user_id = auth.uid(), false)", False, _),
    ("coalesce(owner = auth.uid(), true)", True, _),
    ("coalesce(auth.uid(), user_id) = user_id", True, _),
    ("coalesce(auth.uid()::text, '') = ''", True, _),
    ("coalesce(auth.jwt() ->> 'sub', '') = ''", True, _),
    ("coalesce(auth.jwt() ->> 'sub', '') <> ''", False, _),
    ("nullif(auth.uid()::text, '') is null", True, False),
    ("case when auth.uid() is null then true else user_id = auth.uid() end", True, _),
    ("case auth.role() when 'authenticated' then true else false end", False, True),
    ("case when flag then true end", _, _),
    ("case when flag then false end", None, None),
    ("auth.role() = 'authenticated'", False, True),
    ("(select auth.role()) = 'authenticated'::text", False, True),
    ("auth.role() in ('authenticated', 'anon')", True, True),
    ("auth.role() <> 'anon'", False, True),
    ("auth.role() = any (array['anon', 'authenticated'])", True, True),
    ("auth.role() not in ('authenticated')", True, False),
    ("auth.role() = 'service_role'", False, False),
    ("auth.jwt() ->> 'role' = 'authenticated'", False, True),
    ("current_setting('request.jwt.claims', true)::json ->> 'role' = 'authenticated'", False, True),
    ("current_setting('request.jwt.claim.sub', true) is not null", False, _),
    ("auth.jwt() is not null", True, True),
    ("auth.jwt() is null", True, False),
    ("auth.email() = 'me@example.org'", None, _),
    ("auth.jwt() ->> 'email' like '%@example.org'", None, _),
    ("auth.jwt() -> 'app_metadata' ->> 'role' = 'admin'", None, _),
    ("(auth.jwt() -> 'app_metadata' ->> 'role') is not null", False, _),
    ("(auth.jwt() ->> 'is_anonymous')::boolean is false", False, _),
    ("(auth.jwt() ->> 'is_anonymous')::boolean is not true", True, _),
    ("auth.jwt() #>> '{app_metadata,org_id}' = org::text", None, _),
    ("jsonb_extract_path_text(auth.jwt(), 'app_metadata', 'role') = 'admin'", None, _),
    ("current_user = 'anon'", True, False),
    ("current_role <> 'anon'", False, True),
    ("exists (select 1)", True, True),
    ("exists (select 1 where false)", False, False),
    ("exists (select 1 where auth.uid() is not null)", False, True),
    ("exists (select 1 from members m where m.user_id = auth.uid())", False, _),
    ("not exists (select 1 from members m where m.user_id = auth.uid())", True, _),
    ("exists (select 1 from members m where m.org_id = t.org and m.user_id = auth.uid())", False, _),
    ("exists (select count(*) from members m where m.user_id = auth.uid())", True, True),
    ("(select count(*) from members m where m.user_id = auth.uid()) = 0", _, _),
    ("(select coalesce(count(*), 0) from members m where m.user_id = auth.uid()) = 0", _, _),
    ("(select m.role from members m where m.user_id = auth.uid()) is null", True, _),
    ("org in (select m.org_id from members m where m.user_id = auth.uid())", False, _),
    ("org not in (select m.org_id from members m where m.user_id = auth.uid())", True, _),
    ("org <> all (select m.org_id from members m where m.user_id = auth.uid())", True, _),
    ("org = any (array(select m.org_id from members m where m.user_id = auth.uid()))", False, _),
    ("org not in (select public.my_orgs())", _, _),
    ("org in (select public.my_orgs())", None, _),
    ("exists (select public.my_orgs())", _, _),
    ("auth.uid() in (select m.user_id from members m where m.org_id = t.org)", None, _),
    ("auth.uid() not in (select m.user_id from members m where false)", True, True),
    ("auth.uid() = any (array[user_id, owner])", None, _),
    ("auth.uid() in (user_id, owner)", None, _),
    ("array[null::uuid] is not null", True, True),
    ("tags || null::text is not null", _, _),
    ("label = 'x' || auth.uid()::text", None, _),
    ("label like auth.uid()::text || '/%'", None, _),
    ("split_part(label, '/', 1) = auth.uid()::text", None, _),
    ("lower('A') = 'a'", True, True),
    ("string_to_array(null, ',') is null", _, _),
    ("greatest(auth.uid()::text, 'a') = 'a'", _, _),
    ("public.me() = user_id", None, _),
    ("public.atomic_me() is null", True, False),
    ("public.is_me(user_id)", None, _),
    ("public.is_me(who => user_id)", None, _),
    ("public.is_me_strictly(null)", None, None),
    ("public.default_is_me()", None, True),
    ("public.is_member(org)", False, _),
    ("not public.is_member(org)", True, _),
    ("public.signed_in()", False, True),
    ("public.anybody()", True, True),
    ("public.role_of_me() = 'admin'", None, _),
    ("public.role_of_me() is null", True, _),
    ("public.runs_as_anon()", False, False),
]


@functools.cache
def folded() -> Access:
    """All cases as policies of one table."""
    policies = "".join(f"create policy p{i} on public.t for select using ({case[0]});" for i, case in enumerate(CASES))
    return access_to(SCHEMA + TABLE + policies)


def predicate(number: int) -> Predicate:
    """What one case says, read as an audit reads it: from the catalog."""
    access = folded()
    table = table_of(access, "t")
    policy = next(p for p in table.policies if p.name == f"p{number}")
    found = access.predicate(policy, "using", table)
    assert found is not None
    return found


def contradicts(says: Truth, seen: list[int]) -> bool:
    """Whether the rows seen refute what was said; UNKNOWN says nothing, and neither does a visitor whom errors stop."""
    if says is UNKNOWN or not seen:
        return False
    return max(seen) != COUNT if says is True else max(seen) != 0


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[0] for case in CASES])
def test_expression_folds(number: int) -> None:
    """Each expression folds to exactly what the table above says, for both visitors."""
    found, (_, anon, authenticated) = predicate(number), CASES[number]
    assert (repr(found.anon), repr(found.authenticated)) == (repr(anon), repr(authenticated))


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[0] for case in CASES])
def test_server_agrees(rows: Connection, number: int) -> None:
    """True means that every row is seen, false and NULL that none is, by visitors of each kind."""
    found, seen = predicate(number), observed(rows, CASES[number][0])
    assert not contradicts(found.anon, seen["anon"]), seen
    assert found.authenticated is not True or set(seen["authenticated"]) <= {COUNT}, seen
    assert not contradicts(found.authenticated, seen["authenticated"]), seen


def test_helpers_that_call_each_other_end() -> None:
    """Two SQL functions that call each other fold to nothing known, and come to an end."""
    access = access_to(SCHEMA + TABLE + "create policy p on public.t using (public.loop_a());")
    table = table_of(access, "t")
    found = access.predicate(table.policies[0], "using", table)
    assert found is not None
    assert found.anon is UNKNOWN


ATOMS = st.sampled_from(
    ["true", "false", "null::boolean", "flag", "auth.uid() is null", "user_id = auth.uid()", "owner = auth.uid()",
     "owner is not distinct from auth.uid()", "auth.role() = 'authenticated'", "(auth.jwt() ->> 'x') = 'y'",
     "public.is_member(org)", "exists (select 1 from public.members m where m.user_id = auth.uid())",
     "label = 'a'", "id = id", "coalesce(auth.jwt() ->> 'sub', '') = ''"]
)  # fmt: skip


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        inner.map(lambda e: f"not ({e})"),
        inner.map(lambda e: f"({e}) is true"),
        inner.map(lambda e: f"({e}) is not true"),
        inner.map(lambda e: f"({e}) is null"),
        inner.map(lambda e: f"(select ({e}))"),
        inner.map(lambda e: f"exists (select 1 where {e})"),
        pair.map(lambda p: f"({p[0]}) and ({p[1]})"),
        pair.map(lambda p: f"({p[0]}) or ({p[1]})"),
        pair.map(lambda p: f"coalesce(({p[0]}), ({p[1]}))"),
        pair.map(lambda p: f"({p[0]}) is distinct from ({p[1]})"),
        pair.map(lambda p: f"({p[0]}) = ({p[1]})"),
        pair.map(lambda p: f"nullif(({p[0]}), ({p[1]}))"),
        pair.map(lambda p: f"case when {p[0]} then {p[1]} else flag end"),
        pair.map(lambda p: f"({p[0]}) = any (array[({p[1]}), flag])"),
        pair.map(lambda p: f"({p[0]}) in (select m.role = 'admin' from public.members m where {p[1]})"),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=st.recursive(ATOMS, _combined, max_leaves=6))
def test_no_server_contradicts_a_combination(rows: Connection, expression: str) -> None:
    """Whatever is put together, what is folded to true, false or NULL is what a server does with it."""
    access = folded()
    found = access.analyst.predicate(expression, table_of(access, "t"))
    seen = observed(rows, expression)
    assert not contradicts(found.anon, seen["anon"]), seen
    assert found.authenticated is not True or set(seen["authenticated"]) <= {COUNT}, seen
    assert not contradicts(found.authenticated, seen["authenticated"]), seen
