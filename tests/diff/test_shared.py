"""What stays the same is the same object on both sides, so that a small change costs little."""

from __future__ import annotations

from policytool.diff.plan import plan
from policytool.diff.shared import shared, unshared
from tests.catalog.closing import built, platform

TABLE = """
create table t{n} (id serial primary key, owner text not null, x text default 'x');
create index on t{n} (owner);
alter table t{n} enable row level security;
create policy p on t{n} using (owner = current_user);
create view v{n} as select id from t{n};
"""


def _schema(count: int, more: str = "") -> str:
    return "".join(TABLE.format(n=n) for n in range(count)) + more


def test_what_says_the_same_is_the_same_object() -> None:
    """Where it was said is no difference; of a table with another column the other parts are shared."""
    before = built(_schema(2), "postgres")
    after = shared(before, built("select 1;\n" + _schema(2, "alter table t1 add column y integer;"), "postgres"))
    assert after.tables["public", "t0"] is before.tables["public", "t0"]
    old, new = before.tables["public", "t1"], after.tables["public", "t1"]
    assert new is not old
    assert new.policies is old.policies
    assert [column in old.columns for column in new.columns] == [True, True, True, False]
    one, other = unshared(before, after)
    assert list(one.tables) == list(other.tables) == [("public", "t1")]
    assert not one.views


def test_a_key_with_another_index_is_another_key() -> None:
    """A constraint that is the same but for its index does not hide that."""
    before = built("create table t (a integer, constraint u unique (a));", "postgres")
    after = built("create table t (a integer, constraint u unique nulls not distinct (a));", "postgres")
    assert [done.sql for done in plan(before, after, platform("postgres")).statements] == [
        "alter table public.t drop constraint u",
        "alter table public.t add constraint u unique nulls not distinct (a)",
    ]


def test_what_is_folded_does_not_grow_with_what_stays() -> None:
    """A small change of a large schema is as many statements as of a small one."""
    change = "alter table t1 add column y integer; drop policy p on t1;"
    sizes = {
        count: len(
            plan(
                built(_schema(count), "postgres"), built(_schema(count, change), "postgres"), platform("postgres")
            ).statements
        )
        for count in (3, 60)
    }
    assert sizes == {3: 2, 60: 2}
