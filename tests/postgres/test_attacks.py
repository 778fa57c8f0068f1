"""SQL of a project does not get the machine: not in a statement, not in a string that a body executes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policytool.postgres.platform import apply_migrations, platform_server
from policytool.postgres.server import Server
from tests.roles import same_roles

REFUSED = "42501"
STATIC = {
    "program": "copy (select 1) to program 'touch {mark}'",
    "file": "create table note (body text); copy note from '/etc/passwd'",
    "file out": "copy (select 1) to '{mark}'",
    "setting": "alter system set archive_command = 'touch {mark}'",
    "load": "load 'auto_explain'",
    "large object": "select lo_import('/etc/passwd')",
    "read": "select pg_read_file('/etc/passwd')",
    "list": "select pg_ls_dir('/')",
    "language": "create function f() returns int language c as 'libc', 'system'",
    "internal": "create function f(text) returns text language internal as 'pg_read_file_all'",
    "role": "grant pg_execute_server_program to postgres",
    "extension": "create extension file_fdw",
    "superuser": "alter role postgres superuser",
    "another superuser": "create role mallory superuser",
    "become": "set session authorization supabase_admin",
    "become by role": "set role supabase_admin",
    "ownership": "create function f() returns int return 1; alter function f() owner to supabase_admin",
    "member": "grant supabase_admin to postgres",
    "catalog": "update pg_authid set rolsuper = true where rolname = 'postgres'",
    "administer": "select policytool_administer('guess'::bytea, 'alter role postgres superuser')",
    "tablespace": "create tablespace t location '/tmp'",
    "subscription": "create subscription s connection 'host=localhost' publication p with (connect = false)",
    "slot": "select pg_create_logical_replication_slot('s', '{mark}')",
    "slot of another": "create role repl replication login; grant repl to postgres with set true; set role repl;"
    "select pg_create_logical_replication_slot('s', '{mark}')",
    "log": "select pg_rotate_logfile()",
    "preload": "alter role postgres set session_preload_libraries = 'x'",
}


@pytest.fixture
def project(supabase_server: Server) -> Iterator[str]:
    """A fresh project's database."""
    with same_roles(supabase_server):
        name = supabase_server.create_database("supabase_legacy", owner="postgres")
        yield name
        supabase_server.drop_database(name)


def run(server: Server, database: str, *files: str) -> str | None:
    """Apply files, and give the error of the last."""
    error = apply_migrations(server, database, files)[-1].error
    return f"{error.sqlstate}: {error.message}" if error else None


def ask(server: Server, database: str, query: Any) -> list[tuple[Any, ...]]:
    with server.connect(database, "postgres") as connection:
        return connection.execute(query).fetchall()


def hidden(statement: str) -> str:
    """The statement in a DO block, spelled so that no reading of the text finds it."""
    parts = [part.strip() for part in statement.split(";")]
    encoded = [part.encode().hex() for part in parts]
    executes = " ".join(f"execute pg_catalog.convert_from(decode('{text}', 'hex'), 'UTF8');" for text in encoded)
    return f"do $$ begin {executes} end $$"


@pytest.mark.parametrize("how", [str, hidden], ids=["static", "dynamic"])
@pytest.mark.parametrize("attack", STATIC)
def test_attack_is_refused(supabase_server: Server, project: str, tmp_path: Path, attack: str, how: Any) -> None:
    """Programs, files, libraries, settings and the rights of the superuser are out of reach, however it is spelled."""
    mark = tmp_path / "mark"
    tmp_path.chmod(0o777)
    error = run(supabase_server, project, how(STATIC[attack].replace("{mark}", str(mark))))
    assert error is not None
    assert error.startswith((REFUSED, "0LP01", "25001", "22023", "0A000")), error
    assert not mark.exists()
    assert ask(supabase_server, project, "select rolsuper from pg_roles where rolname = 'postgres'") == [(False,)]


@pytest.mark.parametrize("attack", ["program", "file", "read", "large object", "role", "setting"])
def test_attack_on_plain_postgres_is_refused(attack: str, tmp_path: Path) -> None:
    """There postgres is a superuser by nature, and none while migrations run."""
    with platform_server("postgres") as server:
        database = server.create_database("postgres_plain", owner="postgres")
        error = run(server, database, hidden(STATIC[attack].replace("{mark}", str(tmp_path / "mark"))))
        assert error is not None
        assert error.startswith((REFUSED, "25001"))
        assert ask(server, database, "select rolsuper from pg_roles where rolname = 'postgres'") == [(True,)]


WHOAMI = """
create table public.seen (who text, super boolean);
grant all on public.seen to public;
create function public.look() returns boolean language plpgsql as $$ begin
    insert into public.seen select current_user, rolsuper from pg_roles where rolname = current_user; return true;
end $$;
create function public.watch() returns event_trigger language plpgsql as $$ begin perform public.look(); end $$;
"""
TRAPS = {
    "event trigger": (
        "create event trigger spy on ddl_command_start execute function public.watch()",
        "create extension pg_cron; create extension citext; do $$ begin execute 'create extension hstore'; end $$;"
        "alter role anon set app.x = '1'; drop extension citext; do $$ begin drop extension hstore; end $$;"
        "create table public.own ()",
    ),
    "event trigger of the platform": (
        "create or replace function extensions.grant_pg_cron_access() returns event_trigger language plpgsql"
        " as $$ begin perform public.look(); end $$",
        "create extension pg_cron; do $$ begin execute 'create extension pg_net'; end $$; select public.look()",
    ),
    "domain in a policy": (
        "create domain public.trap as text check (public.look()); create type public.pair as (a public.trap)",
        "create policy p on storage.objects using ('(x)'::public.pair is not null); select public.look()",
    ),
    "type in the temporary schema": (
        "create extension pg_cron; create extension if not exists supabase_vault",
        "create domain pg_temp.text as pg_catalog.text check (public.look());"
        "select cron.schedule('* * * * *', 'select 1'); select vault.create_secret('x'); select public.look()",
    ),
    "operator in the search path": (
        "create schema evil; create function evil.eq(text, text) returns boolean return public.look();"
        "create operator evil.<> (leftarg = text, rightarg = text, function = evil.eq)",
        "set search_path = evil, pg_catalog, public; create extension citext schema public;"
        "alter role anon set app.x = '1'; create extension pg_cron;"
        "select cron.schedule('* * * * *', 'select 1'); select public.look()",
    ),
    "trigger on a table of the superuser": (
        "alter default privileges for role supabase_admin in schema public grant all on tables to postgres",
        "create extension pg_cron; do $$ begin create trigger t before insert on cron.job for each row"
        " execute function public.catch(); exception when insufficient_privilege then null; end $$;"
        "do $$ begin create trigger t before insert on vault.secrets for each row"
        " execute function public.catch(); exception when others then null; end $$;"
        "select cron.schedule('* * * * *', 'select 1'); select vault.create_secret('x'); select public.look()",
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_no_code_of_the_project_runs_as_a_superuser(supabase_server: Server, project: str, trap: str) -> None:
    """While the superuser makes an extension or a setting for a project, nothing of the project's own is called."""
    catch = (
        "create function public.catch() returns trigger language plpgsql as"
        " $$ begin perform public.look(); return new; end $$;"
    )
    setting, springing = TRAPS[trap]
    assert run(supabase_server, project, WHOAMI + catch, setting, springing) is None
    with supabase_server.administer(project) as connection:
        connection.execute("alter role anon reset app.x")  # roles outlive the database
    seen = ask(supabase_server, project, "select distinct who, super from public.seen")
    assert seen
    assert not [who for who, is_superuser in seen if is_superuser]


def test_projects_own_event_trigger_fires(supabase_server: Server, project: str) -> None:
    """An event trigger that the project makes is its own, and sees the project's own statements."""
    trigger = "create event trigger spy on ddl_command_end execute function public.watch()"
    assert run(supabase_server, project, WHOAMI, trigger, "create table public.t ()") is None
    assert ask(supabase_server, project, "select count(*) from public.seen") == [(1,)]
    owner = ask(supabase_server, project, "select evtowner::regrole::text from pg_event_trigger where evtname = 'spy'")
    assert owner == [("postgres",)]


@pytest.mark.parametrize("how", [str, hidden], ids=["static", "dynamic"])
def test_dblink_reaches_nobody(supabase_server: Server, project: str, how: Any) -> None:
    """The extension can be made; what would connect is no one's to call."""
    assert run(supabase_server, project, "create extension dblink schema public") is None
    assert run(supabase_server, project, "do $$ begin execute 'create extension if not exists dblink'; end $$") is None
    for call in ("dblink_connect('host=127.0.0.1 password=x')", "dblink('host=127.0.0.1 password=x', 'select 1')"):
        error = run(supabase_server, project, how(f"select public.{call}"))
        assert error is not None
        assert error.startswith(REFUSED)


def test_foreign_tables_reach_nobody(supabase_server: Server, project: str) -> None:
    """With postgres_fdw servers and tables can be made, and nothing can be read through them."""
    setup = """
        create extension postgres_fdw;
        create server other foreign data wrapper postgres_fdw options (host '127.0.0.1', dbname 'postgres');
        create user mapping for postgres server other options (user 'postgres', password 'postgres');
        create foreign table remote (a int) server other;
    """
    assert run(supabase_server, project, setup) is None
    error = run(supabase_server, project, hidden("select from remote"))
    assert error is not None
    assert "has no handler" in error


def test_login_event_trigger_meets_no_superuser(supabase_server: Server, project: str) -> None:
    """Whoever reads the catalog afterwards does not run the project's code by connecting."""
    trigger = "create event trigger spy on login execute function public.watch()"
    assert run(supabase_server, project, WHOAMI, trigger) is None
    with supabase_server.administer(project) as connection:
        assert connection.execute("select distinct super from public.seen where super").fetchall() == []


def test_nothing_of_it_is_left(supabase_server: Server, project: str) -> None:
    """After a replay the superuser's function is gone."""
    assert run(supabase_server, project, "create extension citext") is None
    assert ask(supabase_server, project, "select from pg_proc where proname = 'policytool_administer'") == []


def test_settings_that_only_a_superuser_may_change_are_changed(supabase_server: Server, project: str) -> None:
    """What supautils lets postgres set, it can set here: for itself, for roles and for the database."""
    migration = """
        set session_replication_role = replica;
        set session_replication_role = default;
        alter role authenticator set pgrst.db_schemas = 'public';
        alter database postgres set app.settings.jwt = 'x';
    """
    assert run(supabase_server, project, migration) is None
