"""Where findings point, what they give as their reasons, and that they say a thing once."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from policytool.config import PlatformName
from policytool.finding import Finding
from tests.rules.support import audited, files_of, pages
from tests.rules.test_near_misses import ALL, Case

# Each of these says that rows of a table are open to whom they should not be.
HOLES = {
    "rls-disabled-exposed", "policies-without-rls", "partition-rls-gap", "policy-always-true-write",
    "policy-always-true-read", "policy-true-for-anon", "policy-any-authenticated", "anon-write-grant",
    "owner-column-unscoped", "tenant-column-unscoped", "policy-self-comparison", "policy-uncorrelated-subquery",
    "policy-check-drops-scope", "policy-null-identity-match",
    "definer-anon-executable", "definer-authenticated-executable", "definer-trusts-argument", "definer-view-over-rls",
    "definer-view-writable", "invoker-over-definer", "matview-exposed", "foreign-table-exposed", "auth-users-exposed",
    "membership-self-enrol", "membership-role-promote", "privileged-column-self-writable", "managed-schema-grant",
    "disable-rls", "policy-dropped", "policy-weakened", "grant-widened", "cascade-drops-policy",
    "table-copy-without-rls", "recreate-restores-execute",
}  # fmt: skip


def only(rule: str, *texts: str, platform: PlatformName = "supabase") -> Finding:
    """The one finding of a rule."""
    (found,) = audited(*texts, platform=platform, rules=[rule])
    return found


def place(finding: Finding) -> tuple[str, int] | None:
    return (finding.location.path, finding.location.line) if finding.location else None


def test_a_view_is_found_where_it_lost_its_option() -> None:
    """CREATE OR REPLACE in a later file took security_invoker away: that file is named, not the first."""
    first = "create table t (id int); alter table t enable row level security;\n" \
            "create view v with (security_invoker = on) as select id from t;"  # fmt: skip
    found = only(
        "definer-view-over-rls", first, "create or replace view v as select id from t;", "grant select on v to anon;"
    )
    assert place(found) == ("1.sql", 1)
    assert [(r.location.path, r.location.line) for r in found.related if r.location] == [("2.sql", 1), ("0.sql", 1)]


def test_a_function_is_found_where_it_lost_its_search_path() -> None:
    """The statement that gave it the settings it has."""
    good = "create function f() returns int language sql security definer set search_path = '' as 'select 1';"
    bad = "create or replace function f() returns int language sql security definer as 'select 1';"
    assert place(only("definer-search-path", good, bad, "comment on function f() is 'x';")) == ("1.sql", 1)


def test_a_table_is_found_where_rls_was_switched_off() -> None:
    """The table, unless a statement switched row level security off."""
    made = "create table t (id int);\nalter table t enable row level security;"
    assert place(only("rls-disabled-exposed", made, "alter table t disable row level security;")) == ("1.sql", 1)
    assert place(only("rls-disabled-exposed", "\ncreate table t (id int);")) == ("0.sql", 2)


def test_the_reason_names_the_grant_and_its_place() -> None:
    """A GRANT is a reason with a place; default privileges of old projects say that a new one would not have them."""
    granted = only(
        "rls-disabled-exposed", "create table t (id int);", "grant select on t to anon;", platform="supabase-explicit"
    )
    (because,) = granted.related
    assert because.message == "anon has SELECT by a grant"
    assert because.location is not None
    assert because.location.path == "1.sql"
    old = only("rls-disabled-exposed", "create table t (id int);")
    assert [r.message for r in old.related] == [
        "anon has SELECT, INSERT, UPDATE and DELETE by the default privileges of projects made before 2026-05-30",
        "a project made since 2026-05-30 has no such default: there it would take a GRANT",
    ]
    legacy = only("rls-disabled-exposed", "create table t (id int);", platform="supabase-legacy")
    assert [r.message for r in legacy.related] == [old.related[0].message]


def test_who_can_do_what_is_said_in_full() -> None:
    """The widest client first, then what others can do besides."""
    sql = "create table t (id int); grant select on t to anon; grant select, insert on t to authenticated;"
    assert only("rls-disabled-exposed", sql, platform="supabase-explicit").message == (
        "anyone with the anonymous key can read every row of public.t, and any signed-in user insert: "
        "row level security is off"
    )


def test_no_finding_repeats_a_secret() -> None:
    """Not in its message, nor in anything else that a report could print."""
    bad = next(p for p in pages() if p.rule == "secret-in-sql").block("Bad").sql
    secret = next(word.strip("'") for word in bad.split() if word.startswith("'eyJ"))
    report = msgspec.json.encode(audited(bad)).decode()
    assert "service role key" in report
    assert not any(secret[i : i + 12] in report for i in range(len(secret) - 12))


def test_two_secrets_in_a_file_are_two_findings() -> None:
    """Each with its own place and fingerprint."""
    line = "select 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.bm90IGEgcmVhbCBzaWduYXR1cmU';\n"
    found = audited(line + line, rules=["secret-in-sql"])
    assert [place(f) for f in found] == [("0.sql", 1), ("0.sql", 2)]
    assert len({f.fingerprint for f in found}) == 2


@pytest.mark.parametrize("case", ALL, ids=[f"{c.rule}: {c.title}" for c in ALL])
def test_a_hole_is_reported_once(case: Case) -> None:
    """However a table is open, one rule says so above info: for each policy, or for the table."""
    alarms = [
        f
        for f in audited(*files_of(case.sql), platform=case.platform, layout=case.layout)
        if f.rule in HOLES and f.severity != "info"
    ]
    tables = Counter(f"{f.object.schema}.{f.object.table or f.object.name}" for f in alarms)
    assert not [table for table, count in tables.items() if count > 1], [(f.rule, f.message) for f in alarms]


def test_a_key_compared_within_the_subquery_is_said_to_be() -> None:
    """Who then passes depends on chance, so the message says what is compared, and not that anybody reads all rows."""
    sql = (
        "create table rooms (id uuid primary key); alter table rooms enable row level security;"
        "create table guests (id uuid primary key, room_id uuid references rooms (id), user_id uuid);"
        "create policy p on rooms for select using (exists ("
        "select 1 from guests g where g.room_id = id and g.user_id = (select auth.uid())));"
    )
    assert only("policy-uncorrelated-subquery", sql).message == (
        'policy "p" on public.rooms ties its rows to nothing: inside its sub-query id is the sub-query\'s own, '
        "and g.room_id is compared with g.id instead of rooms.id"
    )


def test_a_column_asked_for_in_one_branch_alone() -> None:
    """The message does not say that the policy never asks for it."""
    sql = (
        "create table t (id int, user_id uuid not null, status text); alter table t enable row level security;"
        "create policy p on t for select to authenticated using (status = 'public' or user_id = auth.uid());"
    )
    assert only("owner-column-unscoped", sql).message == (
        "any signed-in user can read rows of public.t that are not theirs: "
        'policy "p" lets by some without asking for user_id'
    )


def test_triggers_before_the_rows_of_a_partition_are_reasons_against() -> None:
    """A trigger of the partitioned table runs for its partitions, and may refuse what no policy does."""
    sql = (
        "create table logs (id int, at date) partition by range (at); alter table logs enable row level security;"
        "create table logs_1 partition of logs for values from ('2026-01-01') to ('2027-01-01');"
        "create function keep() returns trigger language plpgsql as $$ begin raise exception 'kept'; end $$;"
        "create trigger kept before delete on logs for each row execute function keep();"
    )
    assert only("partition-rls-gap", sql).related[-1].message == (
        'trigger "kept" of public.logs runs before DELETE here too, and may refuse it'
    )
