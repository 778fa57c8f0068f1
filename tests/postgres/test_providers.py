"""Where servers come from: named, chosen, refused, and the same platform on each."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from policytool.errors import NoPostgres, UsageError
from policytool.postgres import binaries, local, providers
from policytool.postgres.addressed import addressed, is_local
from policytool.postgres.platform import MigrationFailed, apply_migrations, migrated_server, platform_server
from policytool.postgres.providers import Docker, Embedded, Local, Provider, choose
from policytool.postgres.server import Server, throwaway
from policytool.source.model import SqlFile
from tests.postgres.test_attacks import STATIC, hidden

pytestmark = pytest.mark.server
INSTALLED = bool(local.installed())
ON_MACHINE = pytest.mark.skipif(not INSTALLED, reason="about a server that is installed on the machine")
EXTENSIONS = """
create extension if not exists pg_cron;
create extension if not exists pg_cron;
select cron.schedule('* * * * *', 'select 1');
create policy p on storage.objects using (true);
create table public.note (id uuid primary key default gen_random_uuid(), owner uuid references auth.users);
"""


def address(server: Server) -> str:
    return f"host={server.socket_dir} port={server.port} user={server.superuser} dbname=postgres"


def contents(server: Server) -> Any:
    query = "select array(select rolname from pg_roles order by 1), array(select datname from pg_database order by 1)"
    with server.connect() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def strangers() -> Iterator[Server]:
    """A server that policytool has not started for itself, with nothing on it."""
    with throwaway() as running:
        yield running


def served(provider: Provider) -> list[str]:
    """The errors of a small project on a provider's server."""
    with provider.serve("supabase") as server:
        database = server.create_database("supabase_legacy", owner="postgres")
        return [str(result.error) for result in apply_migrations(server, database, [EXTENSIONS]) if result.error]


def test_a_url_gets_a_fresh_database_that_goes_again(strangers: Server) -> None:
    """The platform and the project are put on the server; afterwards it is as it was, roles included."""
    before = contents(strangers)
    assert served(choose(address(strangers))) == []
    assert contents(strangers) == before


def test_two_runs_on_one_url_do_not_meet(strangers: Server) -> None:
    """Each has databases of its own."""
    with addressed(address(strangers)) as one, addressed(address(strangers)) as two:
        names = [server.create_database(name="supabase_legacy") for server in (one, two)]
        assert len(set(names)) == 2


def test_a_failure_leaves_nothing_on_the_server(strangers: Server) -> None:
    """Databases and roles go whatever ends the block."""
    before = contents(strangers)
    with pytest.raises(ZeroDivisionError), choose(address(strangers)).serve("supabase") as server:
        raise ZeroDivisionError(server.create_database("supabase_legacy", owner="postgres"))
    assert contents(strangers) == before


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("/tmp", True),
        ("localhost", True),
        ("127.0.0.1", True),
        ("db.example.com", False),
        ("localhost,10.0.0.1", False),
    ],
)
def test_what_is_local(host: str, here: bool) -> None:
    """Sockets and the loopback; of several hosts all must be."""
    assert is_local({"host": host}) is here
    assert is_local({"host": "localhost", "hostaddr": "10.0.0.1"}) is False


def test_another_machine_is_refused_unless_said() -> None:
    """A URL of another machine could be production."""
    with pytest.raises(NoPostgres, match="not on this machine") as caught:
        choose("postgresql://u:secret@db.invalid/x").look()
    assert "--yes-throwaway" in (caught.value.hint or "")
    with pytest.raises(NoPostgres, match="cannot be reached") as caught:
        choose("postgresql://u:secret@db.invalid/x", declared=True).look()
    assert "secret" not in str(caught.value)


def test_a_superuser_postgres_is_refused(strangers: Server) -> None:
    """Migrations run as postgres, which must not be able to reach the server's machine."""
    with strangers.connect() as connection:
        connection.execute("create role postgres superuser login")
    with pytest.raises(NoPostgres, match="postgres is a superuser") as caught:
        choose(address(strangers)).look()
    assert "supabase_admin" in (caught.value.hint or "")


def test_a_plain_user_is_refused(strangers: Server) -> None:
    """Without a superuser there is no platform."""
    with strangers.connect() as connection:
        connection.execute("create role guest login")
    with pytest.raises(NoPostgres, match="guest is no superuser"):
        choose(address(strangers).replace(strangers.superuser, "guest")).look()


@ON_MACHINE
def test_binaries_of_the_machine_have_the_stand_ins() -> None:
    """Also before 18, where Postgres looks for extensions in one place only; and in the body of a DO."""
    assert served(Local()) == []
    in_body = "do $$ begin create extension pg_net; perform net.http_get('http://x'); end $$"
    with Local().serve("supabase") as server:
        database = server.create_database("supabase_legacy", owner="postgres")
        assert [result.error for result in apply_migrations(server, database, [in_body])] == [None]


@ON_MACHINE
@pytest.mark.parametrize("attack", ["program", "file", "role", "read", "superuser", "member", "become by role"])
def test_machines_own_server_is_no_way_out_either(attack: str, tmp_path: Path) -> None:
    """Before 16 who may create roles could grant pg_execute_server_program; not here."""
    with Local().serve("supabase") as server:
        database = server.create_database("supabase_legacy", owner="postgres")
        (result,) = apply_migrations(server, database, [hidden(STATIC[attack].replace("{mark}", str(tmp_path / "m")))])
        assert result.error is not None
        assert result.error.sqlstate == "42501"


@ON_MACHINE
def test_installed_folder_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree with the stand-ins is ours; nothing is written through its links."""
    found = local.local()
    extensions = local.share_folder(found) / "extension"
    before = {path.name: path.stat().st_mtime_ns for path in extensions.iterdir()}
    with platform_server("supabase", found) as server:
        assert server.major == found.major
    assert {path.name: path.stat().st_mtime_ns for path in extensions.iterdir()} == before


def test_missing_major_says_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is taken for another one."""
    with pytest.raises(NoPostgres, match="no PostgreSQL 99 is installed"):
        local.local(99)
    major = binaries.embedded().major
    with pytest.raises(NoPostgres, match=f"the embedded server is PostgreSQL {major}, not 99"):
        Embedded(major=99).look()


def test_binaries_are_found_in_path_and_in_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in PATH with a server, and the places where packages go; the newest first, broken ones not at all."""
    for name, version in (("14", "14.2"), ("17", "17.1"), ("broken", "")):
        folder = tmp_path / name / "bin"
        folder.mkdir(parents=True)
        for program in ("postgres", "initdb"):
            script = f"#!/bin/sh\n{f'echo postgres {version}' if version else 'exit 1'}\n"
            (folder / program).write_text(script)
            (folder / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / '14' / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    found = local.installed((f"{tmp_path}/*/bin",))
    assert [(b.version, b.provider) for b in found] == [("17.1", "local"), ("14.2", "local")]
    assert local.local(14, (f"{tmp_path}/*/bin",)).bin == tmp_path / "14" / "bin"


def test_auto_takes_the_first_that_has_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded server, then the machine's, then a container; none is an error that says why for each."""
    assert choose().name == "embedded"
    monkeypatch.setattr(
        providers, "found", SimpleNamespace(embedded=lambda: (_ for _ in ()).throw(NoPostgres("no wheel")))
    )
    monkeypatch.setattr(local, "installed", lambda places=(): ())
    with pytest.raises(NoPostgres) as caught:
        choose()
    assert caught.value.exit_code == 4
    assert all(word in caught.value.message for word in ("embedded: no wheel", "local: no PostgreSQL", "docker: "))


def test_unknown_provider_is_a_usage_error() -> None:
    """The message names it."""
    with pytest.raises(UsageError, match="--postgres podmann: no such provider"):
        choose("podmann")


def test_docker_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The import is guarded."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoPostgres) as caught:
        Docker().look()
    assert "policytool[docker]" in (caught.value.hint or "")


def test_docker_without_an_engine_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the client library raises becomes one message."""

    def from_env() -> Any:
        raise RuntimeError("Connection refused")

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(importlib, "import_module", lambda name: SimpleNamespace(from_env=from_env))
    with pytest.raises(NoPostgres, match="no container engine answers: Connection refused"):
        Docker().look()


def test_container_is_asked_for_a_superuser_that_is_not_postgres(
    strangers: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The image, its user and its end; the container itself is played by a server that is there already."""
    asked: list[Any] = []

    @contextmanager
    def container(image: str, **settings: str) -> Iterator[Any]:
        asked.append((image, settings["username"]))
        yield SimpleNamespace(get_connection_url=lambda driver: address(strangers))
        asked.append("stopped")

    engine = SimpleNamespace(ping=lambda: True)
    modules = {
        "docker": SimpleNamespace(from_env=lambda: engine),
        "testcontainers.postgres": SimpleNamespace(PostgresContainer=container),
    }
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(importlib, "import_module", lambda name: modules[name])
    assert served(Docker(major=18)) == []
    assert asked == [("postgres:18", "supabase_admin"), "stopped"]


PROJECT = (SqlFile(path="1.sql", text="create table public.note (id int)"),)


def test_migrated_database_comes_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run applies the files, the second finds them applied; other files are another template."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cached = []
    for files in (PROJECT, PROJECT, (*PROJECT, SqlFile(path="2.sql", text="create table public.more ()"))):
        with migrated_server("supabase", "supabase_legacy", files) as (server, template):
            cached.append(len(list((tmp_path / "policytool" / "postgres").glob("cluster-*-supabase-*"))))
            with server.connect(server.create_database(template, owner="postgres"), "postgres") as connection:
                connection.execute("select from public.note")
    assert cached == [1, 1, 2]


def test_failed_migration_is_not_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names file, line and SQLSTATE, and the next run tries again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    bad = (*PROJECT, SqlFile(path="2.sql", text="select 1;\nselect oops;"))
    for _ in range(2):
        with (
            pytest.raises(MigrationFailed, match=r"2\.sql:2:8: 42703"),
            migrated_server("supabase", "supabase_legacy", bad),
        ):
            pass
    assert list((tmp_path / "policytool" / "postgres").glob("cluster-*-supabase-*")) == []


SCRIPT = """
import sys, time
from policytool.postgres.platform import migrated_server
from policytool.source.model import SqlFile
files = (SqlFile(path="1.sql", text="create table public.note (id int); select pg_sleep(%s)"),)
with migrated_server("supabase", "supabase_legacy", files) as (server, template):
    with server.connect(server.create_database(template, owner="postgres"), "postgres") as connection:
        print(connection.execute("select count(*) from public.note").fetchone()[0], flush=True)
"""


def test_two_first_runs_at_once_and_one_cut_short_do_no_harm(tmp_path: Path) -> None:
    """One is killed while it migrates, two more run together: both get the whole database."""
    import sys

    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT % "0.3"]
    first = subprocess.Popen([sys.executable, "-c", SCRIPT % "30"], env=environment)
    runs = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first.kill()
    first.wait()
    assert [run.communicate(timeout=60)[0].strip() for run in runs] == ["0", "0"]
    kept = list((tmp_path / "policytool" / "postgres").glob("cluster-*-supabase-*"))
    assert len(kept) == 1
