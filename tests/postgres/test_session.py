"""A session becomes its actors as PostgREST does, tells what became of a statement, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policytool.postgres.entitled import Actors, entitled
from policytool.postgres.entitled import actors as actors_of
from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server
from policytool.postgres.session import Answer, Broken, Identity, Session, open_session
from policytool.testing.actors import CLAIMS, LEGACY_SETTINGS, key, person, plain
from policytool.testing.outcomes import outcome

MIGRATION = """
create table notes (id integer primary key, user_id uuid not null, body text not null check (body <> ''));
alter table notes enable row level security;
create policy own on notes to authenticated using (user_id = (select auth.uid()));
create table shut (id integer primary key, parent integer references shut deferrable initially deferred);
grant select, insert, update, delete on notes, shut to authenticated;
create table loop (id integer primary key);
alter table loop enable row level security;
create policy p on loop using (exists (select from loop));
grant select on loop to authenticated;
create function refuse() returns trigger language plpgsql as $$
begin raise exception 'no' using errcode = '42501'; end $$;
create trigger refuse before delete on notes for each row execute function refuse();
create function back() returns text language plpgsql as $$
begin execute 'reset role'; execute 'reset session authorization'; return current_user; end $$;
"""
SAM, SUE = person("sam"), person("sue")
WHO = "select session_user, current_user, current_setting('request.jwt.claims', true)::json ->> 'sub'"


@pytest.fixture(scope="module")
def actors(supabase_server: Server) -> Iterator[Actors]:
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    results = apply_migrations(supabase_server, name, [MIGRATION])
    assert [r.error.message for r in results if r.error] == []
    with entitled(supabase_server) as user:
        yield actors_of(supabase_server, name, user)
    supabase_server.drop_database(name)


@pytest.fixture
def session(actors: Actors) -> Iterator[Session]:
    """A session in a transaction, in which both people have a note."""
    with open_session(actors) as found, found.transaction():
        rows = ", ".join(f"({at}, '{who.user}', 'b')" for at, who in enumerate((SAM, SUE), start=1))
        assert found.bypass(f"insert into notes values {rows}", keep=True).rows == 2
        yield found


def said(session: Session, sql: str, command: str = "SELECT") -> str:
    return str(outcome(session.attempt(SAM.identity(), sql), command))


def test_it_acts_as_postgrest_does(session: Session) -> None:
    """The session's user is authenticator, the current one the role of the token, whose claims are to be read."""
    assert session.attempt(SAM.identity(), WHO).values == (("authenticator", "authenticated", SAM.user),)
    assert session.attempt(SAM.identity(), "select auth.uid(), auth.role()").values == ((SAM.user, "authenticated"),)
    assert session.attempt(key("anon").identity(), "select current_user, auth.uid()").values == (("anon", None),)


def test_nobody_becomes_a_superuser(session: Session) -> None:
    """A function that undoes SET ROLE is back at the login, which is none."""
    assert session.attempt(SAM.identity(), "select public.back()").values == (("authenticator",),)
    query = "select bool_or(rolsuper) from pg_roles where pg_has_role(session_user, oid, 'member')"
    assert session.attempt(SAM.identity(), query).values == (("f",),)


def test_a_role_brings_its_settings(session: Session) -> None:
    """SET ROLE alone does not."""
    assert session.attempt(key("anon").identity(), "show statement_timeout").values == (("3s",),)
    assert session.attempt(SAM.identity(), "show statement_timeout").values == (("8s",),)


def test_rows_are_counted(session: Session) -> None:
    """Returned or touched; values come as text, null as None."""
    answer = session.attempt(SAM.identity(), "select id, null as nothing from notes")
    assert answer == Answer(rows=1, columns=("id", "nothing"), values=(("1", None),), types=(23, 25))
    assert session.attempt(SAM.identity(), "update notes set body = 'c'").rows == 1
    assert session.bypass("update notes set body = 'c'").rows == 2
    assert session.attempt(SAM.identity(), "-- a comment at the end").rows == 0


def test_an_attempt_is_undone(session: Session) -> None:
    """Also where it ran; with `keep` the next sees it."""
    insert = f"insert into notes values (3, '{SAM.user}', 'b')"
    count = "select from notes"
    assert (session.attempt(SAM.identity(), insert).rows, session.bypass(count).rows) == (1, 2)
    with session.savepoint():
        assert (session.attempt(SAM.identity(), insert, keep=True).rows, session.bypass(count).rows) == (1, 3)
        assert session.attempt(SUE.identity(), count).rows == 1
        assert session.bypass("select auth.uid()").values == ((None,),)
    assert session.bypass(count).rows == 2


def test_seeded_rows_stay_as_long_as_the_transaction(session: Session) -> None:
    """Attempts do not undo them, the end of what they were seeded in does."""
    with session.savepoint():
        with session.seeded() as connection:
            connection.execute(f"insert into notes values (3, '{SAM.user}', 'b')")
        found = [session.attempt(SAM.identity(), "update notes set body = 'c'").rows for _ in range(2)]
        assert found == [2, 2]
        assert session.bypass("select").rows == 1
    assert session.attempt(SAM.identity(), "select from notes").rows == 1


@pytest.mark.parametrize(
    ("sql", "command", "expected"),
    [
        ("select from notes", "SELECT", "allowed"),
        ("select from notes where id = 2", "SELECT", "filtered"),
        ("delete from notes where id = 2", "DELETE", "filtered"),
        ("truncate notes", "TRUNCATE", "allowed"),
        ("drop table notes", "SELECT", "denied by grant"),
        ("select from auth.users", "SELECT", "denied by grant"),
        (f"insert into notes values (3, '{SUE.user}', 'b')", "INSERT", "denied by check"),
        (f"insert into notes values (3, '{SAM.user}', '')", "INSERT", "denied by constraint"),
        (f"update notes set user_id = '{SUE.user}'", "UPDATE", "denied by check"),
        ("insert into shut values (1, 2)", "INSERT", "denied by constraint"),
        ("delete from notes", "DELETE", "denied by trigger"),
        ("select from loop", "SELECT", "error 42P17 (recursion)"),
        ("select public.back()", "EXECUTE", "allowed"),
        ("select 1/0", "EXECUTE", "error 22012"),
        ("selec", "SELECT", "error 42601"),
    ],
)
def test_outcomes_are_told_apart(session: Session, sql: str, command: str, expected: str) -> None:
    """What was refused by a grant, by a policy, by a trigger and by a deferred constraint."""
    assert said(session, sql, command) == expected


def test_a_statement_that_ends_the_transaction_is_noticed(actors: Actors) -> None:
    """Nothing that comes after it would be undone."""
    with open_session(actors) as session, session.transaction(), pytest.raises(Broken, match="ended the transaction"):
        session.attempt(SAM.identity(), "commit")


def test_settings_are_unset_or_empty(actors: Actors) -> None:
    """A new connection knows nothing of a setting; one that served others has it empty."""
    query = "select current_setting('request.jwt.claim.sub', true), current_setting('app.tenant', true)"
    for emptied, expected in (((), (None, None)), ((*LEGACY_SETTINGS, "app.tenant"), ("", ""))):
        with open_session(actors, emptied=emptied) as session, session.transaction():
            assert session.attempt(SAM.identity(legacy=False), query).values == (expected,)


def test_legacy_settings_and_own_ones_are_set(session: Session) -> None:
    """PostgREST before 9 set each claim by itself; projects without it have settings of their own."""
    query = "select current_setting('request.jwt.claim.sub', true), current_setting('app.tenant', true)"
    assert session.attempt(SAM.identity(), query).values == ((SAM.user, None),)
    who = plain("authenticated", settings={"app.tenant": "7"})
    assert CLAIMS not in who.identity().settings
    assert session.attempt(who.identity(), query).values == (("", "7"),)


def test_seeded_rows_stay(actors: Actors) -> None:
    """What is committed past the policies is there for the next transaction."""
    with open_session(actors) as session:
        with session.seeded() as connection:
            connection.execute(f"insert into notes values (9, '{SAM.user}', 'b')".encode())
        with session.transaction():
            assert session.attempt(SAM.identity(), "select id from notes").values == (("9",),)
        with session.seeded() as connection:
            connection.execute(b"alter table notes disable trigger user")
            connection.execute(b"delete from notes")
            connection.execute(b"alter table notes enable trigger user")


def test_a_plain_database_has_a_login_of_ours(postgres_server: Server) -> None:
    """It may become every role that is no superuser, and is gone afterwards."""
    name = postgres_server.create_database("postgres_plain", owner="postgres")
    results = apply_migrations(
        postgres_server, name, ["create role clerk; create table t (); grant select on t to clerk"]
    )
    assert [r.error.message for r in results if r.error] == []
    with (
        entitled(postgres_server) as user,
        open_session(actors_of(postgres_server, name, user)) as session,
        session.transaction(),
    ):
        assert session.attempt(Identity(role="clerk"), "select from t").ran
        assert session.bypass("insert into t default values").rows == 1
    with postgres_server.connect(name) as connection:
        assert connection.execute("select from pg_roles where rolname ~ '^policytool_'").rowcount == 0
        connection.execute("drop owned by clerk; drop role clerk")
    postgres_server.drop_database(name)


def test_nothing_runs_as_a_superuser_on_a_plain_database(postgres_server: Server) -> None:
    """A definer function runs as whoever owns what a project made, and that is none meanwhile; later it is again."""
    name = postgres_server.create_database("postgres_plain", owner="postgres")
    migration = """
        create function attack() returns boolean language sql security definer as
        'select rolsuper from pg_roles where rolname = current_user';
    """
    results = apply_migrations(postgres_server, name, [migration])
    assert [r.error.message for r in results if r.error] == []
    with (
        entitled(postgres_server) as user,
        open_session(actors_of(postgres_server, name, user)) as session,
        session.transaction(),
    ):
        assert session.bypass("select attack()").values == (("f",),)
        assert session.attempt(Identity(role="postgres"), "select attack()").values == (("f",),)
    with postgres_server.connect(name) as connection:
        assert connection.execute(b"select rolsuper from pg_roles where rolname = 'postgres'").fetchone() == (True,)
    postgres_server.drop_database(name)
