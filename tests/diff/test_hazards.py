"""Each hazard: a change that has it, and one that nearly has it."""

from __future__ import annotations

import pytest

from policytool.cli.diff import hazard
from policytool.diff.hazards import NAMES
from policytool.diff.run import Diff, Options, compare
from policytool.errors import UsageError
from tests.catalog.closing import built, platform

ROLES = "create role alice; create role bob;"
TABLE = f"{ROLES} create table t (a int);"
FUNCTION = "create function f() returns int language sql"
BODY = "create function f() returns int language plpgsql as $$begin return (select count(*) from public.t{}); end$$;"


def diff(before: str, after: str, **options: object) -> Diff:
    """The diff of two texts, nothing withheld."""
    settings = Options(allow_drops=True, **options)  # type: ignore[arg-type]
    return compare(built(before, "postgres"), built(after, "postgres"), platform("postgres"), options=settings)


# name → (before, after, what the message says), for one that has it; then (before, after) of near misses
HAS: dict[str, list[tuple[str, str, str]]] = {
    "DATA_LOSS": [
        ("create table t (a int)", "", "all rows of public.t are gone"),
        ("create table t (a int, b int)", "create table t (a int)", "what public.t.b holds is gone"),
        ("create table t (a numeric)", "create table t (a int)", "public.t.a keeps less of each value"),
        ("create table t (a numeric(9,4))", "create table t (a numeric(9,2))", "keeps less"),
        ("create table t (a timestamptz)", "create table t (a timestamptz(0))", "keeps less"),
        ("create table t (a json)", "create table t (a jsonb)", "keeps less"),
        ("create extension hstore", "", "all that hstore made is gone"),
        ("create table t (a int, b int)", "create table t (a int, b int generated always as (a) stored)", "is gone"),
    ],
    "ACCESS_EXCLUSIVE": [
        ("create table t (a int)", "create table t (a int, b int)", "nobody can read or write public.t"),
        ("create table t (a int)", "create table t (a int); alter table t enable row level security", "public.t"),
    ],
    "SHARE_LOCK": [
        ("create table t (a int)", "create table t (a int); create index i on t (a)", "nobody can write to public.t"),
        (
            "create table t (a int primary key); create table u (a int)",
            "create table t (a int primary key); create table u (a int references t)",
            "nobody can write to public.t until it commits",
        ),
    ],
    "TABLE_REWRITE": [
        ("create table t (a int)", "create table t (a bigint)", "public.t is copied: a becomes bigint"),
        ("create table t (a int)", "create table t (a int, b uuid default gen_random_uuid())", "value of its own"),
        ("create table t (a int)", "create unlogged table t (a int)", "will not outlive a crash"),
        (
            "create table t (a int, b int generated always as (a) stored)",
            "create table t (a int, b int generated always as (a + 1) stored)",
            "b is worked out anew",
        ),
    ],
    "FULL_SCAN": [
        ("create table t (a int)", "create table t (a int not null)", "looked at for nulls"),
        ("create table t (a int)", "create table t (a int check (a > 0))", "every row of public.t is checked"),
        ("create table t (a int)", "create table t (a int, b int not null)", "it fails if public.t has rows"),
        ("create domain d as int", "create domain d as int check (value > 0)", "column of public.d is checked"),
        ("create domain d as int", "create domain d as int not null", "column of public.d is checked"),
        (
            "create table p (a int) partition by list (a); create table t (a int)",
            "create table p (a int) partition by list (a); create table t partition of p for values in (1)",
            "checked against its bounds",
        ),
    ],
    "INDEX_BUILD": [
        ("create table t (a int)", "create table t (a int); create index i on t (a)", "over all rows of public.t"),
        ("create table t (a int)", "create table t (a int unique)", "over all rows of public.t"),
        ('create table t (a text)', 'create table t (a text collate "C")', "public.t.a are built again"),
        (
            "create materialized view m as select 1 as a",
            "create materialized view m as select 1 as a; create index i on m (a)",
            "over all rows of public.m",
        ),
    ],
    "INDEX_DROPPED": [
        ("create table t (a int); create index i on t (a)", "create table t (a int)", "can no longer use i"),
        ("create table t (a int unique)", "create table t (a int)", "can no longer use t_a_key"),
    ],
    "COMMIT_BOUNDARY": [
        (
            "create type e as enum ('a'); create table t (x e)",
            "create type e as enum ('a', 'b'); create table t (x e default 'b')",
            "what follows is another transaction",
        ),
        (
            "create type e as enum ('a'); create table t (x text)",
            "create type e as enum ('a', 'b'); create table t (x e)",
            "what follows is another transaction",
        ),
    ],
    "AUTHZ_WIDENED": [
        (TABLE, f"{TABLE} grant select on t to alice", "alice SELECT"),
        (
            f"{ROLES} create schema s; create table s.t (a int); grant select on s.t to alice",
            f"{ROLES} create schema s; create table s.t (a int); grant select on s.t to alice;"
            "grant usage on schema s to alice",
            "alice SELECT",
        ),
        (
            f"{TABLE} grant select on t to alice",
            f"{TABLE} grant select on t to alice; grant alice to bob",
            "bob SELECT",
        ),
    ],
    "AUTHZ_NARROWED": [
        (f"{TABLE} grant select on t to alice", TABLE, "alice SELECT"),
        (
            f"{TABLE} grant all on t to alice",
            f"{TABLE} grant all on t to alice; alter table t enable row level security",
            "can do less on public.t: alice SELECT, INSERT, UPDATE, DELETE",
        ),
    ],
    "RLS_DISABLED": [
        ("create table t (a int); alter table t enable row level security", "create table t (a int)", "sees every row"),
        (
            "create table t (a int); alter table t enable row level security",
            "create table t (a int) partition by list (a)",
            "is made again without",
        ),
    ],
    "DEFINER_NO_SEARCH_PATH": [
        ("", f"{FUNCTION} security definer as 'select 1'", "looks names up where its caller says"),
        (f"{FUNCTION} as 'select 1'", f"{FUNCTION} security definer as 'select 1'", "f() runs as its owner"),
    ],
    "UNTRACKED_DEPENDENCY": [
        ("create table t (a int);" + BODY.format(""), BODY.format(""), "the body of public.f() still names it"),
        (
            "create table t (a int, b int);" + BODY.format(" where b > 1"),
            "create table t (a int);" + BODY.format(" where b > 1"),
            "still names a column b of it",
        ),
    ],
    "EXTENSION_VERSION": [
        ("create extension hstore version '1.7'", "create extension hstore version '1.8'", "from 1.7 to 1.8"),
    ],
    "UNMODELLED": [("", "create rubbish x", "test.sql:1 is not in this diff")],
    "ROLE_MISSING": [
        ("create table t (a int)", "create table t (a int); grant select on t to ghost", "makes the role ghost"),
    ],
}  # fmt: skip
NOT: dict[str, list[tuple[str, str]]] = {
    "DATA_LOSS": [
        ("create table t (a int)", "create table t (a numeric)"),
        ("create table t (a numeric(9,2))", "create table t (a numeric(12,2))"),
        ("create view v as select 1 as a", ""),
        ("create table t (a int, b int generated always as (a) stored)", "create table t (a int)"),
    ],
    "ACCESS_EXCLUSIVE": [
        ("create table t (a int)", "create table t (a int); create index i on t (a)"),
        ("", "create table t (a int); alter table t enable row level security"),
    ],
    "SHARE_LOCK": [
        ("", "create table t (a int); create index i on t (a)"),
        ("create table t (a int)", "create table t (a int); comment on table t is 'x'"),
    ],
    "TABLE_REWRITE": [
        ("create table t (a varchar(10))", "create table t (a varchar(20))"),
        ("create table t (a int)", "create table t (a int, b int default 1)"),
    ],
    "FULL_SCAN": [
        ("create table t (a int not null)", "create table t (a int)"),
        ("create table t (a int)", "create table t (a int); alter table t add check (a > 0) not valid"),
    ],
    "INDEX_BUILD": [
        ("create table t (a int); create index i on t (a)", "create table t (a int); create index j on t (a)"),
        ("", "create table t (a int unique)"),
    ],
    "INDEX_DROPPED": [
        ("create table t (a int); create index i on t (a)", ""),
        ("create table t (a int); create index i on t (a)", "create table t (a int); create index j on t (a)"),
    ],
    "NON_TRANSACTIONAL": [("create table t (a int)", "create table t (a int); create index i on t (a)")],
    "COMMIT_BOUNDARY": [("create type e as enum ('a')", "create type e as enum ('a', 'b'); create table t (x e)")],
    "AUTHZ_WIDENED": [
        (f"{ROLES} create schema s; create table s.t (a int)", f"{ROLES} create schema s; create table s.t (a int);"
         "grant select on s.t to alice"),
        (f"{TABLE} alter table t enable row level security",
         f"{TABLE} alter table t enable row level security; grant select on t to alice"),
    ],
    "AUTHZ_NARROWED": [
        (f"{TABLE} alter table t enable row level security; grant select on t to alice",
         f"{TABLE} alter table t enable row level security"),
        (f"{TABLE} grant select on t to alice; grant select on t to public",
         f"{TABLE} grant select on t to public"),
    ],
    "RLS_DISABLED": [
        ("create table t (a int); alter table t enable row level security", ""),
        ("", "create table t (a int)"),
    ],
    "DEFINER_NO_SEARCH_PATH": [
        ("", f"{FUNCTION} security definer set search_path = '' as 'select 1'"),
        (f"{FUNCTION} security definer as 'select 1'", f"{FUNCTION} security definer as 'select 2'"),
    ],
    "UNTRACKED_DEPENDENCY": [
        ("create table t (a int);" + BODY.format(""), ""),
        ("create table t (a int, b int);" + BODY.format(""), "create table t (a int);" + BODY.format("")),
    ],
    "EXTENSION_VERSION": [("", "create extension hstore version '1.8'")],
    "RENAME_GUESSED": [("create table t (a int)", "create table u (b int, a text)")],
    "UNMODELLED": [("create rubbish x", "create rubbish x; create table t (a int)")],
    "ROLE_MISSING": [("", "create role ghost; create table t (a int); grant select on t to ghost")],
}  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "words"), [(n, *one) for n, some in HAS.items() for one in some])
def test_has_the_hazard(name: str, before: str, after: str, words: str) -> None:
    """The diff names it, in words that say who or what is hurt."""
    found = diff(before, after)
    every = [*found.overall, *(h for change in found.changes for h in change.hazards)]
    assert any(words in h.message for h in every if h.name == name), every


@pytest.mark.parametrize(("name", "before", "after"), [(n, *one) for n, some in NOT.items() for one in some])
def test_has_not_the_hazard(name: str, before: str, after: str) -> None:
    """A near miss is no hazard."""
    assert name not in diff(before, after).hazards


def test_what_refuses_a_transaction_cannot_be_rolled_back() -> None:
    """An index that is made beside the work is left behind, not valid, where it fails."""
    found = diff("create table t (a int)", "create table t (a int); create index i on t (a)", online=True)
    (change,) = found.changes
    assert [h.name for h in change.hazards] == ["INDEX_BUILD", "NON_TRANSACTIONAL"]
    assert "not valid is left behind" in change.hazards[1].message


def test_a_bucket_that_anybody_may_read() -> None:
    """Public is a widening, private again a narrowing; one that is gone is left to the storage's API."""
    row = "insert into storage.buckets (id, name, public) values ('a', 'a', {});"
    texts = {"none": "", "private": row.format("false"), "public": row.format("true")}

    def between(before: str, after: str) -> Diff:
        pair = [built(texts[side], "supabase") for side in (before, after)]
        return compare(pair[0], pair[1], platform("supabase"))

    assert between("none", "private").hazards == frozenset()
    assert between("none", "public").hazards == between("private", "public").hazards == {"AUTHZ_WIDENED"}
    back = between("public", "private")
    assert [change.sql for change in back.changes] == ["update storage.buckets set public = false where id = 'a'"]
    assert back.hazards == {"AUTHZ_NARROWED"}
    gone = between("public", "none")
    assert (gone.changes, [note for note in gone.notes if "storage's API" in note]) == ((), list(gone.notes))
    assert gone.notes


def test_a_guessed_rename_is_a_hazard() -> None:
    """It is one only where it was guessed, and accepted."""
    before, after = "create table t (a int, b text)", "create table u (a int, b text)"
    assert "RENAME_GUESSED" in diff(before, after, renames="auto").hazards
    assert diff(before, after).hazards >= {"DATA_LOSS"}


def test_a_hazard_can_be_allowed() -> None:
    """What is allowed is not said, of statements and of the whole."""
    assert diff("create table t (a int)", "", allowed=("DATA_LOSS",)).hazards == {"ACCESS_EXCLUSIVE"}
    assert diff("", "create rubbish x", allowed=("UNMODELLED",)).hazards == frozenset()


def test_every_hazard_is_tested() -> None:
    """None is named that no test has, and none is missing."""
    aside = {"NON_TRANSACTIONAL", "RENAME_GUESSED"}
    assert HAS.keys() | aside == set(NAMES)
    assert NOT.keys() == set(NAMES)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("widened", "AUTHZ_WIDENED"), ("Narrowed", "AUTHZ_NARROWED"), ("data-loss", "DATA_LOSS"),
        *((name.lower(), name) for name in NAMES),
    ],
)  # fmt: skip
def test_hazards_are_named_as_people_write(word: str, name: str) -> None:
    """In any case, with a hyphen or an underscore; access has short words."""
    assert hazard(word) == name


def test_what_is_no_hazard_is_refused() -> None:
    """A misspelled name would otherwise never fail."""
    with pytest.raises(UsageError, match="'dataloss' is no hazard"):
        hazard("dataloss")
