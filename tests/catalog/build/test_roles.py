"""Roles, memberships, DROP ROLE, DROP OWNED and REASSIGN OWNED, as on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast
from tests.catalog.build.support import folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = (
    "roles", "memberships", "tables", "relation grants", "policies", "schemas", "functions", "types", "sequences",
    "default privileges", "views",
)  # fmt: skip

SNIPPETS = {
    "plain": "create role a;",
    "attributes": "create role a with superuser createdb createrole noinherit login replication bypassrls;",
    "user": "create user a password 'x'; create group b; create user c nologin;",
    "twice": "create role a; create role a;",
    "reserved": "create role pg_mine; create role \"public\"; create role \"none\";",
    "alter": "create role a; alter role a login bypassrls; alter user a nologin createdb; alter role a nosuperuser;",
    "rename": "create role a; alter role a rename to b;",
    "rename to existing": "create role a; create role b; alter role a rename to b;",
    "rename current": "alter role postgres rename to b;",
    "in role": "create role a; create role b in role a; create role c role a admin b;",
    "group": "create role a; create role b; alter group a add user b;",
    "group drop": "create role a; create role b; alter group a add user b; alter group a drop user b;",
    "settings": """create role a; alter role a set search_path = public, extensions;
        alter role a set statement_timeout = '8s';
        alter role a set statement_timeout to 9000; alter role a reset search_path;""",
    "settings reset": "create role a; alter role a set statement_timeout = '8s'; alter role a reset all;",
    "grant": "create role a; create role b; grant a to b;",
    "grant options": """create role a; create role b; create role c; create role d; grant a to b with admin option;
        grant a to c with inherit false; grant a to d with inherit true, set false;""",
    "grant again": "create role a; create role b; grant a to b with admin true, set false; grant a to b with set true;",
    "grant to noinherit": "create role a; create role b noinherit; grant a to b; grant a to b with inherit true;",
    "grant many": "create role a; create role b; create role c; create role d; grant a, b to c, d;",
    "revoke": "create role a; create role b; grant a to b; revoke a from b;",
    "revoke admin": "create role a; create role b; grant a to b with admin option; revoke admin option for a from b;",
    "revoke set": "create role a; create role b; grant a to b; revoke set option for a from b;",
    "revoke inherit": "create role a; create role b; grant a to b; revoke inherit option for a from b;",
    "revoke nothing": "create role a; create role b; revoke a from b;",
    "circle": "create role a; create role b; create role c; grant a to b; grant b to c; grant c to a;",
    "self": "create role a; grant a to a;",
    "to public": "create role a; grant a to public;",
    "by creator": "create role a createrole; set role a; create role b; reset role;",
    "drop": "create role a; drop role a;",
    "drop missing": "drop role a; drop role if exists a;",
    "drop member": "create role a; create role b; grant a to b; drop role a;",
    "drop both": "create role a; create role b; grant a to b; drop role a, b;",
    "drop owner": "create role a; create schema n authorization a; drop role a;",
    "drop grantee": "create role a; create table t (i int); grant select on t to a; drop role a;",
    "drop column grantee": "create role a; create table t (i int); grant select (i) on t to a; drop role a;",
    "drop after revoke": """create role a; create table t (i int); grant all on t to a; revoke all on t from a;
        drop role a;""",
    "drop in policy": "create role a; create table t (i int); create policy p on t to a using (true); drop role a;",
    "drop with defaults": "create role a; alter default privileges grant select on tables to a; drop role a;",
    "drop with own defaults": """create role a; alter default privileges for role a grant select on tables to public;
        drop role a;""",
    "drop current": "drop role postgres;",
    "drop owned": """create role a; create schema n authorization a; create table t (i int); grant select on t to a;
        alter table t owner to a; drop owned by a; drop role a;""",
    "drop owned grants": """create role a; create role b; create table t (i int, j int);
        grant select (i), insert on t to a;
        grant insert on t to b; create schema n; grant usage on schema n to a;
        create function f() returns int language sql as 'select 1'; grant execute on function f() to a;
        drop owned by a; drop role a;""",
    "drop owned policy": """create role a; create role b; create table t (i int);
        create policy p on t to a using (true);
        create policy q on t to a, b using (true); drop owned by a; drop role a;""",
    "drop owned defaults": """create role a; create role b; alter default privileges grant select on tables to a, b;
        alter default privileges for role a grant select on tables to b; drop owned by a; drop role a;""",
    "drop owned restrict": """create role a; create table t (i int); alter table t owner to a;
        create view v as select i from t; drop owned by a; drop owned by a cascade; drop role a;""",
    "reassign": """create role a; create role b; create schema n authorization a; create table n.t (i serial);
        alter table n.t owner to a; create function n.f() returns int language sql as 'select 1';
        alter function n.f() owner to a; create type n.e as enum ('p'); alter type n.e owner to a;
        create view n.v as select i from n.t; alter view n.v owner to a; grant select on n.t to b;
        reassign owned by a to b; drop role a;""",
    "reassign many": """create role a; create role b; create role c; create table t (i int); alter table t owner to a;
        create table u (i int); alter table u owner to b; reassign owned by a, b to c;""",
    "reassign leaves grants": """create role a; create role b; create table t (i int); grant select on t to a;
        reassign owned by a to b;""",
}  # fmt: skip


@pytest.mark.parametrize("sql", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_roles_are_those_of_a_server(cluster: Connection, sql: str) -> None:
    """Roles, who is a member with which options, and what is left of a dropped role's things agree with a server."""
    assert contrast(cluster, sql, FACETS) == []


def test_dropping_a_role_says_what_holds_it() -> None:
    """The refusal names the objects, as Postgres's detail does."""
    state, refused = folded("create role a; create table t (i int); grant select on t to a; drop role a;")
    assert [code for _, code in refused] == ["2BP01"]
    assert "a" in state.roles
