"""Who may do what: on the objects of the platform, and on those that a project will make."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

import pytest

from policytool.postgres.platform import EXTENSIONS
from policytool.postgres.replay import replay
from policytool.source.bootstrap import bootstrap_files, profile_file
from tests.bootstrap.support import column, value

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

API = ("anon", "authenticated", "service_role")
ODD = "MAINTAIN REFERENCES TRIGGER TRUNCATE"


def test_bootstrap_runs_in_every_database_of_a_server(supabase_server: Server) -> None:
    """All but the files of roles are run for each database, and run without an error."""
    files = [*bootstrap_files("supabase"), profile_file("supabase", "legacy"), profile_file("supabase", "explicit")]
    own = [file for file in files if "builder_only" not in file.path and not file.path.endswith("010_roles.sql")]
    assert len(own) > 8
    for _ in range(2):
        name = supabase_server.create_database()
        results = replay(supabase_server, name, own, extensions=EXTENSIONS)
        assert [result.error for result in results if result.error] == []
        supabase_server.drop_database(name)


@pytest.mark.parametrize(
    "table", ["auth.users", "auth.sessions", "storage.objects", "storage.buckets", "realtime.messages"]
)
def test_platform_tables_have_rls_and_no_policy(new_project: Connection, table: str) -> None:
    """Nothing is visible there to an API role until a project says so."""
    assert value(new_project, "select relrowsecurity from pg_class where oid = %s::regclass", table)
    assert column(new_project, "select polname from pg_policy where polrelid = %s::regclass", table) == []


def test_api_roles_reach_storage_but_not_auth(new_project: Connection) -> None:
    """Grants on buckets and objects are wide, so policies decide; there are none on the tables of auth."""
    privileges = "select has_table_privilege(%s, %s, 'select, insert, update, delete')"
    for role in API:
        assert value(new_project, privileges, role, "storage.objects")
        assert not value(new_project, privileges, role, "auth.users")
        assert value(new_project, "select has_function_privilege(%s, 'auth.uid()', 'execute')", role)
        for schema in ("public", "extensions", "auth", "storage", "realtime", "graphql_public", "supabase_functions"):
            assert value(new_project, "select has_schema_privilege(%s, %s, 'usage')", role, schema), schema


@pytest.mark.parametrize(
    ("template", "table", "sequence", "function"),
    [
        ("supabase_legacy", f"DELETE INSERT {ODD} SELECT UPDATE", "SELECT UPDATE USAGE", True),
        ("supabase_explicit", ODD, "UPDATE", False),
    ],
)
@pytest.mark.parametrize("role", API)
def test_profiles_grant_what_postgres_makes(
    supabase_server: Server, template: str, table: str, sequence: str, function: bool, role: str
) -> None:
    """Under the old profile an API role gets everything on a new object; under the new one only the odd privileges."""
    acl: LiteralString = "select privilege_type from {}, aclexplode({}) as a where a.grantee = %s::regrole and {}"
    with supabase_server.connect(template) as connection, connection.transaction(force_rollback=True):
        connection.execute("set local role postgres")
        connection.execute("create table public.note (id bigserial); create function public.f() returns int return 1")
        on_table = column(connection, acl.format("pg_class", "relacl", "relname = 'note'"), role)
        on_sequence = column(connection, acl.format("pg_class", "relacl", "relname = 'note_id_seq'"), role)
        assert (set(on_table), set(on_sequence)) == (set(table.split()), set(sequence.split()))
        assert bool(column(connection, acl.format("pg_proc", "proacl", "proname = 'f'"), role)) is function
        assert value(connection, "select has_function_privilege(%s, 'public.f()', 'execute')", role)


def test_profile_leaves_the_superusers_objects_alone(supabase_server: Server) -> None:
    """The new profile revokes what postgres will grant; a table that supabase_admin makes in public stays open."""
    with supabase_server.connect("supabase_explicit") as connection, connection.transaction(force_rollback=True):
        connection.execute("create table public.note (id int)")
        assert value(connection, "select has_table_privilege('anon', 'public.note', 'select')")
