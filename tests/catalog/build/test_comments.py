"""COMMENT ON: every kind of object gets what a server gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

BEFORE = (
    "create table t (a int constraint k check (a > 0), b text); create view v as select a from t; create index i "
    "on t (a);"
    "create materialized view m as select a from t; create sequence s; create type e as enum ('a');"
    "create type c as (x int); create domain d as int constraint dk check (value > 0); create policy p on t;"
    "create function f(int) returns int language sql as 'select 1'; create procedure pr() language sql as 'select 1';"
    "create function tf() returns trigger language plpgsql as 'begin return new; end';"
    "create trigger tr before insert on t execute function tf(); create rule r as on insert to v do instead nothing;"
    "create aggregate ag(int) (sfunc = int4pl, stype = int); create schema other; create table other.t (z int);"
)
COMMENTS = [
    "comment on table t is 'x'",
    "comment on table other.t is 'x'; comment on column other.t.z is 'y'",
    "comment on table t is 'x'; comment on table t is ''",
    "comment on table t is 'x'; comment on table t is null",
    "comment on table v is 'x'",
    "comment on column t.a is 'x'; comment on column v.a is 'y'; comment on column c.x is 'z'; comment on column "
    "m.a is 'm'",
    "comment on column t.nope is 'x'",
    "comment on view v is 'x'",
    "comment on view t is 'x'",
    "comment on view m is 'x'",
    "comment on view nope is 'x'",
    "comment on materialized view m is 'x'",
    "comment on materialized view v is 'x'",
    "comment on sequence s is 'x'",
    "comment on sequence t is 'x'",
    "comment on index i is 'x'",
    "comment on index t is 'x'",
    "comment on index nope is 'x'",
    "comment on type e is 'x'; comment on type c is 'y'",
    "comment on domain d is 'x'",
    "comment on type d is 'x'",
    "comment on domain e is 'x'",
    "comment on constraint k on t is 'x'",
    "comment on constraint nope on t is 'x'",
    "comment on constraint dk on domain d is 'x'",
    "comment on constraint nope on domain d is 'x'",
    "comment on policy p on t is 'x'",
    "comment on policy nope on t is 'x'",
    "comment on trigger tr on t is 'x'",
    "comment on trigger nope on t is 'x'",
    "comment on rule r on v is 'x'",
    "comment on rule nope on v is 'x'",
    "comment on function f(int) is 'x'",
    "comment on function f is 'x'",
    "comment on procedure pr() is 'x'",
    "comment on procedure f(int) is 'x'",
    "comment on routine pr() is 'x'",
    "comment on aggregate ag(int) is 'x'",
    "comment on aggregate f(int) is 'x'",
    "comment on schema other is 'x'",
    "comment on database postgres is 'x'",
    "comment on table t is 'x'; alter table t add constraint k2 check (a < 9); comment on constraint k2 on t is 'two'",
]


@pytest.mark.parametrize("sql", COMMENTS)
def test_comments_are_as_on_a_server(database: Connection, sql: str) -> None:
    """COMMENT ON leaves on a server what the builder says, or is refused alike."""
    assert differences(database, BEFORE + sql) == []


def test_commenting_what_nobody_made_assumes_it() -> None:
    """A comment on an unknown table, column or function takes it to exist."""
    state, refused = folded(
        "comment on table t is 'x'; comment on column t.a is 'y'; comment on function f(int) is 'z'"
    )
    table = state.tables[("public", "t")]
    assert refused == []
    assert (table.comment, table.columns[0].comment) == ("x", "y")
    assert state.functions[("public", "f", ("integer",))].comment == "z"
