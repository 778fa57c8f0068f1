"""ALTER DEFAULT PRIVILEGES gives new objects in the builder what it gives them on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast
from tests.catalog.build.support import built

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = ("relation grants", "schemas", "functions", "types", "default privileges")
ROLES = "create role a; create role b; create schema n;"
OBJECTS = """create table t (x int); create table n.t (x int); create sequence s; create sequence n.s;
    create view v as select 1 as x; create function f() returns int language sql as 'select 1';
    create function n.f() returns int language sql as 'select 1'; create type e as enum ('p');
    create type n.e as enum ();
    create schema m;"""

SNIPPETS = {
    "nothing": "",
    "tables": "alter default privileges grant select on tables to a;",
    "tables all": "alter default privileges grant all on tables to a, public;",
    "in schema": "alter default privileges in schema n grant select, insert on tables to a;",
    "in schemas": "alter default privileges in schema public, n grant select on tables to a;",
    "both": """alter default privileges grant select on tables to a;
        alter default privileges in schema n grant insert on tables to a;""",
    "option": "alter default privileges grant select on tables to a with grant option;",
    "option in schema": """alter default privileges grant select on tables to a;
        alter default privileges in schema n grant select on tables to a with grant option;""",
    "option to public": "alter default privileges grant select on tables to public with grant option;",
    "sequences": "alter default privileges in schema public grant usage on sequences to a;",
    "functions": "alter default privileges grant execute on functions to a;",
    "routines": "alter default privileges grant execute on routines to a;",
    "functions from public": "alter default privileges revoke execute on functions from public;",
    "functions from public in schema": "alter default privileges in schema n revoke execute on functions from public;",
    "functions from public, back in schema": """
        alter default privileges revoke execute on functions from public;
        alter default privileges in schema n grant execute on functions to public;""",
    "functions from public and back": """alter default privileges revoke execute on functions from public;
        alter default privileges grant execute on functions to public;""",
    "functions from public for another role": """
        alter default privileges for role a revoke execute on functions from public;""",
    "functions all from owner": "alter default privileges revoke all on functions from postgres;",
    "tables from owner": "alter default privileges revoke insert, delete on tables from postgres;",
    "tables from owner, back in schema": """alter default privileges revoke insert on tables from postgres;
        alter default privileges in schema n grant insert on tables to postgres;""",
    "owner with option": "alter default privileges grant select on tables to postgres with grant option;",
    "types": "alter default privileges grant usage on types to a;",
    "types from public": "alter default privileges revoke usage on types from public;",
    "schemas": "alter default privileges grant usage on schemas to a;",
    "schemas in schema": "alter default privileges in schema n grant usage on schemas to a;",
    "given and taken": """alter default privileges grant select, insert on tables to a;
        alter default privileges revoke insert on tables from a;""",
    "given and all taken": """alter default privileges in schema n grant select on tables to a;
        alter default privileges in schema n revoke all on tables from a;""",
    "global revoke leaves the schema's": """alter default privileges in schema n grant select on tables to a;
        alter default privileges revoke select on tables from a;""",
    "schema revoke leaves the global": """alter default privileges grant select on tables to a;
        alter default privileges in schema n revoke select on tables from a;""",
    "revoke option": """alter default privileges grant select on tables to a with grant option;
        alter default privileges revoke grant option for select on tables from a;""",
    "wrong privilege": "alter default privileges grant execute on tables to a;",
    "for another role": "alter default privileges for role a grant select on tables to b;",
    "for two roles": "alter default privileges for role a, postgres grant select on tables to b;",
    "large objects": "alter default privileges grant select on large objects to a;",
    "made by that role": """alter default privileges for role a in schema n grant select on tables to b;
        grant usage, create on schema n to a; set role a; create table n.u (x int); reset role;""",
    "owner later": """alter default privileges for role a in schema n grant select on tables to b;
        create table n.u (x int); alter table n.u owner to a;""",
    "drop schema": "alter default privileges in schema n grant select on tables to a; drop schema n;",
    "schema with owner": """alter default privileges for role a grant usage on schemas to b;
        create schema k authorization a;""",
    "serial": """alter default privileges grant usage on sequences to a;
        create table u (i serial, j int generated always as identity);""",
    "partition": """alter default privileges in schema public grant select on tables to a;
        create table p (i int) partition by range (i); create table q partition of p for values from (0) to (9);""",
    "table as": """alter default privileges in schema public grant select on tables to a;
        create table u as select 1 as i; create materialized view m as select 1 as i;""",
    "replaced": """create function g() returns int language sql as 'select 1';
        alter default privileges revoke execute on functions from public;
        create or replace function g() returns int language sql as 'select 2';""",
    "renamed role": """alter default privileges for role a in schema n grant select on tables to b;
        alter role a rename to c; alter role b rename to d;""",
    "renamed schema": """alter default privileges in schema n grant select on tables to a; alter schema n rename to k;
        create table k.u (x int);""",
}


@pytest.mark.parametrize("sql", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_new_objects_come_with_what_a_server_gives(cluster: Connection, sql: str) -> None:
    """Objects made after each of these have the server's privileges, and the entries left are the server's."""
    objects = OBJECTS if not sql.endswith(("drop schema n;", "k.u (x int);")) else ""
    assert contrast(cluster, ROLES + sql + objects, FACETS) == []


def test_a_default_privilege_is_the_reason_for_a_grant() -> None:
    """A grant that came by ALTER DEFAULT PRIVILEGES says so, and where."""
    catalog = built("create role a;\nalter default privileges grant select on tables to a;\ncreate table t (x int);")
    grant = next(g for g in catalog.tables[("public", "t")].grants if g.grantee == "a")
    assert grant.by_default
    assert grant.made is not None
    assert grant.made.line == 2


def test_a_revoke_of_what_postgres_gives_is_kept() -> None:
    """The entry says which built-in privilege has been taken away, and where."""
    catalog = built("alter default privileges revoke execute on functions from public;")
    (entry,) = catalog.default_privileges
    assert [(g.grantee, g.privilege) for g in entry.revoked] == [("public", "EXECUTE")]
    assert entry.revoked[0].made is not None
