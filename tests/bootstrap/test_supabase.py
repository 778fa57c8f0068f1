"""What a Supabase database holds before the first migration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
import pytest

from policytool.postgres.platform import granted
from policytool.postgres.replay import replay
from policytool.source.bootstrap import bootstrap_files, profile_file

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

USER = "b2a4c8d0-0000-4000-8000-000000000001"
OTHER = "b2a4c8d0-0000-4000-8000-000000000002"
API = ("anon", "authenticated", "service_role")

# In the order of the table.
USERS = """
    instance_id id aud role email encrypted_password email_confirmed_at invited_at confirmation_token
    confirmation_sent_at recovery_token recovery_sent_at email_change_token_new email_change email_change_sent_at
    last_sign_in_at raw_app_meta_data raw_user_meta_data is_super_admin created_at updated_at phone phone_confirmed_at
    phone_change phone_change_token phone_change_sent_at confirmed_at email_change_token_current
    email_change_confirm_status banned_until reauthentication_token reauthentication_sent_at is_sso_user deleted_at
    is_anonymous
""".split()
AUTH = set(
    """
    audit_log_entries custom_oauth_providers flow_state identities instances mfa_amr_claims mfa_challenges mfa_factors
    oauth_authorizations oauth_client_states oauth_clients oauth_consents one_time_tokens refresh_tokens saml_providers
    saml_relay_states schema_migrations sessions sso_domains sso_providers users webauthn_challenges
    webauthn_credentials
""".split()
)


def value(connection: Connection, query: LiteralString, *parameters: Any) -> Any:
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row else None


def column(connection: Connection, query: LiteralString, *parameters: Any) -> list[Any]:
    return [row[0] for row in connection.execute(query, parameters).fetchall()]


def become(connection: Connection, role: str, user: str = "") -> None:
    """Act as PostgREST does for a request."""
    connection.execute("select set_config('role', %s, true), set_config('request.jwt.claim.sub', %s, true)", [role, user])


def test_bootstrap_runs_in_every_database_of_a_server(supabase_server: Server) -> None:
    """All but the files of roles are run for each database, and run without an error."""
    files = [*bootstrap_files("supabase"), profile_file("supabase", "legacy"), profile_file("supabase", "explicit")]
    own = [file for file in files if "builder_only" not in file.path and not file.path.endswith("010_roles.sql")]
    assert len(own) > 8
    for _ in range(2):
        name = supabase_server.create_database()
        results = replay(supabase_server, name, own, after_extension=granted)
        assert [result.error for result in results if result.error] == []
        supabase_server.drop_database(name)


def test_users_have_the_columns_of_the_platform(new_project: Connection) -> None:
    """auth.users has its 35 columns in their order, and requires three of them."""
    query = "select attname from pg_attribute where attrelid = 'auth.users'::regclass and attnum > 0"
    assert column(new_project, query + " order by attnum") == USERS
    assert set(column(new_project, query + " and attnotnull")) == {"id", "is_sso_user", "is_anonymous"}
    assert set(column(new_project, "select tablename::text from pg_tables where schemaname = 'auth'")) == AUTH


def test_user_needs_only_an_id(new_project: Connection) -> None:
    """A seed may insert a bare id; an address is unique among those who do not come by single sign-on."""
    new_project.execute("insert into auth.users (id, email) values (%s, 'a@b.c')", [USER])
    new_project.execute("insert into auth.users (id, email, is_sso_user) values (%s, 'a@b.c', true)", [OTHER])
    assert value(new_project, "select confirmed_at from auth.users where id = %s", USER) is None
    with pytest.raises(psycopg.errors.UniqueViolation), new_project.transaction():
        new_project.execute("insert into auth.users (id, email) values (gen_random_uuid(), 'a@b.c')")
    with pytest.raises(psycopg.errors.NotNullViolation), new_project.transaction():
        new_project.execute("insert into auth.identities (user_id, identity_data, provider) values (%s, '{}', 'x')", [USER])


@pytest.mark.parametrize(
    ("claims", "single", "expected"),
    [
        (None, None, None),
        ("", None, None),
        ("", "", None),
        ("{}", "", None),
        (f'{{"sub": "{USER}"}}', None, USER),
        (f'{{"sub": "{USER}"}}', "", USER),
        (f'{{"sub": "{USER}"}}', OTHER, OTHER),
    ],
)
def test_uid_counts_an_empty_claim_as_none(
    new_project: Connection, claims: str | None, single: str | None, expected: str | None
) -> None:
    """auth.uid() is the first claim that is not empty; a session used before has empty ones, and throws nothing."""
    for name, setting in (("request.jwt.claims", claims), ("request.jwt.claim.sub", single)):
        if setting is not None:
            new_project.execute("select set_config(%s, %s, true)", [name, setting])
    assert value(new_project, "select auth.uid()::text") == expected


def test_claims_give_role_email_and_all(new_project: Connection) -> None:
    """The other three functions read the same settings, and are null without them."""
    query: LiteralString = "select array[auth.role(), auth.email(), auth.jwt() ->> 'aal']"
    assert value(new_project, query) == [None, None, None]
    new_project.execute("""set local request.jwt.claims = '{"role": "anon", "email": "a@b.c", "aal": "aal2"}'""")
    assert value(new_project, query) == ["anon", "a@b.c", "aal2"]
    new_project.execute("set local request.jwt.claims = ''")
    assert value(new_project, query) == [None, None, None]


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
        ("supabase_legacy", "DELETE INSERT MAINTAIN REFERENCES SELECT TRIGGER TRUNCATE UPDATE", "SELECT UPDATE USAGE", True),
        ("supabase_explicit", "MAINTAIN REFERENCES TRIGGER TRUNCATE", "UPDATE", False),
    ],
)
@pytest.mark.parametrize("role", API)
def test_profiles_grant_what_postgres_makes(  # noqa: PLR0913
    supabase_server: Server, template: str, table: str, sequence: str, function: bool, role: str
) -> None:
    """Under the old profile an API role gets everything on a new object; under the new one only the odd privileges."""
    acl: LiteralString = "select privilege_type from {}, aclexplode({}) as a where a.grantee = %s::regrole and {} order by 1"
    with supabase_server.connect(template) as connection, connection.transaction(force_rollback=True):
        connection.execute("set local role postgres")
        connection.execute("create table public.note (id bigserial); create function public.f() returns int return 1")
        assert column(connection, acl.format("pg_class", "relacl", "relname = 'note'"), role) == table.split()
        assert column(connection, acl.format("pg_class", "relacl", "relname = 'note_id_seq'"), role) == sequence.split()
        assert bool(column(connection, acl.format("pg_proc", "proacl", "proname = 'f'"), role)) is function
        assert value(connection, "select has_function_privilege(%s, 'public.f()', 'execute')", role)


def test_profile_leaves_the_superusers_objects_alone(supabase_server: Server) -> None:
    """The new profile revokes what postgres will grant; a table that supabase_admin makes in public stays open."""
    with supabase_server.connect("supabase_explicit") as connection, connection.transaction(force_rollback=True):
        connection.execute("create table public.note (id int)")
        assert value(connection, "select has_table_privilege('anon', 'public.note', 'select')")


def test_migrations_may_reference_users(new_project: Connection) -> None:
    """postgres, not a superuser, makes a foreign key to auth.users and a trigger on it, and cannot change the table."""
    new_project.execute("set local role postgres")
    new_project.execute("create table public.profile (id uuid primary key references auth.users on delete cascade)")
    new_project.execute(
        """create function public.greet() returns trigger language plpgsql security definer set search_path to '' as
        $$ begin insert into public.profile values (new.id); return new; end $$;
        create trigger greet after insert on auth.users for each row execute function public.greet()"""
    )
    new_project.execute("insert into auth.users (id) values (%s)", [USER])
    assert value(new_project, "select id::text from public.profile") == USER
    with pytest.raises(psycopg.errors.InsufficientPrivilege), new_project.transaction():
        new_project.execute("alter table auth.users add column nickname text")


def test_paths_are_taken_apart(new_project: Connection) -> None:
    """The three functions that policies call on an object's name."""
    parts = "select array[storage.foldername(%s)::text, storage.filename(%s), storage.extension(%s)]"
    expected = {"a/b/c.tar.gz": ["{a,b}", "c.tar.gz", "gz"], "c": ["{}", "c", "c"], "a/": ["{a}", "", ""]}
    for path, answer in expected.items():
        assert value(new_project, parts, path, path, path) == answer
    for name in ("foldername", "filename", "extension"):
        query: LiteralString = "select provolatile from pg_proc where pronamespace = 'storage'::regnamespace and proname = %s"
        assert value(new_project, query, name) == "i"


def test_bucket_admits_the_owner_of_a_folder(new_project: Connection) -> None:
    """A usual policy lets a user write below a folder of the user's name, and nowhere else."""
    new_project.execute("insert into storage.buckets (id, name) values ('avatars', 'avatars')")
    new_project.execute(
        """create policy own on storage.objects to authenticated
        using (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text)"""
    )
    become(new_project, "authenticated", USER)
    new_project.execute("insert into storage.objects (bucket_id, name) values ('avatars', %s)", [f"{USER}/me.png"])
    with pytest.raises(psycopg.errors.InsufficientPrivilege), new_project.transaction():
        new_project.execute("insert into storage.objects (bucket_id, name) values ('avatars', %s)", [f"{OTHER}/me.png"])
    assert column(new_project, "select path_tokens[2] from storage.objects") == ["me.png"]
    become(new_project, "authenticated", OTHER)
    assert column(new_project, "select name from storage.objects") == []


def test_storage_refuses_direct_deletes(new_project: Connection) -> None:
    """Objects go through the Storage API, unless a setting says otherwise, as a replay of old migrations does."""
    new_project.execute("insert into storage.buckets (id, name) values ('b', 'b')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="direct deletion"), new_project.transaction():
        new_project.execute("delete from storage.buckets")
    new_project.execute("set local storage.allow_delete_query = 'true'")
    assert new_project.execute("delete from storage.buckets").rowcount == 1


def test_operation_is_compared_without_its_prefix(new_project: Connection) -> None:
    """A policy may name an operation with or without `storage.`; without an operation nothing matches."""
    query: LiteralString = (
        "select array[storage.allow_only_operation('object.upload'), storage.allow_only_operation('storage.object.upload'),"
        " storage.allow_any_operation(array['object.list', 'object.upload']), storage.allow_only_operation('')]"
    )
    assert value(new_project, query) == [False, False, False, False]
    new_project.execute("set local storage.operation = 'storage.object.upload'")
    assert value(new_project, query) == [True, True, True, False]


def test_storage_lists_folders_and_objects(new_project: Connection) -> None:
    """Listings give each folder once and go on after a cursor."""
    new_project.execute("insert into storage.buckets (id, name) values ('b', 'b')")
    new_project.execute(
        "insert into storage.objects (bucket_id, name) select 'b', unnest(array['a/1', 'a/2', 'b.png', 'c/d/3', 'z'])"
    )
    listed: LiteralString = "select name from storage.list_objects_with_delimiter('b', %s, '/', 2, %s)"
    assert column(new_project, listed, "", "") == ["a", "b.png"]
    assert column(new_project, listed, "", "b.png") == ["c", "z"]
    assert column(new_project, listed, "c/", "") == ["c/d"]
    assert column(new_project, "select name from storage.search('A/', 'b')") == ["1", "2"]
    assert column(new_project, "select key from storage.search_v2('a/', 'b', levels := 2)") == ["1", "2"]
    assert column(new_project, "select name from storage.search('', 'b', sortcolumn := 'created_at')")[:2] == ["a", "c"]


def test_broadcast_reaches_those_whom_a_policy_admits(new_project: Connection) -> None:
    """A trigger's broadcast becomes a message; who may read it is a policy's matter, by topic."""
    new_project.execute(
        """create table public.room (id int);
        create function public.tell() returns trigger language plpgsql security definer as $$ begin
            perform realtime.broadcast_changes(
                'room:' || new.id, tg_op, tg_op, tg_table_name, tg_table_schema, new, old
            );
            return null;
        end $$;
        create trigger tell after insert on public.room for each row execute function public.tell();
        insert into public.room values (7);
        create policy read on realtime.messages for select to authenticated using (realtime.topic() = topic)"""
    )
    message = value(new_project, "select payload from realtime.messages where topic = 'room:7' and private")
    assert (message["record"], message["old_record"], message["operation"]) == ({"id": 7}, None, "INSERT")
    become(new_project, "authenticated", USER)
    topics: LiteralString = "select topic from realtime.messages"
    new_project.execute("set local realtime.topic = 'room:7'")
    assert column(new_project, topics) == ["room:7"]
    new_project.execute("set local realtime.topic = 'room:8'")
    assert column(new_project, topics) == []


def test_tables_can_be_published(new_project: Connection) -> None:
    """supabase_realtime is empty, belongs to postgres and takes its tables."""
    assert column(new_project, "select tablename from pg_publication_tables where pubname = 'supabase_realtime'") == []
    new_project.execute("set local role postgres")
    new_project.execute("create table public.note (id int primary key); alter publication supabase_realtime add table note")
    assert column(new_project, "select tablename::text from pg_publication_tables") == ["note"]


def test_secrets_are_for_postgres_and_service_role(new_project: Connection) -> None:
    """Vault is there; the API roles of end users cannot read it."""
    become(new_project, "postgres")
    new_project.execute("select vault.create_secret('s3cr3t', 'key')")
    query: LiteralString = "select decrypted_secret from vault.decrypted_secrets where name = 'key'"
    assert value(new_project, query) == "s3cr3t"
    become(new_project, "service_role")
    assert value(new_project, query) == "s3cr3t"
    become(new_project, "authenticated", USER)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), new_project.transaction():
        new_project.execute(query)


def test_extensions_of_a_new_project_are_there(new_project: Connection) -> None:
    """Four extensions besides plpgsql, in the schemas where the platform has them."""
    rows = new_project.execute("select extname, extnamespace::regnamespace::text from pg_extension").fetchall()
    assert dict(rows) == {
        "plpgsql": "pg_catalog",
        "uuid-ossp": "extensions",
        "pgcrypto": "extensions",
        "pg_stat_statements": "extensions",
        "supabase_vault": "vault",
    }
    new_project.execute("set local role anon")
    assert value(new_project, "select extensions.uuid_generate_v4() <> extensions.gen_random_uuid()")


def test_graphql_is_off(new_project: Connection) -> None:
    """Without pg_graphql the entry point answers that it is not enabled."""
    new_project.execute("set local role anon")
    answer = value(new_project, "select graphql_public.graphql(query := '{ noteCollection { edges { cursor } } }')")
    assert answer["errors"][0]["message"] == "pg_graphql extension is not enabled."


def test_webhook_queues_a_request(new_project: Connection) -> None:
    """A trigger of a database webhook sends the row through pg_net and keeps a trace of it."""
    new_project.execute("create extension pg_net")
    new_project.execute(
        """create table public.note (id int);
        create trigger hook after insert on public.note for each row
            execute function supabase_functions.http_request('http://host/path', 'POST', '{"x-a": "1"}', '{}', '500');
        insert into public.note values (5)"""
    )
    row = new_project.execute("select method, url, headers, timeout_milliseconds, body from net.http_request_queue").fetchone()
    assert row is not None
    assert row[:4] == ("POST", "http://host/path", {"x-a": "1", "Content-Type": "application/json"}, 500)
    assert b'"record": {"id": 5}' in row[4]
    assert column(new_project, "select hook_name from supabase_functions.hooks") == ["hook"]
