"""Effective privileges, compared one by one with what a server says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.access.support import access_to, table_of

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

ROLES = ("pt_app", "pt_team", "pt_lead", "pt_guest", "pt_owner", "pt_heir", "pt_reader", "pt_root", "pt_stranger")
MAKE_ROLES = "".join(f"create role {role};" for role in ROLES if role != "pt_root") + "create role pt_root superuser;"
SETUP = """
grant pt_team to pt_app;
grant pt_lead to pt_team;
grant pt_lead to pt_guest with inherit false;
grant pt_owner to pt_heir;
grant pg_read_all_data to pt_reader;
create schema s;
create schema closed;
grant usage on schema s to public;
create table s.t (id int primary key, name text, secret text);
alter table s.t owner to pt_owner;
grant select on s.t to pt_lead;
grant insert (id, name), update (name) on s.t to pt_team;
grant delete on s.t to public;
grant truncate on s.t to pt_guest;
create table s.mine (id int);
alter table s.mine owner to pt_owner;
revoke insert, update on s.mine from pt_owner;
create table closed.t (id int);
grant select on closed.t to public;
create function s.f() returns int language sql as 'select 1';
create function s.g() returns int language sql as 'select 1';
revoke execute on function s.g() from public;
grant execute on function s.g() to pt_lead;
create sequence s.n;
grant usage on sequence s.n to pt_team;
"""
TABLES = (("s", "t"), ("s", "mine"), ("closed", "t"))
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[Connection]:
    """A connection to a database with `SETUP`; the roles are dropped with it, for a server keeps them."""
    name = server.create_database()
    running = server.connect(name)
    running.execute((MAKE_ROLES + SETUP).encode())
    yield running
    running.close()
    server.drop_database(name)
    with server.connect() as admin:
        admin.execute("".join(f"drop role {role};" for role in ROLES).encode())


def asked(connection: Connection, function: str, role: str, *arguments: str) -> bool:
    marks = ", ".join(["%s"] * (len(arguments) + 1))
    found = connection.execute(f"select pg_catalog.{function}({marks})".encode(), (role, *arguments)).fetchone()
    assert found is not None
    return bool(found[0])


@pytest.mark.parametrize("role", [*ROLES, "public"])
def test_privileges_are_those_of_the_server(connection: Connection, role: str) -> None:
    """Tables, columns, functions, sequences and schemas: for each role the answer of has_…_privilege()."""
    access = access_to(MAKE_ROLES + SETUP, "postgres")
    for schema, name in TABLES:
        table = table_of(access, name, schema)
        for privilege in PRIVILEGES:
            where = f"{schema}.{name}"
            whole = asked(connection, "has_table_privilege", role, where, privilege)
            some = privilege in ("SELECT", "INSERT", "UPDATE", "REFERENCES") and asked(
                connection, "has_any_column_privilege", role, where, privilege
            )
            assert access.can(role, privilege, table) == (whole or some), (where, privilege)
            for column in table.columns if privilege in ("SELECT", "INSERT", "UPDATE", "REFERENCES") else ():
                seen = asked(connection, "has_column_privilege", role, where, column.name, privilege)
                assert access.can(role, privilege, table, column.name) == seen, (where, privilege, column.name)
    for name in ("f", "g"):
        seen = asked(connection, "has_function_privilege", role, f"s.{name}()", "EXECUTE")
        assert access.can(role, "EXECUTE", access.catalog.functions["s", name, ()]) == seen, name
    for schema in ("s", "closed", "public"):
        seen = asked(connection, "has_schema_privilege", role, schema, "USAGE")
        assert access.privileges.uses(role, schema) == seen, schema
    seen = asked(connection, "has_sequence_privilege", role, "s.n", "USAGE")
    assert access.can(role, "USAGE", access.catalog.sequences["s", "n"]) == seen


def test_name_in_a_closed_schema_is_out_of_reach() -> None:
    """A privilege on a table is nothing without USAGE on its schema."""
    access = access_to(MAKE_ROLES + SETUP, "postgres")
    table = table_of(access, "t", "closed")
    assert access.can("pt_stranger", "SELECT", table)
    assert not access.reach("pt_stranger", "SELECT", table)


def test_roles_of_a_role() -> None:
    """Inherited roles give privileges; a role that is not inherited can still be assumed by SET ROLE."""
    access = access_to(MAKE_ROLES + SETUP, "postgres")
    assert access.privileges.closure("pt_app") == {"pt_app", "pt_team", "pt_lead", "public"}
    assert access.privileges.closure("pt_guest") == {"pt_guest", "public"}
    assert access.privileges.assumable("pt_guest") == {"pt_guest", "pt_lead"}


def test_grants_are_the_evidence() -> None:
    """The grants that give a privilege: the role's own first, PUBLIC's last."""
    access = access_to("create role a; create table t (id int); grant select on t to public; grant select on t to a;",
                       "postgres")  # fmt: skip
    found = access.privileges.grants("a", "SELECT", table_of(access, "t"))
    assert [grant.grantee for grant in found] == ["a", "public"]


def test_exposed_schemas() -> None:
    """On Supabase the configured schemas, and those of its services; elsewhere all but the managed ones."""
    supabase, plain = access_to("select 1;"), access_to("select 1;", "postgres")
    assert [supabase.profile.exposes(s) for s in ("public", "private", "storage", "auth")] == [True, False, True, False]
    assert [plain.profile.exposes(s) for s in ("public", "private", "pg_catalog")] == [True, True, False]
    assert supabase.clients == ("public", "anon", "authenticated")
    assert [supabase.anonymous(r) for r in supabase.clients] == [True, True, False]
    assert plain.clients == ("public",)


def test_owner_and_tenant_columns() -> None:
    """Whose a row is: by a foreign key to auth.users, or by a name with a fitting type."""
    access = access_to(
        "create table t (id int, buyer uuid references auth.users (id), user_id uuid, owner boolean, org_id bigint, "
        "team_id date, created_by text);"
    )
    table = table_of(access, "t")
    assert access.owner_columns(table) == ("buyer", "user_id", "created_by")
    assert access.tenant_columns(table) == ("org_id",)
