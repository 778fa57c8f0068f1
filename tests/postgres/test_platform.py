"""A server that holds a platform: its templates, its extensions or their stand-ins, and migrations on top."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from policytool.postgres.lent import lent
from policytool.postgres.platform import apply_migrations, platform_server
from policytool.postgres.server import Server
from policytool.postgres.standins import write_standins


@pytest.fixture
def project(supabase_server: Server) -> Iterator[str]:
    """A fresh database as a new project has it, with the old default privileges."""
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    yield name
    supabase_server.drop_database(name)


def rows(server: Server, database: str, query: Any, user: str = "postgres") -> list[tuple[Any, ...]]:
    with server.connect(database, user) as connection:
        return connection.execute(query).fetchall()


def test_project_has_users_and_claims(supabase_server: Server, project: str) -> None:
    """auth.users is there and auth.uid() reads the claims; an empty claim is no user."""
    user = "b2a4c8d0-0000-4000-8000-000000000001"
    query = f"select set_config('request.jwt.claims', '{{\"sub\": \"{user}\"}}', false), auth.uid()::text"
    assert rows(supabase_server, project, query)[0][1] == user
    nobody = rows(supabase_server, project, "select set_config('request.jwt.claims', '', false), auth.uid()")
    assert nobody[0][1] is None
    assert rows(supabase_server, project, "select count(*) from auth.users") == [(0,)]


@pytest.mark.parametrize(("template", "may_select"), [("supabase_legacy", True), ("supabase_explicit", False)])
def test_profiles_differ_in_what_a_new_table_grants(supabase_server: Server, template: str, may_select: bool) -> None:
    """A new table is open to anon under the old defaults and not under the new ones; TRUNCATE is, in both."""
    name = supabase_server.create_database(template, owner="postgres")
    assert apply_migrations(supabase_server, name, ["create table note (id int)"])[0].error is None
    query = "select has_table_privilege('anon', 'note', 'select'), has_table_privilege('anon', 'note', 'truncate')"
    assert rows(supabase_server, name, query) == [(may_select, True)]
    supabase_server.drop_database(name)


def test_every_standin_can_be_made_and_used(supabase_server: Server, project: str) -> None:
    """Each stand-in is complete SQL; a project's default privileges leave it alone, because the superuser owns it."""
    names = write_standins(supabase_server)
    assert {"pgcrypto", "uuid-ossp", "pg_cron", "pg_net"} <= set(names)
    closed = "alter default privileges revoke execute on functions from public"
    statements = [f'create extension if not exists "{name}" cascade' for name in names]
    results = apply_migrations(supabase_server, project, [closed, *statements], keep_going=True)
    assert [result.error for result in results if result.error] == []
    owners = """
        select distinct proowner::regrole::text from pg_proc join pg_depend on objid = pg_proc.oid and deptype = 'e'
        where refclassid = 'pg_extension'::regclass and {}
    """
    assert rows(supabase_server, project, owners.format("pronamespace::regnamespace::text <> 'tests'")) == [
        ("supabase_admin",)
    ]
    # What reads and writes auth.users for suites has triggers of the project fire, so no superuser owns it.
    users = "pronamespace::regnamespace::text = 'tests' and prosecdef"
    assert rows(supabase_server, project, owners.format(users)) == [("postgres",)]
    may_call = "select has_function_privilege('anon', 'extensions.uuid_generate_v4()', 'execute')"
    assert rows(supabase_server, project, may_call) == [(True,)]


def test_extension_brings_the_grants_of_the_platform(supabase_server: Server, project: str) -> None:
    """After CREATE EXTENSION pg_cron postgres may use cron, which the extension alone does not say; its role stays."""
    migration = "set role postgres; create extension pg_cron; create table mine ();"
    assert apply_migrations(supabase_server, project, [migration])[0].error is None
    query = "select has_schema_privilege('postgres', 'cron', 'usage'), relowner::regrole::text from pg_class"
    assert rows(supabase_server, project, query + " where relname = 'mine'") == [(True, "postgres")]


def test_real_extension_wins_over_a_standin(supabase_server: Server, project: str) -> None:
    """An extension that the server has is the real one, in C."""
    assert apply_migrations(supabase_server, project, ["create extension citext"])[0].error is None
    assert rows(supabase_server, project, "select count(*) > 0 from pg_proc where probin like '%citext'") == [(True,)]


def test_postgres_owns_the_platform_only_while_migrating(supabase_server: Server) -> None:
    """While migrating it acts as the owner of auth and storage and is no superuser; afterwards it is what it was."""
    owns = "pg_has_role('postgres', 'supabase_auth_admin', 'usage')"
    query = f"select rolsuper, {owns} from pg_roles where rolname = 'postgres'"
    assert rows(supabase_server, "postgres", query) == [(False, False)]
    with lent(supabase_server):
        assert rows(supabase_server, "postgres", query) == [(False, True)]
    with lent(supabase_server, strict=True):
        assert rows(supabase_server, "postgres", query) == [(False, False)]
    with pytest.raises(ZeroDivisionError), lent(supabase_server):
        _ = 1 / 0
    assert rows(supabase_server, "postgres", query) == [(False, False)]


@pytest.mark.server
def test_plain_postgres_has_nothing_but_postgres() -> None:
    """The other family's template has a superuser postgres and no schema of Supabase's."""
    with platform_server("postgres") as server:
        name = server.create_database("postgres_plain", owner="postgres")
        assert apply_migrations(server, name, ["create table t ()"])[0].error is None
        schemas = rows(server, name, "select nspname from pg_namespace where nspname in ('auth', 'public')")
        assert schemas == [("public",)]
        assert rows(server, name, "select rolsuper from pg_roles where rolname = 'postgres'") == [(True,)]


@pytest.mark.parametrize(("clause", "schema"), [("", "pg_catalog"), (" with schema extensions", "extensions")])
def test_stand_in_goes_home_unless_told_otherwise(
    supabase_server: Server, project: str, clause: str, schema: str
) -> None:
    """pg_cron belongs to pg_catalog, as on the platform, and may be put elsewhere, as older versions could."""
    (result,) = apply_migrations(supabase_server, project, [f"create extension if not exists pg_cron{clause};"])
    assert result.error is None
    query = "select extnamespace::regnamespace::text from pg_extension where extname = 'pg_cron'"
    assert rows(supabase_server, project, query) == [(schema,)]


@pytest.mark.server
def test_stand_ins_can_be_used_on_plain_postgres() -> None:
    """What an extension makes is another superuser's there; postgres may use it, and is itself again afterwards."""
    with platform_server("postgres") as server:
        name = server.create_database("postgres_plain", owner="postgres")
        use = "create extension pg_cron; select cron.schedule('* * * * *', 'select 1'); create role r; set role r"
        assert apply_migrations(server, name, [use])[0].error is None
        members = "select count(*) from pg_auth_members where member = 'postgres'::regrole"
        assert rows(server, name, members) == [(0,)]
