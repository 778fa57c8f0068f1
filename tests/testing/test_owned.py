"""In a database that is not throwaway all is done in one transaction, which is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from policytool import api
from policytool.errors import UsageError
from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server
from policytool.testing.running.irrevocable import outside
from policytool.testing.running.results import TestRun
from tests.cli.support import Cli
from tests.testing.schemas import MARKET, MARKET_TEST
from tests.testing.test_isolation import TENANTS, TEST

COUNT = "select (select count(*) from auth.users) + (select count(*) from public.{table})"


class Own:
    """A database with somebody's rows in it."""

    def __init__(self, server: Server, name: str, cli: Cli) -> None:
        self.server, self.name, self.cli = server, name, cli
        self.url = f"postgresql://postgres@/{name}?host={quote(str(server.socket_dir), safe='')}&port={server.port}"

    def lay(self, sql: str) -> None:
        results = apply_migrations(self.server, self.name, [sql])
        assert [r.error.message for r in results if r.error] == []

    def run(self, text: str, name: str | None = None) -> TestRun:
        (self.cli.folder / "a.policy.yaml").write_text(text)
        return api.test_owned(self.url, name or self.name, ["a.policy.yaml"])

    def count(self, table: str) -> int:
        with self.server.administer(self.name) as connection:
            (found,) = connection.execute(COUNT.format(table=table).encode()).fetchone() or (-1,)
            return int(found)


@pytest.fixture
def own(supabase_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> Iterator[Own]:  # fmt: skip
    """A database of the platform's, in use."""
    monkeypatch.chdir(tmp_path)
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    yield Own(supabase_server, name, Cli(tmp_path, capsys))
    supabase_server.drop_database(name)


def test_it_passes_and_leaves_nothing(own: Own) -> None:
    """No row, no person, no disabled trigger."""
    own.lay(MARKET + "insert into auth.users (id) values (gen_random_uuid());")
    run = own.run(MARKET_TEST)
    assert [result.name for result in run.failed] == []
    assert len(run.results) == 66
    assert own.count("listings") == 1


def test_leaks_are_found(own: Own) -> None:
    """Of tenants, too, among those that are there."""
    own.lay(TENANTS + "insert into public.orgs (name) values ('somebody else''s');")
    assert own.run(TEST).failed == ()
    own.lay("create policy q on public.orgs for select to authenticated using (true);")
    assert {result.name for result in own.run(TEST).failed} == {
        f"orgs: {actor} keeps out of other orgs" for actor in ("olga", "mia", "eve")
    }
    assert own.count("orgs") == 1


def test_its_name_has_to_be_said(own: Own) -> None:
    """The wrong one, or none, is told what it is."""
    own.lay(MARKET)
    with pytest.raises(UsageError, match=f"the database is called {own.name}"):
        own.run(MARKET_TEST, "production")
    ran = own.cli("test", "a.policy.yaml", "--db", own.url)
    assert ran.code == 2
    assert f"--i-know {own.name}" in ran.err
    assert own.cli("test", "a.policy.yaml", "--db", own.url, "--i-know", own.name, "-q").code == 0
    assert own.cli("test", "--db", own.url, "--keep").code == 2
    assert own.cli("test", "--i-know", own.name).code == 2


def test_a_superuser_is_not_let_in(own: Own) -> None:
    """It would be one again in a trigger that resets the role; and who is stopped by policies proves nothing."""
    own.lay(MARKET)
    for user, problem in (("supabase_admin", "is a superuser"), ("authenticator", "does not bypass row security")):
        own.url = own.url.replace(own.url.split("//")[1].split("@")[0] + "@", f"{user}@")
        with pytest.raises(UsageError, match=problem):
            own.run(MARKET_TEST)


@pytest.mark.parametrize(
    ("sql", "case", "problem"),
    [
        ("", "sql: commit", "a.policy.yaml:36: only one SELECT"),
        ("", "sql: select 1; select 2", "a.policy.yaml:36: only one SELECT"),
        ("", "sql: truncate orders", "a.policy.yaml:36: only one SELECT"),
        ("create procedure public.p() language sql as 'select 1';", "call: p", "a procedure may commit"),
        ("", "sql: \"select dblink_exec('x', 'y')\"", "dblink_exec reaches outside"),
        (
            "create function public.tell() returns trigger language plpgsql as $$ begin perform public.send();"
            " return new; end $$; create function public.send() returns void language plpgsql as"
            " $$ begin perform http_post('x', 'y', 'z'); end $$;"
            " create trigger t after insert on public.orders for each row execute function public.tell();",
            "sql: select 1", "function public.send: http_post reaches outside of the transaction",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_back_is_refused(own: Own, sql: str, case: str, problem: str) -> None:
    """In the file, or in a function that a trigger calls."""
    own.lay(MARKET + sql)
    with pytest.raises(UsageError) as caught:
        own.run(f"{MARKET_TEST}  - {{name: last, {case}, by: {{sam: allow}}}}\n")
    assert problem in caught.value.message
    assert own.count("listings") == 0


def test_pg_net_sends_only_what_is_committed() -> None:
    """It is no reason to refuse."""
    assert outside("select net.http_post('x')") == ""
    assert outside("select http_post('x')") == "http_post"
