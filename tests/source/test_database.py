"""A live database as a source: what names one, what it is read with, and what is never told of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from policytool import api
from policytool.catalog.introspect.connection import Unreachable, Unread, connected, parameters
from policytool.catalog.introspect.database import PATIENCE
from policytool.catalog.introspect.server import UnreadableServer, asking
from policytool.config import Config
from policytool.errors import PolicytoolError, UsageError
from policytool.postgres.addressed import addressed
from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server, throwaway
from policytool.source import read
from policytool.source.database import is_database, without_passwords
from tests.catalog.build.support import run
from tests.parity.test_world import WORLD, installed

if TYPE_CHECKING:
    from policytool.postgres.binaries import Binaries
    from policytool.postgres.server import Connection

SECRET = "c0rrect-horse"


# --- which arguments name one ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("postgresql://host/db", True),
        ("postgres://u:p@host:5433/db?sslmode=require", True),
        ("POSTGRES:///x", True),
        ("service=live", True),
        ("host=localhost dbname=shop", True),
        (" dbname = shop", True),
        ("supabase/migrations", False),
        ("git:main", False),
        ("a=b", False),
        ("snapshot.json", False),
        ("-", False),
    ],
)
def test_what_names_a_database(source: str, named: bool) -> None:
    """A URL, or libpq's keywords."""
    assert is_database(source) == named


def test_a_file_of_that_name_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`host=x` may be a folder's name, odd as it is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "host=x").mkdir()
    assert not is_database("host=x")


def test_a_database_has_no_files() -> None:
    """What needs migrations says so, and does not repeat the URL."""
    with pytest.raises(PolicytoolError, match="holds no migrations") as caught:
        read(f"postgresql://u:{SECRET}@host/db")
    assert SECRET not in str(caught.value)


# --- no password in any message -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        f"postgresql://u:%zz{SECRET}@host/db",
        f"postgresql://u:{SECRET}@rest@host/db",
        f"postgresql://u:x@{SECRET}@host/db",
        f"postgresql://u:x/{SECRET}@host/db",
        f"postgresql://u:1/{SECRET}@host/db",
        f"postgresql://host/db?passwort={SECRET}",
        f"host=a password=x {SECRET}",
        f"host=a password='{SECRET}",
        f"host=a pasword={SECRET}",
    ],
)
@pytest.mark.parametrize("opened", [connected, addressed])
def test_a_malformed_string_is_not_repeated(source: str, opened: Callable[..., Iterator[object]]) -> None:
    """Where libpq stumbles it shows what it stumbled over, which may be a piece of the password. We do not."""
    with pytest.raises(UsageError) as caught, opened(source):  # type: ignore[attr-defined]
        pass
    assert caught.value.exit_code == 2
    assert SECRET not in f"{caught.value.message} {caught.value.hint} {caught.value.__context__ and ''}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "source", [f"postgresql://u:{SECRET}@nowhere.invalid/db", f"postgresql://nowhere.invalid/db?password={SECRET}"]
)
def test_an_unknown_host_is_told_without_the_password(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor with one from the environment."""
    with pytest.raises(Unreachable, match=r"the database cannot be reached: .*nowhere\.invalid") as caught:
        api.load(source)
    assert (caught.value.exit_code, caught.value.hint) == (4, "check the host")
    monkeypatch.setenv("PGPASSWORD", SECRET)
    with pytest.raises(Unreachable) as from_environment:
        api.load(f"postgresql://nowhere.invalid/{SECRET}")
    assert SECRET not in str(caught.value) + str(from_environment.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see postgresql://u:p@ss w0rd@h/d", "see postgresql://u:***@h/d"),
        ("postgres://u:p%40@h:1/d?x=y", "postgres://u:***@h:1/d?x=y"),
        ("host=h password=abc user=u", "host=h password=*** user=u"),
        ("password='a b\\' c' x", "password=*** x"),
        ("postgresql://h/d?password=abc&sslmode=x", "postgresql://h/d?password=***&sslmode=x"),
        ('password authentication failed for user "u"', 'password authentication failed for user "u"'),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
    ],
)
def test_texts_without_passwords(text: str, shown: str) -> None:
    """Whatever looks like a password of a connection string goes, the rest stays."""
    assert without_passwords(text) == shown
    assert without_passwords(f"{text} {SECRET}", [SECRET, None, ""]) == f"{shown} ***"


# --- what can go wrong with a connection ----------------------------------------------------------------------------


@contextmanager
def answering(*said: bytes) -> Iterator[int]:
    """A port where somebody answers each connection with these words, or not at all."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        talks: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    talk, _ = listening.accept()
                except OSError:
                    return
                talks.append(talk)
                if said:
                    talk.recv(100)
                    talk.sendall(b"".join(said))
                    talk.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for talk in talks:
            talk.close()


def test_what_is_no_postgres_is_told() -> None:
    """A web server at that port."""
    with (
        answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port,
        pytest.raises(Unreachable, match="cannot be reached") as caught,
    ):
        api.load(f"postgresql://u:{SECRET}@127.0.0.1:{port}/db")
    assert "PostgreSQL" in str(caught.value.hint)


def test_silence_is_told() -> None:
    """Whoever takes the connection and says nothing is not waited for."""
    with answering() as port, pytest.raises(Unreachable, match="timeout") as caught:
        api.load(f"postgresql://u@127.0.0.1:{port}/db?connect_timeout=2")
    assert "connect_timeout" in str(caught.value.hint)


def test_a_refusal_is_told() -> None:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Unreachable, match="refused") as caught:
        api.load(f"postgresql://u@127.0.0.1:{port}/db")
    assert caught.value.hint == "is the server running there, and does it listen on that port?"


def test_an_unknown_service_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file to look into."""
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "none"))
    with pytest.raises(Unreachable, match="service") as caught:
        api.load("service=nowhere")
    assert "pg_service.conf" in str(caught.value.hint)


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server that asks the role `locked` for its password."""
    with throwaway() as server:
        with server.connect() as connection:
            connection.execute(f"create role locked login password '{SECRET}'".encode())
            connection.execute("create table public.notes (id int)")
        rules = Path(server.running.folder) / "data" / "pg_hba.conf"
        rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
        with server.connect() as connection:
            connection.execute("select pg_reload_conf()")
        yield server


def test_a_wrong_password_is_told_and_not_shown(guarded: Server) -> None:
    """Nor what it was."""
    with pytest.raises(Unreachable, match='password authentication failed for user "locked"') as caught:
        api.load(f"postgresql://locked:not-{SECRET}@/postgres?host={guarded.socket_dir}&port={guarded.port}")
    assert "check user and password" in str(caught.value.hint)
    assert SECRET not in str(caught.value)


def test_no_password_is_told(guarded: Server) -> None:
    """And where it may be put."""
    with pytest.raises(Unreachable, match="no password supplied") as caught:
        api.load(f"postgresql://locked@/postgres?host={guarded.socket_dir}&port={guarded.port}")
    assert "~/.pgpass" in str(caught.value.hint)


@pytest.mark.parametrize("way", ["url", "environment", "passfile", "service"])
def test_passwords_come_by_every_way_of_libpq(
    guarded: Server, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And are in nothing that is made of the database."""
    where = f"host={guarded.socket_dir} port={guarded.port} dbname=postgres user=locked"
    match way:
        case "url":
            where = f"postgresql://locked:{SECRET}@/postgres?host={guarded.socket_dir}&port={guarded.port}"
        case "environment":
            monkeypatch.setenv("PGPASSWORD", SECRET)
        case "passfile":
            (tmp_path / "pass").write_text(f"*:*:*:locked:{SECRET}\n")
            (tmp_path / "pass").chmod(0o600)
            monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pass"))
        case _:
            (tmp_path / "services").write_text(
                "[live]\n" + where.replace(" ", "\n") + f"\npassword={SECRET}\n", encoding="utf-8"
            )
            monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
            where = "service=live"
    loaded = api.load(where)
    assert loaded.project.label == "postgresql://locked@/postgres"
    assert ("public", "notes") in loaded.built.catalog.tables
    assert SECRET not in repr(loaded)


def test_a_missing_database_is_told(server: Server) -> None:
    """By its name."""
    with pytest.raises(Unreachable, match='database "nowhere" does not exist'):
        api.load(server.dsn("nowhere"))


# --- how it is read -------------------------------------------------------------------------------------------------


def test_nothing_can_be_written_even_as_superuser(server: Server) -> None:
    """The transaction is read-only, sees one moment, and waits for nobody for long."""
    with connected(server.dsn()) as connection, asking(connection, PATIENCE) as (_, cursor):
        shown = [
            next(iter(row.values()))
            for name in ("transaction_read_only", "transaction_isolation", "statement_timeout", "lock_timeout")
            for row in cursor.execute(f"show {name}".encode()).fetchall()
        ]
        assert shown == ["on", "repeatable read", "1min", "5s"]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), connection.transaction():
            cursor.execute("create table public.never ()")


def test_a_lock_is_not_waited_for(server: Server, database: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that holds a table makes us give up, after the time that the user gives."""
    database.execute("create table t (id int); create view v as select id from t; create index on t ((id + 1))")
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=50ms")
    with server.connect(database.info.dbname, autocommit=False) as busy:
        busy.execute("lock table t; lock table v")
        with pytest.raises(Unread, match="locked by somebody else") as caught:
            api.load(server.dsn(database.info.dbname))
        assert caught.value.exit_code == 2


def test_time_runs_out(server: Server, database: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own timeouts count, not ours; what they end is told with what to do."""
    monkeypatch.setenv("PGOPTIONS", "-c statement_timeout=1ms")
    database.execute(b"".join(b"create table t%d (id int primary key, x text default 'a');" % n for n in range(300)))
    with pytest.raises(Unread, match="took too long") as caught:
        api.load(server.dsn(database.info.dbname))
    assert "statement_timeout" in str(caught.value.hint)


TRAPS = """
create schema storage;
create function public.trap() returns boolean language plpgsql as $$ begin raise exception 'it was run'; end $$;
create table storage.buckets (id text primary key, public boolean);
create table public.t (id int default (1 + length(public.trap()::text)));
create function public.trap_of(id int) returns int immutable language plpgsql as
  $$ begin raise exception 'it was run'; end $$;
create index on public.t (public.trap_of(id));
create view public.v as select public.trap() as x;
create policy trap on storage.buckets using (public.trap());
create policy trap on public.t using (public.trap());
alter table storage.buckets enable row level security;
insert into storage.buckets values ('open', true), ('closed', false);
"""


def test_no_function_of_the_database_is_run(server: Server, database: Connection) -> None:
    """Defaults, views, indexes and policies are read, not evaluated; where RLS would filter, we do without."""
    database.execute(TRAPS)
    database.execute("create role plain login; grant usage on schema storage to plain")
    database.execute("grant select on storage.buckets to plain")
    try:
        loaded = api.load(server.dsn(database.info.dbname, "plain"))
    finally:
        database.execute("drop owned by plain; drop role plain")
    (note,) = loaded.project.notes
    assert note.message.startswith("the storage buckets are not known: query would be affected by row-level security")
    assert loaded.built.catalog.tables["public", "t"].policies[0].using == "public.trap()"
    assert api.load(server.dsn(database.info.dbname)).built.catalog.buckets.keys() == {"open", "closed"}


def test_a_view_in_the_place_of_buckets_is_not_asked(server: Server, database: Connection) -> None:
    """Reading it would run what it is made of: the server counts no call."""
    name = database.info.dbname
    database.execute(
        "create schema storage; create function public.spy() returns text language plpgsql as "
        "$$ begin return 'x'; end $$; create view storage.buckets as select public.spy() as id, true as public"
    )
    database.execute(f"alter database {name} set track_functions = 'all'".encode())
    assert api.load(server.dsn(name)).built.catalog.buckets == {}
    assert spied(server, name) == 0
    with server.connect(name) as connection:
        connection.execute("select * from storage.buckets")
    assert spied(server, name) == 1


def spied(server: Server, name: str) -> int:
    """How often the function was called, once all others have gone."""
    with server.connect(name) as connection:
        others = "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        while len(connection.execute(others.encode()).fetchall()) > 1:
            pass
        row = connection.execute(
            "select coalesce(sum(calls), 0)::int from pg_stat_user_functions where funcname = 'spy'"
        ).fetchone()
        assert row is not None
        return int(row[0])


# --- what is found --------------------------------------------------------------------------------------------------


@pytest.fixture
def project(supabase_server: Server) -> Iterator[str]:
    """A project's database of today."""
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    yield name
    supabase_server.drop_database(name)


@pytest.mark.parametrize(("template", "name"), [("supabase_legacy", "legacy"), ("supabase_explicit", "explicit")])
def test_the_platform_is_found_out(supabase_server: Server, template: str, name: str) -> None:
    """By its roles and schemas, and by what anon would get of a new table; nothing of it is a user's."""
    made = supabase_server.create_database(template, owner="postgres")
    loaded = api.load(supabase_server.dsn(made, "postgres"))
    supabase_server.drop_database(made)
    platform = loaded.built.platform
    assert (platform.name, platform.exposed_schemas) == (f"supabase-{name}", api.DEFAULT_SCHEMAS)
    assert loaded.built.catalog.platform == platform.name
    assert [t for t in loaded.built.catalog.tables.values() if t.origin is None] == []
    assert [r.name for r in loaded.built.catalog.roles.values() if r.origin is None] == []


def test_a_plain_database_beside_it_is_plain(supabase_server: Server) -> None:
    """Roles belong to the whole server: without the schema auth it is nobody's platform."""
    made = supabase_server.create_database()
    loaded = api.load(supabase_server.dsn(made))
    supabase_server.drop_database(made)
    assert (loaded.built.platform.name, loaded.built.platform.exposed_schemas) == ("postgres", ())


def test_a_named_platform_counts(supabase_server: Server, project: str) -> None:
    """As for files: the option before the configuration, the configuration before what one sees."""
    dsn = supabase_server.dsn(project, "postgres")
    assert api.load(dsn, platform="supabase").built.platform.why == "as --platform says"
    settled = api.load(dsn, config=Config(platform="postgres")).built.platform
    assert (settled.name, settled.why) == ("postgres", "as the configuration says")


def test_exposed_schemas_are_read(supabase_server: Server, project: str) -> None:
    """From the setting of PostgREST's role in this database; the configuration of the project counts more."""
    with supabase_server.connect(project) as connection:
        connection.execute(
            f"alter role authenticator in database {project} set pgrst.db_schemas = 'api, public'".encode()
        )
    try:
        dsn = supabase_server.dsn(project, "postgres")
        assert api.load(dsn).built.platform.exposed_schemas == ("api", "public")
        assert api.load(dsn, config=Config(exposed_schemas=("shop",))).built.platform.exposed_schemas == ("shop",)
    finally:
        with supabase_server.connect(project) as connection:
            connection.execute(f"alter role authenticator in database {project} reset pgrst.db_schemas".encode())


def test_policies_on_the_platforms_tables_are_the_projects(supabase_server: Server, project: str) -> None:
    """They are audited from a database as they are from files."""
    sql = "create policy everything on storage.objects for all to anon using (true) with check (true);"
    assert apply_migrations(supabase_server, project, [sql])[0].error is None
    loaded = api.load(supabase_server.dsn(project, "postgres"))
    found = api.audit(loaded).result.findings
    assert any(f.identity == "policy storage.objects.everything" and f.severity == "error" for f in found)


def test_who_may_read_little_is_told_so(supabase_server: Server, project: str) -> None:
    """A role without any right sees the same catalog; what it may not see is named."""
    sql = "create table public.notes (id int); insert into public.notes select generate_series(1, 500);"
    assert apply_migrations(supabase_server, project, [sql])[0].error is None
    with supabase_server.connect(project) as connection:
        connection.execute("vacuum analyze public.notes")
        connection.execute("create role passer_by login")
    try:
        whole = api.load(supabase_server.dsn(project))
        loaded = api.load(supabase_server.dsn(project, "passer_by"))
    finally:
        with supabase_server.connect(project) as connection:
            connection.execute("drop role passer_by")
    said = [note.message for note in loaded.project.notes]
    assert any("storage buckets are not known: permission denied" in message for message in said)
    assert any("passer_by may not read them" in message for message in said)
    mine, theirs = loaded.built.catalog.tables, whole.built.catalog.tables
    assert mine == theirs
    assert loaded.built.catalog.live is not None
    assert loaded.built.catalog.live.tables["public", "notes"].unused is None
    assert whole.project.notes == ()


def test_a_role_made_for_reading_is_enough(server: Server, database: Connection) -> None:
    """With default_transaction_read_only, too."""
    database.execute(
        "create table t (id int); create role reader login; alter role reader set default_transaction_read_only = on"
    )
    try:
        assert ("public", "t") in api.load(server.dsn(database.info.dbname, "reader")).built.catalog.tables
    finally:
        database.execute("drop role reader")


def test_what_is_dropped_meanwhile_is_told(
    server: Server, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection that goes away while we read is an error with a sentence."""
    real = api.load

    def cut(cursor: object, major: int) -> None:
        database.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'policytool'")
        cursor.execute("select 1")  # type: ignore[attr-defined]

    monkeypatch.setattr("policytool.catalog.introspect.database.everything", cut)
    with pytest.raises(Unreachable, match="connection to the database was lost"):
        real(server.dsn(database.info.dbname))


def test_what_is_too_old_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server before 13, and what only pretends to be one."""
    monkeypatch.setattr(psycopg.ConnectionInfo, "server_version", 120000)
    with pytest.raises(UnreadableServer, match="cannot be read"):
        api.load(server.dsn())


def test_poolers_are_not_asked_to_prepare(server: Server) -> None:
    """No prepared statement is left on a server connection that the next client gets; no startup option is sent."""
    with connected(server.dsn()) as connection:
        assert connection.prepare_threshold is None
    assert set(parameters("host=x")) == {"host", "connect_timeout", "fallback_application_name"}


@pytest.mark.server
@pytest.mark.parametrize("binaries", tuple(installed()), ids=lambda binaries: binaries.version)
def test_every_version_is_read(binaries: Binaries) -> None:
    """With its statistics, and nothing that could not be asked."""
    with throwaway(binaries) as server:
        name = server.create_database()
        with server.connect(name) as connection:
            assert run(connection, WORLD) == []
        loaded = api.load(server.dsn(name))
    catalog = loaded.built.catalog
    assert loaded.project.notes == ()
    assert loaded.built.platform.major_version == binaries.major
    assert catalog.live is not None
    ordinary = {key for key, table in catalog.tables.items() if table.kind == "table"}
    assert ordinary <= set(catalog.live.tables)
    assert catalog.live.available["plpgsql"] == "1.0"
