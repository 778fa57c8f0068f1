"""OWNER TO, as on a server: who owns what, and how the grants follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = (
    "tables", "views", "relation grants", "sequences", "schemas", "functions", "types", "servers", "wrappers",
    "publications", "event triggers",
)  # fmt: skip
ROLES = "create role a; create role b;"

SNIPPETS = {
    "table": "create table t (i int); alter table t owner to a;",
    "to the same": "create table t (i int); grant select on t to b; alter table t owner to postgres;",
    "current user": "create table t (i int); alter table t owner to a; alter table t owner to current_user;",
    "grants follow": "create table t (i int); grant select on t to b; alter table t owner to a;",
    "grants of the new owner": """create table t (i int); grant select on t to a with grant option;
        alter table t owner to a;""",
    "grants of the old owner": "create table t (i int); revoke delete on t from postgres; alter table t owner to a;",
    "columns": "create table t (i int, j int); grant select (i), update (i, j) on t to a, b; alter table t owner to a;",
    "chain": """create table t (i int); grant select on t to a with grant option; set role a; grant select on t to b;
        reset role; alter table t owner to a;""",
    "grants merge": """create table t (i int); grant select on t to a with grant option; grant select on t to b;
        set role a; grant select on t to b; reset role; alter table t owner to a;""",
    "there and back": """create table t (i int); grant select on t to b; alter table t owner to a;
        alter table t owner to postgres;""",
    "serial": "create table t (i serial, j int generated always as identity); alter table t owner to a;",
    "sequence": "create sequence s; grant usage on s to b; alter sequence s owner to a;",
    "owned sequence": "create table t (i serial); alter sequence t_i_seq owner to a;",
    "sequence owned later": """create table t (i int); create sequence s; alter sequence s owned by t.i;
        alter table t owner to a;""",
    "view": "create view v as select 1 as i; grant select on v to b; alter view v owner to a;",
    "view by table": "create view v as select 1 as i; alter table v owner to a;",
    "materialized view": "create materialized view v as select 1 as i; alter materialized view v owner to a;",
    "partitioned": """create table p (i int) partition by range (i);
        create table q partition of p for values from (0) to (9); alter table p owner to a;""",
    "schema": "create schema n; grant usage on schema n to b; alter schema n owner to a;",
    "function": """create function f(i int) returns int language sql as 'select 1'; grant execute on function f to b;
        alter function f(int) owner to a;""",
    "function from public": """create function f() returns int language sql as 'select 1';
        revoke execute on function f from public; alter function f owner to a;""",
    "procedure": "create procedure p() language sql as ''; alter procedure p() owner to a;",
    "routine": "create procedure p() language sql as ''; alter routine p owner to a;",
    "aggregate": "create aggregate s(int) (sfunc = int4pl, stype = int); alter aggregate s(int) owner to a;",
    "enum": "create type e as enum ('p'); grant usage on type e to b; alter type e owner to a;",
    "domain": "create domain d as int; alter domain d owner to a;",
    "composite": "create type k as (i int); alter type k owner to a;",
    "range": "create type r as range (subtype = int); alter type r owner to a;",
    "row type": "create table t (i int); alter type t owner to a;",
    "publication": "create publication p; alter publication p owner to a;",
    "server": """create foreign data wrapper w; create server s foreign data wrapper w;
        grant usage on foreign server s to b;
        alter server s owner to a;""",
    "event trigger": """create function f() returns event_trigger language plpgsql as 'begin end';
        create event trigger e on ddl_command_start execute function f(); alter role a superuser;
        alter event trigger e owner to a;""",
}  # fmt: skip


@pytest.mark.parametrize("sql", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_owners_are_those_of_a_server(cluster: Connection, sql: str) -> None:
    """The owner of everything, and every privilege with its grantor, agree after a change of owner."""
    assert contrast(cluster, ROLES + sql, FACETS) == []
