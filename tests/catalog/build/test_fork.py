"""A build that is looked at on its way, and goes on in two ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool.catalog.build import Builder, build
from policytool.catalog.build.platform import Platform
from policytool.source import read
from policytool.source.model import SqlFile
from policytool.syntax import parse

ROOT = Path(__file__).parents[3]
SUPABASE = Platform(name="supabase", exposed_schemas=("public",))
# Something of everything that a state keeps beside its stores: names, relatives, sessions, memberships, defaults.
SIDE = """
create role clerk; grant clerk to postgres; set role clerk; reset role;
alter default privileges in schema public grant select on tables to clerk;
create schema side; create table side.parent (id int primary key) partition by range (id);
create table side.child partition of side.parent for values from (0) to (9);
create function side.f() returns int language sql as 'select 1'; create type side.mood as enum ('a');
create temporary table passing (id int); create index on side.child (id);
do $$ begin for i in 1..3 loop
  execute format('create table side.t%s (id int references side.parent)', i);
end loop; end $$;
drop schema public cascade;
"""


def files(*texts: str) -> tuple[SqlFile, ...]:
    return tuple(SqlFile(path=f"{i}.sql", text=text, order=i) for i, text in enumerate(texts))


@pytest.mark.parametrize("folder", ["supabase/migrations", "examples/leaky/supabase/migrations"])
def test_a_fork_goes_its_own_way(folder: str) -> None:
    """Wherever a build is forked, both ways end as if each had been built from nothing."""
    whole = read(folder, cwd=ROOT).files
    side = SqlFile(path="side.sql", text=SIDE, version=whole[-1].version)
    expected = build(whole, SUPABASE)
    for boundary in range(len(whole) + 1):
        builder = Builder(SUPABASE)
        builder.add(whole[:boundary])
        other = builder.fork()
        other.add([side])
        builder.add(whole[boundary:])
        assert builder.built() == expected
        assert other.built() == build([*whole[:boundary], side], SUPABASE)


def test_a_catalog_is_that_of_the_boundary() -> None:
    """What is folded later does not change what was given out."""
    builder = Builder(SUPABASE)
    builder.add(files("create table a (id int);"))
    before = builder.built()
    builder.add(files("drop table a; create table b (id int);"))
    assert [name for name in before.catalog.tables if name[0] == "public"] == [("public", "a")]
    assert [name for name in builder.built().catalog.tables if name[0] == "public"] == [("public", "b")]


def test_the_change_of_the_platform_is_told_by_the_files_of_each_way() -> None:
    """Supabase stopped its default grants by date: a fork whose next file is younger does not switch the other."""
    old = SqlFile(path="1.sql", text="create table a (id int);", version="20240101000000")
    new = SqlFile(path="2.sql", text="create table b (id int);", version="20270101000000")
    builder = Builder(SUPABASE)
    builder.add([old])
    other = builder.fork()
    other.add([new])
    builder.add([SqlFile(path="2.sql", text=new.text, version="20240102000000")])
    granted = [
        {(g.grantee, g.privilege) for g in b.built().catalog.tables["public", "b"].grants} for b in (builder, other)
    ]
    assert [("anon", "SELECT") in grants for grants in granted] == [True, False]


def test_no_file_is_parsed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forks share what they have parsed, also where one of them has a file more before it."""
    parsed: list[str] = []

    def counted(file: SqlFile) -> parse.Parsed:
        parsed.append(file.path)
        return parse.parse_file(file)

    builder = Builder(SUPABASE)
    other = builder.fork()
    monkeypatch.setattr("policytool.catalog.build.parse_file", counted)
    builder.add([SqlFile(path="b.sql", text="create table b (id int);", order=0)])
    other.add(
        [SqlFile(path="a.sql", text="", order=0), SqlFile(path="b.sql", text="create table b (id int);", order=1)]
    )
    assert parsed == ["b.sql", "a.sql"]
    assert [root.order for root in other.built().roots] == [1]
