"""CREATE and ALTER FUNCTION, PROCEDURE and AGGREGATE: the builder and a server end with the same routines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

CREATED = [
    "create function f(a int, b text default 'x') returns int language sql as 'select 1'",
    "create function f(in a int, inout b text, out c numeric(10,2)) language plpgsql as 'begin end'",
    "create function f(varchar(20), char(3), timestamp(3), numeric(8,2)[]) returns varchar(5) language plpgsql "
    "as 'begin end'",
    "create function f() returns table (a int, b text) language sql as $$select 1, 'x'$$",
    "create function f() returns table (a int) language sql as $$select 1$$",
    "create function f(a int[], variadic b text[]) returns setof text language sql as 'select b[1]' rows 7",
    "create function f(out a int, out b text) returns setof record language sql as $$select 1, 'x'$$ rows 1000",
    "create function f() returns trigger language plpgsql as $body$ begin return new; end $body$",
    "create function f(a int) returns int language sql immutable strict leakproof parallel safe cost 3 as 'select a'",
    "create function f(a int) returns int language sql stable returns null on null input cost 100 as 'select a'",
    "create function f(a anyelement, b anyarray) returns anyelement language sql as 'select a'",
    "create function f() returns void language sql security definer set search_path = '' as ''",
    "create function f() returns void language sql set search_path = public, pg_temp, \"$user\" as ''",
    "create function f() returns void language sql set search_path to 'public, other' as ''",
    "create function f() returns void language sql set work_mem = '4MB' set timezone to 'UTC' set a.b = 1.50 as ''",
    "create function f() returns void language sql set statement_timeout = 5000 set jit = off set a.c = 'x y' as ''",
    "create function f() returns void language sql set search_path = a set work_mem = '1MB' set search_path = b as ''",
    "create function f() returns void language sql set datestyle = iso, dmy set search_path from current as ''",
    "create function f() returns void language sql set search_path to default as ''",
    "create procedure p(a int, inout b text default 'z') language plpgsql security definer as 'begin end'",
    "create procedure p(a int, out b text) language plpgsql as 'begin end'",
    "create function f(a int, b int) returns int return a + $2",
    "create function f(a int, b int) returns int begin atomic select f.a; select a * b; end",
    "create table t (a int); create function f(x int) returns void begin atomic insert into t values (x); "
    "update t set a = f.x where a = $1; delete from t; end",
    "create function f() returns void begin atomic end",
    "create function f(internal) returns internal language internal as 'int4send'",
    "create schema s; create function s.f() returns int language sql as 'select 1'; create function f() returns int "
    "language sql as 'select 2'",
    "create type mood as enum ('a'); create function f(m mood, n mood[]) returns setof mood language sql as 'select m'",
    "create domain d as int; create type c as (x d); create function f(c) returns d language sql as 'select $1.x'",
    "set search_path = nowhere; create function f() returns int language sql as 'select 1'",
    "create function f(a int default 1 + 1, b timestamptz default now(), c text default null) returns int "
    "language sql as 'select 1'",
    "create function f(a int) returns int window language internal as 'window_row_number'",
    "create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0')",
    "create aggregate counted(*) (sfunc = int8inc, stype = int8, initcond = '0', parallel = safe)",
    "create aggregate mean(float8) (sfunc = float8_accum, stype = float8[], finalfunc = float8_avg, initcond = "
    "'{0,0,0}');"
    "drop aggregate mean(float8)",
    "create aggregate old (basetype = int, sfunc = int4pl, stype = int, initcond = '0')",
    "create function step(int, text) returns int language sql as 'select 1'; create aggregate folded(text) "
    "(sfunc = step, stype = int)",
    "create aggregate a(int) (sfunc = int4pl, stype = int); create or replace aggregate a(int) (sfunc = int4mi, "
    "stype = int)",
]

REPLACED = [
    "create or replace function f(a int, b int) returns int language sql as 'select 2'",
    "create or replace function f(x int, b int) returns int language sql as 'select 2'",
    "create or replace function f(int, int) returns int language sql as 'select 2'",
    "create or replace function f(a int, b int) returns text language sql as 'select null::text'",
    "create or replace function f(a int, b int default 3) returns int language plpgsql as 'begin end' stable",
    "create or replace procedure f(a int, b int) language sql as 'select 2'",
    "create or replace function f(a int) returns int language sql as 'select 2'",
    "create or replace function f(a int, b int, out c int) language sql as 'select 2'",
    "create or replace function f(a int, b int) returns setof int language sql as 'select 2'",
    "create function f(a int, b int) returns int language sql as 'select 2'",
    "create function f(a int, b text) returns int language sql as 'select 2'; create or replace function f(a "
    "int, b text) "
    "returns int language sql strict as 'select 3'",
    "grant execute on function f(int, int) to public; create or replace function f(a int, b int) returns int "
    "language sql as 'select 2'",
]

ALTERED = [
    "alter function f(int) stable",
    "alter function f strict security definer set search_path = ''",
    "alter function f(int) set search_path = public, pg_temp set work_mem = '1MB'",
    "alter function f(int) set a.b = 1; alter function f(int) set c.d = 2; alter function f(int) set a.b = 3",
    "alter function f(int) set search_path = a; alter function f(int) reset search_path",
    "alter function f(int) set a.b = 1 set a.c = 2; alter function f(int) reset all",
    "alter function f(int) set search_path from current",
    "alter function f(int) called on null input immutable leakproof parallel restricted cost 7",
    "alter function f(int) rows 10",
    "alter function f(text) stable",
    "alter procedure f(int) security definer",
    "alter routine f(int) security definer",
    "create function f(text) returns int language sql as 'select 1'; alter function f stable",
    "create procedure p(a int, out b int) language plpgsql as 'begin end'; alter procedure p(int) security definer",
    "create procedure p(a int, out b int) language plpgsql as 'begin end'; alter procedure p(int, int) security "
    "definer",
    "create procedure p(a int, out b int) language plpgsql as 'begin end'; alter function p(int) security definer",
    "create procedure p(a int) language plpgsql as 'begin end'; alter procedure p strict",
    "create aggregate a(int) (sfunc = int4pl, stype = int); alter function a(int) stable",
    "create schema s; create function s.f(int) returns int language sql as 'select 1'; set search_path = s, public; "
    "alter function f(int) stable",
]

WRONG = [
    "create function f(a int default 1, b int) returns int language sql as 'select 1'",
    "create function f(a int, a int) returns int language sql as 'select 1'",
    "create function f(a int, out b int) returns text language sql as 'select 1'",
    "create function f(a int) language sql as 'select 1'",
    "create function f(a int) as 'select 1'",
    "create function f(a int) returns int language sql",
    "create function f(a int) returns int language sql rows 5 as 'select 1'",
    "create function f(a int) returns int language sql cost 0 as 'select 1'",
    "create function f(variadic a int[], b int) returns int language sql as 'select 1'",
    "create function f(variadic a int) returns int language sql as 'select 1'",
    "create function f(a int) returns trigger language plpgsql as ''",
    "create function f(a setof int) returns int language sql as 'select 1'",
    "create function f(out a int default 1) returns int language sql as 'select 1'",
    "create procedure p() language sql immutable as 'select 1'",
    "create function f() returns int language sql stable volatile as 'select 1'",
    "create function f() returns int language plpgsql return 1",
    "create function f() returns void begin atomic create table x (a int); end",
    "create function f() returns int language sql parallel maybe as 'select 1'",
    "create aggregate a(int) (stype = int)",
    "create aggregate a(int) (sfunc = int4pl)",
]


@pytest.mark.parametrize("sql", CREATED)
def test_new_routines_are_as_on_a_server(database: Connection, sql: str) -> None:
    """CREATE FUNCTION, PROCEDURE and AGGREGATE leave in pg_proc what the builder says."""
    assert differences(database, sql) == []


@pytest.mark.parametrize("sql", REPLACED)
def test_or_replace_follows_the_server(database: Connection, sql: str) -> None:
    """OR REPLACE takes body, settings and SECURITY from the new statement, and refuses another result or names."""
    before = (
        "create function f(a int, b int) returns int language sql security definer set search_path = '' as 'select 1';"
    )
    assert differences(database, before + sql) == []


@pytest.mark.parametrize("sql", ALTERED)
def test_alter_function_follows_the_server(database: Connection, sql: str) -> None:
    """ALTER FUNCTION finds the routine that Postgres finds and changes the same of it."""
    assert differences(database, "create function f(a int) returns int language sql as 'select 1';" + sql) == []


@pytest.mark.parametrize("sql", WRONG)
def test_what_postgres_refuses_is_refused(database: Connection, sql: str) -> None:
    """A wrong CREATE FUNCTION has no effect and the server's SQLSTATE."""
    assert differences(database, sql) == []


def test_replacing_keeps_owner_and_grants() -> None:
    """OR REPLACE keeps owner, grants, comment and place of birth; SECURITY DEFINER and settings go unless repeated."""
    catalog = built(
        "create role r; create function f() returns int language sql security definer set search_path = '' as "
        "'select 1';\n"
        "revoke all on function f() from public; comment on function f() is 'kept'; alter function f() owner to r;\n"
        "create or replace function f() returns int language sql as 'select 2';"
    )
    function = catalog.functions[("public", "f", ())]
    assert (function.owner, function.comment, function.body) == ("r", "kept", "select 2")
    assert not function.security_definer
    assert function.settings == ()
    assert [g.grantee for g in function.grants] == ["r"]
    assert (function.made.line, function.changed.line) == (1, 3) if function.made and function.changed else False


def test_a_body_knows_its_place() -> None:
    """`body_at` spans the text between the quotes, whichever they are, with non-ASCII text before it."""
    sql = (
        "-- Füße\ncreate function f() returns int language sql as $q$\n select 1 $q$;\n"
        "create function g() returns text language sql as 'select ''é''';"
    )
    catalog = built(sql)
    lines = sql.split("\n")
    first, second = (catalog.functions[("public", name, ())].body_at for name in "fg")
    assert first is not None
    assert second is not None
    assert (first.line, lines[1][: first.column - 1][-3:], first.end_line) == (2, "$q$", 3)
    assert lines[3][second.column - 1 : second.end_column - 1] == "select ''é''"


def test_a_function_that_nobody_made_is_assumed_once() -> None:
    """ALTER FUNCTION of an unknown function takes it to exist and says so."""
    state, refused = folded("alter function gone(int) security definer; alter function gone(int) stable")
    function = state.functions[("public", "gone", ("integer",))]
    assert (refused, function.security_definer, function.volatility) == ([], True, "STABLE")
    assert [u.kind for u in state.unmodelled] == ["assumed"]


def test_a_type_that_nobody_made_is_assumed() -> None:
    """A function over an unknown type is made, and the type is said to be assumed."""
    state, refused = folded("create function f(a nowhere.mood) returns mood language sql as 'select 1'")
    assert refused == []
    assert ("public", "f", ("nowhere.mood",)) in state.functions
    assert set(state.base_types) >= {("nowhere", "mood"), ("public", "mood")}
    assert [u.kind for u in state.unmodelled] == ["assumed", "assumed", "assumed"]  # the schema, too


def test_an_assumed_function_becomes_real() -> None:
    """CREATE FUNCTION of what was only assumed fills it in; grants given before stay."""
    state, refused = folded(
        "create role r; grant execute on function f(int) to r;"
        "create function f(a int) returns text language plpgsql security definer as 'begin end'"
    )
    function = state.functions[("public", "f", ("integer",))]
    assert (refused, function.returns, function.language, function.security_definer) == ([], "text", "plpgsql", True)
    assert "r" in {g.grantee for g in function.grants}
