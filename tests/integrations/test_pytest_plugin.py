"""The pytest plugin in projects of its own, each run by a pytest of its own; the examples of its page among them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from pwd import getpwnam

import pytest

from policytool.postgres.binaries import embedded

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.server

PAGE = Path(__file__).resolve().parents[2] / "docs" / "pytest.md"
_FILE = re.compile(r"```\w+\n((?:#|--) (\S+)\n.*?)```", re.DOTALL)
_OUTPUT = re.compile(r"```text\n(.*?)```", re.DOTALL)
HEAVY = ("psycopg", "pglast", "msgspec", "yaml", "sqlglot", "click", "policytool.")
QUIET = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-W", "error")
MINE = ["policytool.integrations", "policytool.integrations.pytest_plugin"]


def examples() -> dict[str, str]:
    """The files of the page: each begins with a comment that names it."""
    return {name: text for text, name in _FILE.findall(PAGE.read_text())}


SETTING = tuple(name for name in examples() if name.endswith((".sql", ".ini")))


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """The migration and the settings of the page."""
    write(pytester, *SETTING)
    return pytester


def write(pytester: pytest.Pytester, *names: str) -> None:
    """Files of the page."""
    lay(pytester.path, *names)


def lay(folder: Path, *names: str) -> None:
    (folder / "tests").mkdir(exist_ok=True)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(examples()[name])


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*QUIET, *arguments)


def lines(text: str, *wanted: str) -> None:
    """These are among the lines, in this order."""
    pytest.LineMatcher(text.splitlines()).fnmatch_lines(wanted)


def numberless(text: str) -> str:
    """Text without the numbers that a sequence gives."""
    return re.sub(r"\bid = '?\d+'?", "id = …", text)


BOTH = """\
policytool: 1
grants: both
actors: {anon: {role: anon}, sam: {}}
seed: {notes: {one: {owner_id: "@sam"}}}
cases:
  - {name: no delete, sql: delete from notes, by: {anon: {denied: grant}}}
"""
LEFT = """
import psycopg
import pytest


def found(proc):
    with psycopg.connect(host=proc.host, port=proc.port, user=proc.user, dbname="postgres") as connection:
        return connection.execute("select datname from pg_database union all select rolname from pg_roles").fetchall()


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left(policies_proc):
    before = set(found(policies_proc))
    yield
    assert set(found(policies_proc)) == before
"""


WRONG = """\
def test_wrong(policydb):
    sam = policydb.as_actor("sam")
    policydb.seed("notes", owner_id=sam)
    sam.denied("select * from notes", by="grant")
"""


# --- unused ---------------------------------------------------------------------------------------------------------


def test_it_is_installed_and_imports_nothing_unused(pytester: pytest.Pytester) -> None:
    """With the package installed, pytest starts without psycopg, pglast, msgspec or any module of ours but two."""
    assert entry_points(group="pytest11")["policytool"].value == "policytool.integrations.pytest_plugin"
    pytester.makeconftest(f"""
        import sys

        def pytest_sessionfinish(session):
            assert session.config.pluginmanager.get_plugin("policytool") is not None
            print("LOADED", sorted(name for name in sys.modules if name.startswith({HEAVY!r})))
        """)
    pytester.makepyfile("def test_nothing(): pass")
    pytester.makefile(".policy.yaml", a="policytool: 1\n")
    found = run(pytester, "-s", "-p", "no:postgresql", "-p", "no:xdist")
    found.assert_outcomes(passed=1)
    assert f"LOADED {MINE!r}\n" in found.stdout.str()


def test_files_are_collected_when_asked_for(project: pytest.Pytester) -> None:
    """By the option, in testpaths and in supabase/tests; by name without it; else not at all."""
    write(project, "supabase/tests/notes.policy.yaml", "tests/test_notes.py")
    assert run(project, "--collect-only", "-q").stdout.str().count("policy.yaml::") == 0
    asked = run(project, "--collect-only", "-q", "--policytool").stdout
    asked.fnmatch_lines(["supabase/tests/notes.policy.yaml::notes.private: sue read"])
    assert asked.str().count("policy.yaml::") == 18
    assert asked.str().count("test_notes.py::") == 3
    named = run(project, "--collect-only", "-q", "supabase/tests/notes.policy.yaml", "-k", "private and anon")
    assert re.findall(r"::(.*)", named.stdout.str()) == [
        f"notes.private: anon {verb}" for verb in ("read", "update", "delete")
    ]
    (project.path / "policytool.toml").write_text('tests = ["policies"]\n')
    shutil.move(project.path / "supabase" / "tests", project.path / "policies")
    moved = run(project, "--collect-only", "-q", "--policytool").stdout
    assert moved.str().count("policies/notes.policy.yaml::") == 18


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_examples_pass(project: pytest.Pytester) -> None:
    """Those of the page but the one that brings a server of its own, and `VALUES`, on two workers."""
    write(project, *(name for name in examples() if name != "conftest.py"))
    (project.path / "supabase" / "migrations" / "20260102000000_things.sql").write_text(THINGS)
    (project.path / "things.policy.yaml").write_text(ROWS)
    (project.path / "tests" / "test_values.py").write_text(VALUES)
    run(project, "--policytool", "-n", "2", "--dist", "loadfile").assert_outcomes(passed=35)


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest prints of a project in which everything is wrong."""
    folder = tmp_path_factory.mktemp("failures")
    lay(folder, *SETTING, "supabase/tests/notes.policy.yaml")
    policies = (folder / "supabase" / "tests" / "notes.policy.yaml").read_text()
    wrong = policies.replace('private: {owner_id: "@sam"}', 'private: {owner_id: "@sam", shared: true}')
    (folder / "supabase" / "tests" / "notes.policy.yaml").write_text(wrong)
    (folder / "supabase" / "tests" / "bad.policy.yaml").write_text(policies.replace("shared: true", "share: true"))
    (folder / "supabase" / "tests" / "both.policy.yaml").write_text(BOTH)
    (folder / "tests" / "test_wrong.py").write_text(WRONG)
    command = [sys.executable, "-m", "pytest", *QUIET, "-n0", "-v", "--policytool", "--continue-on-collection-errors"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_what_fails_fails(failures: str) -> None:
    """A case, another under one kind of grants, a test in Python; a file with a mistake is an error."""
    counted = pytest.RunResult.parse_summary_nouns(failures.splitlines())
    assert counted == {"passed": 18, "failed": 3, "errors": 1}
    assert "Traceback" not in failures


def test_a_failure_is_told_as_the_page_says(failures: str) -> None:
    """Who, the SQL, expected and got, what decided, the row; and a summary in one line."""
    (shown,) = _OUTPUT.findall(PAGE.read_text())
    assert numberless(shown) in numberless(failures)
    lines(failures, "FAILED supabase/tests/notes.policy.yaml::notes.private: sue read - sue may re*")


@pytest.mark.skipif(shutil.which("unshare") is None, reason="takes util-linux to be nobody's root: initdb refuses it")
def test_pytest_postgresql_brings_the_server(project: pytest.Pytester) -> None:
    """The page's conftest: the executor's server is used, for two platforms at once, and nothing is left on it."""
    write(project, "conftest.py", "tests/test_notes.py", "tests/test_connections.py")
    (project.path / "tests" / "conftest.py").write_text(LEFT)
    (project.path / "both.policy.yaml").write_text(BOTH)
    (project.path / "tests" / "test_last.py").write_text(
        "import psycopg\n"
        "def test_it_is_the_executors(policies_proc, policydb):\n"
        "    host, port = policydb.desk.session.connection.info.host, policydb.desk.session.connection.info.port\n"
        "    assert (host, port) == (policies_proc.host, policies_proc.port)\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n0", f"--basetemp={project.path / 'base'}"]
    command += ["tests", "both.policy.yaml", "-o", f"postgresql_exec={embedded().bin / 'pg_ctl'}"]
    unshared = ["unshare", "--user", f"--map-user={getpwnam('nobody').pw_uid}", "--", *command]
    found = subprocess.run(unshared, cwd=project.path, capture_output=True, text=True, check=False)
    assert "1 failed, 6 passed in" in found.stdout, found.stdout + found.stderr


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_mistake_is_told_with_its_place(failures: str) -> None:
    """While collecting."""
    lines(failures, "supabase/tests/bad.policy.yaml:11:32: notes has no column share; did you mean shared?")


def test_grants_are_tried_both_ways(failures: str) -> None:
    """Where the file says so: with legacy grants anon's delete is filtered, not refused."""
    lines(failures, "*/both.policy.yaml::no delete: anon[[]explicit[]] PASSED*")
    lines(failures, "*/both.policy.yaml::no delete: anon[[]legacy[]] FAILED*")


# --- Python ---------------------------------------------------------------------------------------------------------

VALUES = """
import datetime
import uuid

import pytest


def test_values_are_pythons(policydb):
    sam = policydb.as_actor("sam")
    day = datetime.datetime(2030, 1, 2, tzinfo=datetime.timezone.utc)
    row = policydb.seed("things", owner=sam, tags=["a", "b, c"], details={"x": [1, None, "1"]}, due=day, price="1.50")
    assert row["tags"] == ["a", "b, c"]
    assert row["details"] == {"x": [1, None, "1"]}
    assert row["due"] == day
    assert row["owner"] == uuid.UUID(sam.user)
    assert sam.value("select due from things where tags && %s and due = %s", [["a"], day]) == day
    assert policydb.seed("parts", thing=row)["thing"] == row["id"]
    assert policydb.seed("parts", thing="@row1")["thing"] == row["id"]


def test_nothing_is_left(policydb):
    assert policydb.rows("select * from things") == []
    assert policydb.rows("select * from auth.users") == []


def test_a_seed_survives_attempts(policydb):
    sam = policydb.as_actor("sam")
    policydb.seed("things", "first", owner=sam)
    sam.allowed("delete from things")
    assert sam.value("select count(*) from things") == 1
    assert policydb.row("things.first")["owner"] == uuid.UUID(sam.user)


def test_people(policydb):
    number = uuid.uuid4()
    user = policydb.as_user(number, claims={"aal": "aal2"})
    assert user.value("select auth.uid()") == number
    assert user.value("select auth.jwt() ->> 'aal'") == "aal2"
    assert user.value("select current_user || ' ' || session_user") == "authenticated authenticator"
    assert policydb.anon.value("select auth.uid()") is None
    assert policydb.service.value("select current_user::text") == "service_role"
    assert policydb.as_role("clerk", settings={"app.desk": "7"}).value("select current_setting('app.desk')") == "7"
    assert user.value("select current_setting('app.desk', true)") in (None, "")


def test_texts_arrive_as_they_are(policydb_copy):
    name = "O'Neil \\\\ x\\ty é 😀 %s"
    sam = policydb_copy.as_actor("sam", claims={"user_metadata": {"name": name, "n": [1, None, True]}})
    assert sam.value("select auth.jwt() #>> '{user_metadata,name}'") == name
    with sam.connect() as connection:
        connection.execute("reset role")
        found = connection.execute("select current_user::text, auth.jwt() -> 'user_metadata'").fetchone()
        assert found == ("authenticated", {"name": name, "n": [1, None, True]})
    thing = policydb_copy.seed("things", owner=sam, tags=[name, "@@at"], details={"name": name})
    assert (thing["tags"], thing["details"]) == ([name, "@at"], {"name": name})


def test_mistakes(policydb):
    with pytest.raises(LookupError, match="there is no table thing; did you mean things"):
        policydb.seed("thing")
    with pytest.raises(LookupError, match="things has no column own"):
        policydb.seed("things", own=1)
    with pytest.raises(LookupError, match="there is no role clark; did you mean clerk"):
        policydb.as_role("clark")
    with pytest.raises(LookupError, match="postgres is a superuser|bypasses row security"):
        policydb.as_role("postgres")
    with pytest.raises(LookupError, match="could not be seeded"):
        policydb.seed("things", price="-1")
    with pytest.raises(ValueError, match="did you mean check"):
        policydb.anon.denied("select 1", by="chek")
    policydb.seed("things")


def test_refusals(policydb):
    sam = policydb.as_actor("sam")
    sue = policydb.as_actor("sue")
    policydb.seed("things", owner=sam)
    insert = "insert into things (owner, price, public) values (%s, %s, true)"
    sam.allowed(insert, [sam.user, 1])
    sam.denied(insert, [sue.user, 1], by="check")
    sam.denied(insert + " returning id", [None, 1], by="read")
    sam.denied(insert, [sam.user, -1], by="constraint")
    with pytest.raises(AssertionError, match="vacuous"):
        sue.denied("select * from things where price = -1")
    with pytest.raises(AssertionError, match="only a constraint stops it"):
        sam.denied(insert, [sam.user, -1])
    with pytest.raises(AssertionError, match="nothing was refused"), policydb.denied():
        sue.run("delete from things")
    assert sam.attempt("delete from things").got.rows == 1
    assert 'policy "own"' in sam.why("select * from things")


def test_it_cannot_be_left(policydb):
    with pytest.raises(Exception, match="ended the transaction"):
        policydb.anon.run("commit")


def test_what_was_left_is_gone(policydb):
    assert policydb.rows("select * from things") == []
    with pytest.raises(Exception, match="use the fixture policydb_copy|no other connection"), policydb.anon.connect():
        pass


def test_a_copy_is_committed(policydb_copy):
    sam = policydb_copy.as_actor("sam")
    thing = policydb_copy.seed("things", owner=sam)
    with sam.connect(autocommit=True) as connection:
        found = connection.execute("select current_user::text, session_user::text, id from things").fetchall()
        assert found == [("authenticated", "authenticator", thing["id"])]
        connection.execute("reset all")
        assert connection.execute("select auth.uid()").fetchone() == (uuid.UUID(sam.user),)
        sam.run("update things set price = 9")
        assert connection.execute("select price from things").fetchone() == (9,)
        sam.denied("update things set owner = gen_random_uuid()", by="check")


def test_rows_of_a_file(policydb):
    policydb.seed_file("things.policy.yaml")
    sam = policydb.as_actor("sam")
    assert sam.claims["app_metadata"] == {"plan": "big"}
    assert sam.rows("select id from things") == [{"id": policydb.row("things.one")["id"]}]
    assert policydb.seed("parts", thing=policydb.row("things.one"))["thing"] == policydb.row("things.one")["id"]


@pytest.mark.anyio
async def test_awaited(policydb_async):
    sam = policydb_async.as_actor("sam")
    policydb_async.seed("things", owner=sam)
    assert await sam.run("update things set price = 3") == 1
    assert await sam.value("select price from things") == 3
    await sam.denied("update things set owner = gen_random_uuid()", by="check")
    assert len(await sam.allowed("delete from things returning id", rows=1)) == 1
    assert (await sam.attempt("syntax error")).answer.sqlstate == "42601"
    with pytest.raises(Exception, match="ended the transaction"):
        await sam.run("commit")
    assert await policydb_async.anon.value("select auth.uid()") is None
    async with policydb_async.anon.connect() as connection:
        assert await (await connection.execute("select current_user::text")).fetchone() == ("anon",)


@pytest.fixture
def anyio_backend():
    return "asyncio"
"""
THINGS = """
create role clerk;
grant clerk to authenticator;
create table public.things (
  id uuid primary key default gen_random_uuid(),
  owner uuid references auth.users (id),
  public boolean not null default false,
  tags text[] not null default '{}',
  details jsonb not null default '{}',
  due timestamptz,
  price numeric not null default 0 check (price >= 0)
);
create table public.parts (id bigint generated always as identity primary key,
  thing uuid not null references public.things (id));
alter table public.things enable row level security;
alter table public.parts enable row level security;
grant select, insert, update, delete on public.things to authenticated;
create policy own on public.things to authenticated using (owner = (select auth.uid()));
create policy gift on public.things for insert to authenticated with check (owner is null);
"""
ROWS = """\
policytool: 1
actors: {sam: {claims: {app_metadata: {plan: big}}}}
seed: {things: {one: {owner: "@sam"}}}
"""


def test_an_assertion_tells_what_decided(failures: str) -> None:
    """At the line of the test, not in a module of ours."""
    lines(
        failures,
        '>       sam.denied("select [*] from notes", by="grant")',
        "E       AssertionError: sam may read",
        "E         who       sam (authenticated)",
        "E         expected  denied by grant",
        "E         got       allowed, 1 row",
        'E         why       allowed: policy "own notes" (supabase/migrations/20260101000000_notes.sql:10)*',
        "tests/test_wrong.py:4: AssertionError",
    )
    assert "pytest_db.py" not in failures


def test_a_server_by_url_serves_one_worker(project: pytest.Pytester) -> None:
    """Two would take each other's roles away."""
    write(project, "tests/test_notes.py")
    found = run(project, "-n", "1", "-o", "policytool_postgres=postgresql://x@127.0.0.1:1/x", "-k", "owners")
    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines(["workers of pytest-xdist cannot share the server that policytool_postgres names*"])


def test_what_cannot_be_had_is_an_error(project: pytest.Pytester) -> None:
    """A migration that fails skips nothing: tests that were not run are no tests that passed."""
    (project.path / "supabase" / "migrations" / "20260102000000_bad.sql").write_text("select 1 / 0;\n")
    write(project, "tests/test_notes.py")
    found = run(project, "-k", "owners")
    found.assert_outcomes(errors=1, deselected=2)
    found.stdout.fnmatch_lines(["*20260102000000_bad.sql:1:*22012: division by zero"])
    assert "Traceback" not in found.stdout.str()
