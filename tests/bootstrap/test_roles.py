"""The roles of a Supabase project, as the bootstrap makes them."""

from __future__ import annotations

from policytool.postgres.server import Server

ATTRIBUTES = ("super", "inherit", "createrole", "createdb", "canlogin", "replication", "bypassrls")


def attributes(server: Server, role: str) -> set[str]:
    columns = ", ".join(f"rol{name}" for name in ATTRIBUTES)
    with server.connect() as connection:
        query = f"select {columns} from pg_catalog.pg_roles where rolname = '{role}'"
        row = connection.execute(query.encode()).fetchone()
    assert row is not None, role
    return {name for name, value in zip(ATTRIBUTES, row, strict=True) if value}


def members(server: Server, role: str) -> set[str]:
    """The roles that `role` is a direct member of."""
    with server.connect() as connection:
        query = "select roleid::regrole::text from pg_catalog.pg_auth_members where member = %s::regrole"
        return {name for (name,) in connection.execute(query, [role]).fetchall()}


def test_api_roles_differ_in_bypassing_rls(supabase_server: Server) -> None:
    """anon and authenticated can do nothing by themselves; service_role bypasses row security."""
    assert attributes(supabase_server, "anon") == {"inherit"}
    assert attributes(supabase_server, "authenticated") == {"inherit"}
    assert attributes(supabase_server, "service_role") == {"inherit", "bypassrls"}
    assert attributes(supabase_server, "authenticator") == {"canlogin"}


def test_postgres_is_no_superuser(supabase_server: Server) -> None:
    """The role that runs the migrations may make roles and databases and bypasses row security."""
    expected = {"inherit", "createrole", "createdb", "canlogin", "replication", "bypassrls"}
    assert attributes(supabase_server, "postgres") == expected
    assert "super" in attributes(supabase_server, "supabase_admin")


def test_services_log_in_as_roles_of_their_own(supabase_server: Server) -> None:
    """The auth and storage servers own their schemas' tables without inheriting anything."""
    for role in ("supabase_auth_admin", "supabase_storage_admin", "supabase_functions_admin"):
        assert attributes(supabase_server, role) == {"canlogin", "createrole"}
    assert attributes(supabase_server, "supabase_realtime_admin") == set()
    assert attributes(supabase_server, "dashboard_user") == {"inherit", "createdb", "createrole", "replication"}


def test_postgres_is_not_a_member_of_the_services(supabase_server: Server) -> None:
    """postgres can become an API role, but it has not owned the tables of auth and storage since 2025."""
    of = members(supabase_server, "postgres")
    assert {"anon", "authenticated", "service_role", "pg_monitor", "supabase_realtime_admin"} <= of
    assert not {"supabase_auth_admin", "supabase_storage_admin", "supabase_admin"} & of
    assert members(supabase_server, "authenticator") == {"anon", "authenticated", "service_role"}


def test_roles_bring_their_settings(supabase_server: Server) -> None:
    """A session as anon may run for three seconds; one as postgres looks in public, then in extensions."""
    query = "select unnest(setconfig) from pg_catalog.pg_db_role_setting where setrole = %s::regrole"
    with supabase_server.connect() as connection:
        settings = {
            role: {value for (value,) in connection.execute(query, [role]).fetchall()}
            for role in ("anon", "authenticated", "postgres", "supabase_storage_admin")
        }
    assert settings["anon"] == {"statement_timeout=3s"}
    assert settings["authenticated"] == {"statement_timeout=8s"}
    assert settings["postgres"] == {r'search_path="\$user", public, extensions'}
    assert settings["supabase_storage_admin"] == {"search_path=storage"}
