"""Data statements that the builder reads: buckets, and nothing of the rest."""

from __future__ import annotations

import pytest

from tests.catalog.build.support import built

BUCKETS = {
    "private by default": ("insert into storage.buckets (id, name) values ('a', 'a')", {"a": False}),
    "public": (
        "insert into storage.buckets (id, name, public) values ('a', 'a', true), ('b', 'b', false)",
        {"a": True, "b": False},
    ),
    "public as text": ("insert into storage.buckets (id, name, public) values ('a', 'a', 'true')", {"a": True}),
    "cast": ("insert into storage.buckets (id, name, public) values ('a', 'a', 'on'::boolean)", {"a": True}),
    "other columns": (
        """insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
           values ('a', 'a', true, 1024, array['image/png'])""",
        {"a": True},
    ),
    "order": ("insert into storage.buckets values ('a', 'a', null, now(), now(), true)", {"a": True}),
    "select": ("insert into storage.buckets (id, name, public) select 'a', 'a', true", {"a": True}),
    "where not exists": (
        """insert into storage.buckets (id, name, public) select 'a', 'a', true
           where not exists (select 1 from storage.buckets where id = 'a')""",
        {"a": True},
    ),
    "union": (
        "insert into storage.buckets (id, name, public) select 'a', 'a', true union all select 'b', 'b', false",
        {"a": True, "b": False},
    ),
    "twice": (
        """insert into storage.buckets (id, name, public) values ('a', 'a', true);
           insert into storage.buckets (id, name, public) values ('a', 'a', false) on conflict (id) do nothing""",
        {"a": True},
    ),
    "upsert": (
        """insert into storage.buckets (id, name, public) values ('a', 'a', true);
           insert into storage.buckets (id, name, public) values ('a', 'a', false)
           on conflict (id) do update set public = excluded.public""",
        {"a": False},
    ),
    "upsert to a constant": (
        """insert into storage.buckets (id, name) values ('a', 'a');
           insert into storage.buckets (id, name) values ('a', 'a') on conflict (id) do update set public = true""",
        {"a": True},
    ),
    "update": (
        """insert into storage.buckets (id, name) values ('a', 'a'), ('b', 'b');
           update storage.buckets set public = true where id = 'a'""",
        {"a": True, "b": False},
    ),
    "update some": (
        """insert into storage.buckets (id, name) values ('a', 'a'), ('b', 'b'), ('c', 'c');
           update storage.buckets set public = true where name in ('a', 'c')""",
        {"a": True, "b": False, "c": True},
    ),
    "update any": (
        """insert into storage.buckets (id, name) values ('a', 'a'), ('b', 'b');
           update storage.buckets set public = true where id = any (array['b'])""",
        {"a": False, "b": True},
    ),
    "update all": (
        "insert into storage.buckets (id, name) values ('a', 'a'); update storage.buckets set public = true",
        {"a": True},
    ),
    "update another column": (
        """insert into storage.buckets (id, name) values ('a', 'a');
           update storage.buckets set file_size_limit = 1 where id like 'a%'""",
        {"a": False},
    ),
    "delete": (
        """insert into storage.buckets (id, name) values ('a', 'a'), ('b', 'b');
           delete from storage.buckets where id = 'a'""",
        {"b": False},
    ),
    "rolled back": ("begin; insert into storage.buckets (id, name) values ('a', 'a'); rollback", {}),
    "another table": ("create table buckets (id text); insert into buckets (id) values ('a')", {}),
}


@pytest.mark.parametrize(("sql", "expected"), BUCKETS.values(), ids=BUCKETS.keys())
def test_buckets(sql: str, expected: dict[str, bool]) -> None:
    """Which buckets there are after literal statements, and whether each is public."""
    catalog = built(sql, "supabase")
    assert {name: bucket.public for name, bucket in catalog.buckets.items()} == expected
    assert [u for u in catalog.unmodelled if u.kind != "transaction"] == []


@pytest.mark.parametrize(
    "sql",
    [
        "insert into storage.buckets (id, name, public) values ('a', 'a', current_setting('x')::boolean)",
        "insert into storage.buckets (id, name) select name, name from generate_series(1, 3) g (name)",
        "insert into storage.buckets (id, name) values (gen_random_uuid(), 'a')",
        "update storage.buckets set public = true where id like 'a%'",
        "update storage.buckets set public = not public",
        "delete from storage.buckets where public",
    ],
)
def test_buckets_that_are_not_literal_are_said(sql: str) -> None:
    """What cannot be read is recorded as a matter of security."""
    said = built(sql, "supabase").unmodelled
    assert [u.security for u in said] == [True]


def test_a_bucket_knows_the_statement_that_decided() -> None:
    """The place is that of the insert, and after a change that of the change."""
    catalog = built(
        "insert into storage.buckets (id, name) values ('a', 'a');\n"
        "insert into storage.buckets (id, name) values ('b', 'b');\n"
        "update storage.buckets set public = true where id = 'a';",
        "supabase",
    )
    lines = {name: bucket.made.line for name, bucket in catalog.buckets.items() if bucket.made}
    assert lines == {"a": 3, "b": 2}


def test_other_data_changes_nothing() -> None:
    """Seeds are read and leave no trace."""
    sql = "create table t (i int); insert into t values (1), (2); update t set i = 3; delete from t; select * from t;"
    catalog = built(sql)
    assert set(catalog.tables) == {("public", "t")}
    assert catalog.unmodelled == ()
