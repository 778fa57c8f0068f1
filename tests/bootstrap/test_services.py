"""Realtime, Vault, GraphQL, webhooks, and the extensions of a new project."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

import psycopg
import pytest

from tests.bootstrap.support import become, column, value

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

USER = "b2a4c8d0-0000-4000-8000-000000000001"


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
    new_project.execute("create table public.note (id int primary key)")
    new_project.execute("alter publication supabase_realtime add table public.note")
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
    query: LiteralString = "select method, url, headers, timeout_milliseconds, body from net.http_request_queue"
    row = new_project.execute(query).fetchone()
    assert row is not None
    assert row[:4] == ("POST", "http://host/path", {"x-a": "1", "Content-Type": "application/json"}, 500)
    assert b'"record": {"id": 5}' in row[4]
    assert column(new_project, "select hook_name from supabase_functions.hooks") == ["hook"]
