"""GRANT and REVOKE leave in the builder the very access control lists that a server has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = ("relation grants", "schemas", "public", "functions", "types", "servers", "wrappers", "memberships")
ROLES = "create role a; create role b; create role c;"
FUNCTION = "create function f() returns int language sql as 'select 1';"
PROCEDURE = "create procedure p() language sql as '';"
TABLE = ROLES + "create table t (x int, y text, z int);"

SNIPPETS = {
    "select": "grant select on t to a;",
    "several": "grant select, insert, update, delete on t to a, b;",
    "all": "grant all on t to a;",
    "all privileges": "grant all privileges on table t to a;",
    "public": "grant select on t to public;",
    "to itself": "grant select on t to current_user;",
    "session user": "grant select on t to session_user;",
    "twice": "grant select on t to a; grant select on t to a;",
    "option": "grant select on t to a with grant option;",
    "option to public": "grant select on t to public with grant option;",
    "option stays": "grant select on t to a with grant option; grant select on t to a;",
    "option later": "grant select on t to a; grant select on t to a with grant option;",
    "revoke": "grant all on t to a; revoke insert, truncate on t from a;",
    "revoke all": "grant all on t to a; revoke all on t from a;",
    "revoke nothing": "revoke select on t from a;",
    "revoke from owner": "revoke delete on t from postgres;",
    "revoke all from owner": "revoke all on t from postgres;",
    "owner again": "revoke all on t from postgres; grant select on t to postgres;",
    "revoke option": "grant select on t to a with grant option; revoke grant option for select on t from a;",
    "revoke public": "grant all on t to public; revoke all on t from public;",
    "revoke public keeps others": "grant select on t to public, a; revoke select on t from public;",
    "column": "grant select (x, y) on t to a;",
    "columns of many": "grant select (x), update (x, y), insert (z), references (x) on t to a, b;",
    "all on columns": "grant all (x) on t to a;",
    "column option": "grant select (x) on t to a with grant option; grant select (y) on t to a;",
    "column revoke": "grant select (x, y) on t to a; revoke select (x) on t from a;",
    "column and table": "grant select on t to a; grant select (x) on t to a;",
    "column revoke beside table": "grant select on t to a; revoke select (x) on t from a;",
    "column revoke of both": "grant select on t to a; grant select (x) on t to a; revoke select (x) on t from a;",
    "table revoke takes columns": "grant select (x), update (y) on t to a; revoke select on t from a;",
    "table revoke all takes columns": "grant select (x), update (y) on t to a, b; revoke all on t from a;",
    "mixed list": "grant insert, select (x) on t to a;",
    "missing column": "grant select (nope) on t to a;",
    "column delete": "grant delete (x) on t to a;",
    "no such privilege": "grant execute on t to a;",
    "usage on table": "grant usage on t to a;",
    "granted by": "grant select on t to a granted by current_user;",
    "granted by other": "grant select on t to a granted by b;",
    "maintain": "grant maintain on t to a;",
    "drop column": "grant select (x, y) on t to a; alter table t drop column x;",
    # grant options and their chains
    "chain": """grant select on t to a with grant option; set role a; grant select on t to b with grant option;
        set role b; grant select on t to c; reset role;""",
    "chain restrict": """grant select on t to a with grant option; set role a; grant select on t to b; reset role;
        revoke select on t from a;""",
    "chain cascade": """grant select on t to a with grant option; set role a; grant select on t to b with grant option;
        set role b; grant select on t to c; reset role; revoke select on t from a cascade;""",
    "chain option cascade": """grant select on t to a with grant option; set role a; grant select on t to b; reset role;
        revoke grant option for select on t from a cascade;""",
    "two grantors": """grant select on t to a with grant option; set role a; grant select on t to b; reset role;
        grant select on t to b; revoke select on t from b;""",
    "chain with another source": """grant select on t to a with grant option; grant select on t to b with grant option;
        set role a; grant select on t to b with grant option; set role b; grant select on t to c; reset role;
        revoke select on t from a cascade;""",
    "circle": """grant select on t to a with grant option; set role a; grant select on t to b with grant option;
        set role b; grant select on t to a with grant option; reset role;""",
    "to the owner": """grant select on t to a with grant option; set role a; grant select on t to postgres;
        reset role;""",
    "option to the owner": """grant select on t to a with grant option; set role a;
        grant select on t to postgres with grant option; reset role;""",
    "column chain": """grant select (x) on t to a with grant option; set role a; grant select (x) on t to b;
        reset role; revoke select (x) on t from a cascade;""",
    "column from table option": """grant select on t to a with grant option; set role a; grant select (x) on t to b;
        reset role;""",
    "column option from table option": """grant select on t to a with grant option; set role a;
        grant select (x) on t to b with grant option; reset role;""",
    "table revoke, column given on": """grant select on t to a with grant option; set role a;
        grant select (x) on t to b; reset role; revoke select on t from a cascade;""",
    "without option": "grant select on t to a; set role a; grant select on t to b; reset role;",
    "without anything": "set role a; grant select on t to b; reset role;",
    "some of several": """grant select on t to a with grant option; set role a; grant select, insert on t to b;
        reset role;""",
    "as member of the owner": """alter table t owner to b; grant b to a; set role a; grant select on t to c;
        reset role;""",
    "as member without inherit": """alter table t owner to b; grant b to a with inherit false; set role a;
        grant select on t to c; reset role;""",
    "as member of a grantor": """grant select on t to b with grant option; grant b to a; set role a;
        grant select on t to c; reset role;""",
    "revoke by a member": """grant select on t to b with grant option; grant b to a; set role a;
        grant select on t to c; revoke select on t from c; reset role;""",
    # other kinds
    "view": "create view v as select x, y from t; grant select, insert on v to a; grant update (x) on v to a;",
    "materialized view": "create materialized view v as select x from t; grant all on v to a;",
    "sequence": "create sequence s; grant usage, select on sequence s to a;",
    "sequence all": "create sequence s; grant all on sequence s to a; revoke update on sequence s from a;",
    "sequence as table": "create sequence s; grant select on s to a;",
    "sequence as table all": "create sequence s; grant all on s to a;",
    "sequence as table insert": "create sequence s; grant select, insert on s to a;",
    "table as sequence": "grant usage on sequence t to a;",
    "index": "create index i on t (x); grant select on i to a;",
    "function": "create function f(int) returns int language sql as 'select 1'; grant execute on function f(int) to a;",
    "function by name": FUNCTION + "grant execute on function f to a;",
    "function not unique": """create function f(int) returns int language sql as 'select 1';
        create function f(text) returns int language sql as 'select 1'; grant execute on function f to a;""",
    "function from public": FUNCTION
    + """revoke execute on function f() from public; grant execute on function f() to a;""",
    "function all": FUNCTION + """revoke all on function f() from public, postgres;""",
    "function for anon only": FUNCTION + """revoke execute on function f() from a;""",
    "select on function": FUNCTION + "grant select on function f() to a;",
    "out arguments": """create function f(i int, out o text) language sql as 'select $1::text';
        grant execute on function f(int, out text) to a; grant execute on function f(i int) to b;""",
    "procedure": "create procedure p(i int) language sql as ''; grant execute on procedure p(int) to a;",
    "procedure as function": PROCEDURE + "grant execute on function p() to a;",
    "routine": PROCEDURE + "grant all on routine p to a;",
    "aggregate": """create aggregate s(int) (sfunc = int4pl, stype = int); grant execute on function s(int) to a;""",
    "replace function": FUNCTION
    + """revoke all on function f() from public;
        create or replace function f() returns int language sql as 'select 2';""",
    "schema": "create schema n; grant usage, create on schema n to a; grant usage on schema n to public;",
    "schema all": "create schema n; grant all on schema n to a with grant option; revoke create on schema n from a;",
    "schema public": "revoke all on schema public from public; grant usage on schema public to a;",
    "enum": "create type e as enum ('p'); grant usage on type e to a; revoke usage on type e from public;",
    "domain": "create domain d as int; revoke all on domain d from public; grant usage on type d to a;",
    "composite": "create type k as (i int); grant all on type k to a;",
    "range": "create type r as range (subtype = int); revoke usage on type r from public;",
    "server": """create foreign data wrapper w; create server s foreign data wrapper w;
        grant usage on foreign server s to a; grant usage on foreign data wrapper w to b with grant option;""",
    "foreign table": """create foreign data wrapper w; create server s foreign data wrapper w;
        create foreign table f (x int) server s; grant select on f to a;""",
    # everything in a schema
    "all tables": """create view v as select 1 as x; create materialized view m as select 1 as x; create sequence s;
        grant select on all tables in schema public to a;""",
    "all tables later": "grant select on all tables in schema public to a; create table u (i int);",
    "all tables revoked": """grant all on all tables in schema public to a, b;
        revoke insert on all tables in schema public from a;""",
    "all sequences": "create table u (i serial); grant usage on all sequences in schema public to a;",
    "all functions": FUNCTION + PROCEDURE + """revoke execute on all functions in schema public from public;""",
    "all procedures": FUNCTION + PROCEDURE + """revoke execute on all procedures in schema public from public;""",
    "all routines": FUNCTION + PROCEDURE
    + """revoke execute on all routines in schema public from public;
        grant all on all routines in schema public to a;""",
    "two schemas": """create schema n; create table n.u (i int); create table n.w (i int);
        grant select on all tables in schema public, n to a; revoke select on n.w from a;""",
    "partitioned": """create table p (i int) partition by range (i);
        create table q partition of p for values from (0) to (9); grant select on p to a;""",
    "by search_path": "create schema n; create table n.u (i int); set search_path = n; grant select on u to a;",
}  # fmt: skip


@pytest.mark.parametrize("sql", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_grants_are_those_of_a_server(cluster: Connection, sql: str) -> None:
    """After each of these, owner, grantee, grantor, column and grant option of every privilege are the server's."""
    assert contrast(cluster, TABLE + sql, FACETS) == []


def test_a_grant_knows_its_statement() -> None:
    """A privilege that came with the table is told from one that a statement gave, which has a place."""
    catalog = built("create role a;\ncreate table t (x int);\ngrant select on t to a;\ngrant select on t to a;")
    grants = {(g.grantee, g.privilege): g for g in catalog.tables[("public", "t")].grants}
    assert grants[("postgres", "SELECT")].by_default
    assert not grants[("a", "SELECT")].by_default
    made = grants[("a", "SELECT")].made
    assert made is not None
    assert made.line == 3


def test_a_default_privilege_granted_again_is_explicit() -> None:
    """GRANT of what the default privileges gave already changes no right, but it is a decision from then on."""
    catalog = built("""create role a; alter default privileges grant select, insert on tables to a;
        create table t (x int); grant select on t to a;""")
    grants = {g.privilege: g for g in catalog.tables[("public", "t")].grants if g.grantee == "a"}
    assert not grants["SELECT"].by_default
    assert grants["INSERT"].by_default


def test_roles_and_tables_that_nobody_made_are_assumed() -> None:
    """Real histories grant on tables made on a dashboard, to roles made there: both are taken to exist, and said so."""
    state, refused = folded("grant select (x), insert on orders to clerk;")
    assert refused == []
    assert state.tables[("public", "orders")].assumed
    assert "clerk" in state.roles
    grants = [(g.privilege, g.columns) for g in state.tables[("public", "orders")].grants if g.grantee == "clerk"]
    assert grants == [("INSERT", ()), ("SELECT", ("x",))]
    assert {u.kind for u in state.unmodelled} == {"assumed"}


@pytest.mark.parametrize(
    ("sql", "security"),
    [
        ("grant usage on language plpgsql to x", True),
        ("grant connect on database d to x", False),
        ("grant select on large object 1 to x", False),
        ("grant select on pg_catalog.pg_authid to x", True),
    ],
)
def test_what_has_no_place_in_the_model_is_said(sql: str, security: bool) -> None:
    """Privileges on kinds that the model does not hold are recorded, as a matter of security where they may be."""
    said = [u for u in built(sql).unmodelled if u.kind == "GrantStmt"]
    assert [u.security for u in said] == [security]
