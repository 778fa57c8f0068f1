"""Policies in plain words: what they say, and that they claim no more than the SQL does."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool.access import Access
from policytool.access.headline import headline
from policytool.access.story import audiences, policy_words, rows
from policytool.api import context, load
from tests.rules.support import loaded

TABLES = """
create table public.members (user_id uuid not null, org_id uuid not null, role text, primary key (user_id, org_id));
create table public.profiles (id uuid primary key);
create function public.my_orgs() returns setof uuid language sql stable security definer set search_path = ''
as $$ select org_id from public.members where user_id = auth.uid() $$;
create table public.notes (id uuid primary key, author_id uuid not null, org_id uuid, status text,
  is_public boolean not null, expires_at timestamptz, readers uuid[]);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to anon, authenticated;
create function public.locked(note uuid) returns boolean language plpgsql as $$ begin return now() > '2026'; end $$;
"""


def access_of(*policies: str, tables: str = TABLES) -> Access:
    texts = [f'create policy "p{n}" on public.notes {text};' for n, text in enumerate(policies)]
    return context(loaded("\n".join((tables, *texts)))).access


def said(*policies: str) -> str:
    access = access_of(*policies)
    table = access.catalog.tables["public", "notes"]
    return " ".join(policy_words(p, table, access).text for p in table.policies)


def line(*policies: str, tables: str = TABLES) -> str:
    access = access_of(*policies, tables=tables)
    return headline(access.catalog.tables["public", "notes"], access)


POLICIES = {
    "for select using (true)": "Everyone, signed in or not, may read every row.",
    "for select using (false)": "Everyone, signed in or not, may read no row.",
    "for select to anon using (is_public)": (
        "Visitors who are not signed in may read rows where `is_public` is true."
    ),
    "for select using (auth.uid() = author_id)": (
        "Visitors who are not signed in may read no row. "
        "Signed-in users may read rows where `author_id` is their own user id."
    ),
    "for delete to authenticated using (org_id in (select public.my_orgs()))": (
        "Signed-in users may delete rows where `org_id` is one that `public.my_orgs()` returns (the `org_id` of a row "
        "in `members` where `user_id` is their own user id)."
    ),
    "for update to authenticated using (author_id = auth.uid()) with check (true)": (
        "Signed-in users may change rows where `author_id` is their own user id into anything."
    ),
    "for update to authenticated using (author_id = auth.uid()) with check (status = 'draft')": (
        "Signed-in users may change rows where `author_id` is their own user id into rows where `status` is “draft”."
    ),
    "for insert to authenticated with check (true)": "Signed-in users may add rows of any content.",
    "to authenticated with check (author_id = auth.uid())": (
        "Signed-in users may add rows where `author_id` is their own user id."
    ),
    "as restrictive for select to authenticated using (auth.jwt() ->> 'aal' = 'aal2')": (
        "Whatever other policies allow, signed-in users may go no further than this: "
        "read every row if `aal` in their token is “aal2”."
    ),
    "to service_role using (true)": "The role `service_role` may read, add, change and delete every row.",
    "for select to authenticated using (expires_at > now() or status <> 'secret' or auth.uid() = any (readers))": (
        "Signed-in users may read rows where `expires_at` is after now; or where `status` is something other than "
        "“secret”; or where their own user id is in `readers`."
    ),
    "for delete to authenticated using (not public.locked(id))": (
        "Signed-in users may delete rows where `public.locked(id)` says no."
    ),
    "for select to authenticated using (exists (select from members m join members o on o.org_id = m.org_id "
    "join profiles p on p.id = o.user_id where m.user_id = auth.uid() and p.id = author_id limit 1))": (
        "Signed-in users may read rows where there is a row in `members`, `members` and `profiles` taken together "
        "where `profiles.id` is `o.user_id`, `o.org_id` is `m.org_id` and `m.user_id` is their own user id and "
        "`profiles.id` is the row's `author_id`."
    ),
    "for select to authenticated using (auth.role() = 'authenticated')": "Signed-in users may read every row.",
    "for select to authenticated using (exists (select from members m where m.org_id = notes.org_id and role = 'x'))": (
        "Signed-in users may read rows where there is a row in `members` where `org_id` is the row's `org_id` and "
        "`role` is “x”."
    ),
}  # fmt: skip


@pytest.mark.parametrize(("policy", "words"), POLICIES.items(), ids=list(POLICIES))
def test_a_policy_in_words(policy: str, words: str) -> None:
    """Whom it lets do what to which rows."""
    assert said(policy) == words


QUOTED = {
    "exists (select 1 from members limit 0)": "`EXISTS (SELECT 1 FROM public.members LIMIT 0)` holds",
    "author_id is distinct from org_id": "`author_id IS DISTINCT FROM org_id` holds",
    "length(status) > 3": "`length(status)` is more than 3",
    "public.created(expires_at)": "`public.created(expires_at)` says yes",
    "expires_at::date = now()::date": "`expires_at::date` is `now()::date`",
    "coalesce(author_id, org_id) = auth.uid()": "`COALESCE(author_id, org_id)` is their own user id",
    "status not in ('a', null)": "`status NOT IN ('a', NULL)` holds",
    "exists (select 1 from members left join notes n on true)": "`EXISTS (SELECT 1 FROM public.members LEFT JOIN",
    "exists (select 1 from members group by org_id)": "`EXISTS (SELECT 1 FROM public.members GROUP BY members.org_id)`",
    "status like 'a%'": "`status LIKE 'a%'` holds",
}


@pytest.mark.parametrize(("condition", "quoted"), QUOTED.items(), ids=list(QUOTED))
def test_what_has_no_words_is_left_as_sql(condition: str, quoted: str) -> None:
    """What the words do not reach is quoted: a cast of a time, an outer join, a group, a NULL are not talked over."""
    tables = TABLES + (
        "create function public.created(t timestamptz) returns boolean language plpgsql as $$ begin end $$;"
    )
    access = access_of(f"for select to authenticated using ({condition})", tables=tables)
    table = access.catalog.tables["public", "notes"]
    assert quoted in policy_words(table.policies[0], table, access).text


def test_rows_of_another_table_count_only_where_they_may_be_read() -> None:
    """A sub-query of a policy is under that table's own policies, unless a definer function asks it."""
    tables = TABLES + "alter table public.members enable row level security;"
    asks = "for select to authenticated using (exists (select 1 from members m where m.user_id = auth.uid()))"
    access = access_of(asks, "for select to authenticated using (org_id in (select my_orgs()))", tables=tables)
    table = access.catalog.tables["public", "notes"]
    first, second = (policy_words(p, table, access) for p in table.policies)
    assert first.notes == ("Of `members` only those rows count that they may read themselves.",)
    assert second.notes == ()


def test_a_name_cannot_end_its_quotation_marks() -> None:
    """A column called with a back-tick stays one piece of code."""
    tables = TABLES + 'alter table public.notes add column "a` b" boolean;'
    access = access_of('for select to authenticated using ("a` b")', tables=tables)
    table = access.catalog.tables["public", "notes"]
    assert policy_words(table.policies[0], table, access).text.count("`") == 2


HEADLINES = {
    ("for select to authenticated using (org_id in (select my_orgs()))",
     "for update to authenticated using (author_id = auth.uid())"):
        "People of its org (by `my_orgs()`) may read; only its author may change.",
    ("for select using (true)",): "Anyone, signed in or not, may read.",
    (): "No client role reaches a row of it.",
    ("for select using (is_public)", "to authenticated using (author_id = auth.uid())"):
        "Anyone may read rows where `is_public` is true; its author may read; "
        "only its author may add, change and delete.",
    ("for all to authenticated using (true)", "as restrictive using (author_id = auth.uid())"):
        "Any signed-in user may read, add, change and delete, as far as restrictive policies let them.",
    ("for delete to authenticated using (author_id = auth.uid() and status = 'draft')",):
        "Its author (under further conditions) may delete.",
}  # fmt: skip


@pytest.mark.parametrize(("policies", "words"), HEADLINES.items(), ids=[" + ".join(k) or "none" for k in HEADLINES])
def test_a_table_in_one_line(policies: tuple[str, ...], words: str) -> None:
    """Who may read, who may change, commands with the same people together."""
    assert line(*policies) == words


def test_grants_decide_as_well() -> None:
    """A policy for people who have no grant lets nobody do anything."""
    tables = TABLES + "revoke all on public.notes from anon, authenticated;"
    assert line("using (true)", tables=tables) == "No client role reaches a row of it."


@pytest.mark.parametrize("folder", ["supabase/migrations", "examples/leaky"])
def test_words_and_matrix_say_the_same(folder: str) -> None:
    """`every row` and `no row` are told where, and only where, the predicate folds to that for these people."""
    access = context(load(str(Path(__file__).parents[2] / folder))).access
    seen = set()
    for table in access.catalog.tables.values():
        for policy in (p for p in table.policies if p.origin is None):
            for audience in audiences(("anon", "authenticated"), access):
                found = rows(policy, "using", table, audience, access)
                says = access.predicate(policy, "using", table)
                if found is None or says is None:
                    continue
                anonymous = audience.who != "signed-in users"
                assert found.every == (says.truth(anonymous=anonymous) is True), policy.name
                assert (not found.every and not found.ways) == (not says.holds(anonymous=anonymous)), policy.name
                seen.add(found.text.partition(" ")[0])
    assert seen >= ({"rows", "no"} if folder.startswith("supabase") else {"rows", "no", "every"})
