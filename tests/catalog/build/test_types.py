"""Enumerations, composite types, ranges, domains and base types: the builder and a server end with the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

TYPES = [
    "create type e as enum ('a', 'b', 'ß')",
    "create type e as enum ()",
    "create type e as enum ('a', 'a')",
    "create type e as enum ('a'); create type e as enum ('b')",
    "create schema s; create type s.e as enum ('a'); create type e as enum ('a'); alter type s.e add value 'b'",
    "create type e as enum ('a', 'b'); alter type e add value 'c'",
    "create type e as enum ('a', 'b'); alter type e add value 'c' before 'a'",
    "create type e as enum ('a', 'b'); alter type e add value 'c' after 'a'; alter type e add value 'd' after 'b'",
    "create type e as enum ('a', 'b'); alter type e add value 'a'",
    "create type e as enum ('a', 'b'); alter type e add value if not exists 'a' before 'b'",
    "create type e as enum ('a', 'b'); alter type e add value 'c' before 'nope'",
    "create type e as enum ('a', 'b'); alter type e rename value 'a' to 'z'",
    "create type e as enum ('a', 'b'); alter type e rename value 'a' to 'b'",
    "create type e as enum ('a', 'b'); alter type e rename value 'nope' to 'c'",
    f"create type e as enum ('{'x' * 64}')",
    'create type c as (a int, b numeric(10,2)[], c text collate "C")',
    "create type c as ()",
    "create type c as (a int, a int)",
    "create type c as (a int); create type c as (b int)",
    "create type c as (a int); create type c as enum ('a')",
    "create type e as enum ('a'); create type c as (a e, b e[]); create type d as (x c)",
    "create type c as (a int); alter type c add attribute b text, drop attribute a",
    "create type c as (a int); alter type c alter attribute a type bigint",
    "create type c as (a int); alter type c add attribute a text",
    "create type c as (a int); alter type c drop attribute nope",
    "create type c as (a int); alter type c drop attribute if exists nope",
    "create type c as (a int); alter type c add value 'x'",
    "create type r as range (subtype = float8)",
    "create type myrange as range (subtype = int4, multirange_type_name = many)",
    'create type a_range_of_ranges as range (subtype = text, collation = "C")',
    "create type r as range (subtype_diff = float8mi)",
    "create type r as range (subtype = text, nope = 1)",
    "create type r as range (subtype = text); create type r_multirange as enum ('a')",
    "create type r as range (subtype = text, multirange_type_name = many); create table t (a many, b r[]); "
    "create function f(many) returns r language sql as 'select null::r'",
    "create type shell",
    "create type shell; create type shell",
    "create type b (input = int4in, output = int4out)",
    "create domain d as text",
    "create domain d as varchar(5) default 'x' not null",
    "create domain d as text collate \"C\" check (value > 'a')",
    "create domain d as int check (value > 0) check (value < 10) constraint named check (value <> 5)",
    "create domain d as int not null null",
    "create domain d as int default 1 default 2",
    "create domain d as int constraint k check (true) constraint k check (true)",
    "create domain d as int; create domain e as d; create domain d as text",
    "create domain d as int default 1 + 1; alter domain d set default 3; alter domain d set not null",
    "create domain d as int default 1 not null; alter domain d drop default; alter domain d drop not null",
    "create domain d as int default null; alter domain d set default 7",
    "create domain d as int; alter domain d add check (value > 1); alter domain d add constraint k check (value > 2)",
    "create domain d as int; alter domain d add constraint k check (value > 2) not valid; "
    "alter domain d validate constraint k",
    "create domain d as int constraint k check (value > 1); alter domain d drop constraint k",
    "create domain d as int; alter domain d drop constraint k",
    "create domain d as int; alter domain d drop constraint if exists k",
    "create domain d as int; alter domain d validate constraint k",
    "create domain d as int constraint k check (value > 1); alter domain d add constraint k check (value > 1)",
    "create domain d as int not null; alter domain d drop constraint d_not_null",
    "create domain d as int; alter domain d add not null",
    "create type e as enum ('a'); alter domain e set not null",
    "create domain d as int check (value > 0); create table d_check (a int constraint d_check1 check (a > 0)); "
    "alter domain d add check (value < 9)",
    "create type c as (a int); create table t of c; alter type c add attribute b int",
    "create type c as (a int); create table t of c; alter type c add attribute b int cascade",
    "create type c as (a int, b int); create table t of c; alter type c alter attribute a type bigint cascade",
    "create type c as (a int, b int); create table t of c; alter type c drop attribute b cascade",
]


@pytest.mark.parametrize("sql", TYPES)
def test_types_are_as_on_a_server(database: Connection, sql: str) -> None:
    """CREATE TYPE, CREATE DOMAIN and their ALTER leave on a server what the builder says, or are refused alike."""
    assert differences(database, sql) == []


def test_adding_a_value_to_an_unknown_type_makes_an_enumeration() -> None:
    """ALTER TYPE ADD VALUE of a type nobody made says that it is an enumeration; the first is said to be assumed."""
    state, refused = folded("alter type mood add value 'sad'; alter type mood add value 'glad' before 'sad'")
    assert refused == []
    assert state.enums[("public", "mood")].labels == ("glad", "sad")
    assert [u.kind for u in state.unmodelled] == ["assumed"]


def test_labels_keep_their_places() -> None:
    """`changed` is the last ALTER TYPE, `made` the CREATE."""
    state, _ = folded("create type e as enum ('a');\nalter type e add value 'b';")
    enum = state.enums[("public", "e")]
    assert enum.made is not None
    assert enum.changed is not None
    assert (enum.made.line, enum.changed.line) == (1, 2)


def test_an_assumed_type_turns_out_to_be_an_enumeration() -> None:
    """A type known only from its use becomes an enumeration when a value is added to it."""
    state, refused = folded(
        "create role r; create function f(m mood) returns int language sql as 'select 1';"
        "grant usage on type mood to r;"
        "alter type mood add value 'glad'"
    )
    enum = state.enums[("public", "mood")]
    assert (refused, enum.labels) == ([], ("glad",))
    assert "r" in {g.grantee for g in enum.grants}
    assert ("public", "mood") not in state.base_types


def test_an_assumed_type_makes_way_for_the_real_one() -> None:
    """A type, or a table with its row type, that is made after its first use takes the place of the assumed one."""
    state, refused = folded(
        "create function f(mood) returns pair language sql as 'select 1'; create function g() returns setof t "
        "language sql as 'select 1'; create type mood as enum ('a'); create type pair as (a int);"
        "create table t (a int)"
    )
    assert refused == []
    assert (list(state.enums), list(state.composites), state.base_types) == (
        [("public", "mood")],
        [("public", "pair")],
        {},
    )
