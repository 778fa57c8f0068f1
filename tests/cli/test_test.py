"""`policytool test`: finds tests, runs them, tells what failed, and ends with a code that says so."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from policytool.report.schemas import schema
from tests.cli.support import Cli
from tests.testing.test_run import HEAD, MATRIX, NOTES, OWN

pytestmark = pytest.mark.server

PASSING = NOTES + OWN
FAILING = PASSING + "create policy loose on public.notes for select to authenticated using (true);"
TAP = "begin;\nselect plan(2);\nselect ok(true, 'one');\nselect is(1, 2, 'two');\nselect * from finish();\nrollback;\n"


@pytest.fixture
def project(cli: Cli) -> Cli:
    """A project with a migration and a policy test that passes."""
    cli.migration(PASSING, "20990101000000_one.sql")
    place(cli, MATRIX)
    return cli


def place(cli: Cli, text: str, name: str = "notes.policy.yaml") -> Path:
    """Write a test."""
    path = cli.folder / "supabase" / "tests" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_tests_that_pass(project: Cli) -> None:
    """Dots and a sum, in 80 columns; the code is 0."""
    ran = project("test")
    assert ran.code == 0, ran
    assert "supabase/tests/notes.policy.yaml ........." in ran.out
    assert ran.out.splitlines()[-1].startswith("=")
    assert "9 passed in" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_a_test_that_fails(project: Cli) -> None:
    """Who, the statement, what was expected, what came, what decided it, the row; the code is 1."""
    project.migration(FAILING, "20990101000000_one.sql")
    ran = project("test")
    assert ran.code == 1
    for line in ("who       sue (authenticated)", "expected  denied", "got       allowed", "so        sue may read"):
        assert line in ran.out
    assert 'why       allowed: policy "loose"' in ran.out
    assert "(supabase/migrations/20990101000000_one.sql:6)" in " ".join(ran.out.split())
    assert "body=b, state=open" in " ".join(ran.out.split())
    assert "FAILED supabase/tests/notes.policy.yaml:4 notes.one: sue read" in ran.out
    assert "1 failed, 8 passed in" in ran.out


def test_tables_without_a_test_are_named(project: Cli) -> None:
    """Where all tests are run; a seed alone is no test."""
    project.migration(PASSING + "create table public.other (id int);", "20990101000000_one.sql")
    assert "note: no policy test is about other\n" in project("test").out
    assert project("test", "-f", "json").json["untested"] == ["other"]
    assert "note:" not in project("test", "supabase/tests").out


def test_json_holds_every_case(project: Cli) -> None:
    """As the schema says."""
    project.migration(FAILING, "20990101000000_one.sql")
    ran = project("test", "-f", "json")
    jsonschema.validate(ran.json, schema("test"))
    assert (ran.code, ran.json["passed"], ran.json["failed"]) == (1, 8, 1)
    failed = next(case for case in ran.json["cases"] if not case["passed"])
    assert failed["file"] == "supabase/tests/notes.policy.yaml"
    assert (failed["name"], failed["role"], failed["expected"]) == ("notes.one: sue read", "authenticated", "denied")
    assert failed["outcome"] == "allowed"
    assert failed["seconds"] > 0


def test_other_formats(project: Cli) -> None:
    """TAP, JUnit and Markdown, to files beside the text."""
    project.migration(FAILING, "20990101000000_one.sql")
    ran = project("test", "-o", "tap:t.tap", "-o", "junit:t.xml", "-o", "markdown:t.md", "-f", "text")
    assert "1 failed" in ran.out
    tap = (project.folder / "t.tap").read_text().splitlines()
    assert tap[:2] == ["TAP version 13", "1..9"]
    assert sum(line.startswith("not ok ") for line in tap) == 1
    suite = ElementTree.parse(project.folder / "t.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("9", "1")
    assert "sue may read notes.one" in (suite.find(".//failure").get("message") or "")  # type: ignore[union-attr]
    assert "1 failed, 8 passed" in (project.folder / "t.md").read_text()


def test_cases_are_chosen(project: Cli) -> None:
    """By words of file and name; where nothing fits, there are no tests."""
    assert len(project("test", "-k", "sue and not read", "-f", "json").json["cases"]) == 2
    assert len(project("test", "-k", "SAM or anon", "-f", "json").json["cases"]) == 6
    ran = project("test", "-k", "nobody")
    assert (ran.code, ran.err.splitlines()[0]) == (3, "error: no case fits -k 'nobody'")


def test_it_stops_at_the_first_failure(project: Cli) -> None:
    """With -x."""
    project.migration(FAILING, "20990101000000_one.sql")
    ran = project("test", "-x", "-f", "json")
    assert [case["passed"] for case in ran.json["cases"]].count(False) == 1
    assert not ran.json["cases"][-1]["passed"]
    assert len(ran.json["cases"]) == 7


def test_workers_give_the_same_results(project: Cli) -> None:
    """In the same order."""
    cases = [project("test", "-f", "json", "-n", n).json["cases"] for n in ("1", "3")]
    assert [case["name"] for case in cases[0]] == [case["name"] for case in cases[1]]


def test_pgtap_suites_are_in_the_same_report(project: Cli) -> None:
    """A case for each assertion."""
    place(project, TAP, "one.test.sql")
    ran = project("test", "-f", "json")
    assert ran.code == 1
    tapped = [case for case in ran.json["cases"] if case["file"].endswith(".sql")]
    assert [(case["name"], case["passed"], case["line"]) for case in tapped] == [("one", True, 3), ("two", False, 4)]
    assert "have: 1" in tapped[1]["problem"]


def test_both_kinds_of_grants(project: Cli) -> None:
    """A schema that counts on the platform's old grants passes under those only, and that is said."""
    project.migration(PASSING.replace("grant all on public.notes to authenticated, service_role;", ""),
                      "20990101000000_one.sql")  # fmt: skip
    assert project("test", "--grants", "legacy").code == 0
    ran = project("test", "--grants", "both", "-q")
    assert ran.code == 1
    assert "note: only under one kind of grants: supabase/tests/notes.policy.yaml notes.one: sam read" in ran.out
    cases = project("test", "--grants", "both", "-f", "json").json["cases"]
    assert {case["grants"] for case in cases} == {"explicit", "legacy"}


def test_grants_are_nothing_to_a_plain_postgres(cli: Cli) -> None:
    """Without API roles there is one way to run it."""
    sql = "create role app;\ncreate table notes (id int primary key);\ngrant select on notes to app;\n"
    (cli.folder / "one.sql").write_text(sql)
    (cli.folder / "policytool.toml").write_text('source = "one.sql"\n')
    text = "policytool: 1\ngrants: both\nactors: {app: {role: app}}\nseed: {notes: {one: {}}}\n"
    (cli.folder / "a.policy.yaml").write_text(text + "tables: {notes: {one: {app: r}}}\n")
    ran = cli("test", "-f", "json")
    assert (ran.code, [case["grants"] for case in ran.json["cases"]]) == (0, ["", "", ""]), ran


def test_mistakes_end_with_2(project: Cli) -> None:
    """All of them, of all files, before a server is started."""
    place(project, MATRIX.replace("one: {sam", "on: {sam"), "a.policy.yaml")
    place(project, HEAD.replace("notes:", "nots:"), "b.policy.yaml")
    ran = project("test", "--postgres", "embedded")
    assert ran.code == 2
    assert "supabase/tests/a.policy.yaml:4:18: notes has no row called on; did you mean one?" in ran.err
    assert "supabase/tests/b.policy.yaml:3:8: there is no table nots; did you mean notes?" in ran.err


def test_without_tests_it_ends_with_3(cli: Cli) -> None:
    """And says how to begin."""
    cli.migration(PASSING)
    ran = cli("test")
    assert ran.code == 3
    assert ran.err.splitlines() == [
        "error: no tests in supabase/tests",
        "hint: `policytool test --init` writes a first one from the catalog",
    ]
    assert cli("test", "nowhere").code == 2


def test_the_configuration_names_tests(cli: Cli) -> None:
    """Folders from the configuration's own."""
    cli.migration(PASSING, "20990101000000_one.sql")
    folder = cli.folder / "checks"
    folder.mkdir()
    (folder / "x.policy.yaml").write_text(MATRIX)
    (cli.folder / "policytool.toml").write_text('tests = ["checks"]\n')
    ran = cli("test", "-f", "json")
    assert {case["file"] for case in ran.json["cases"]} == {"checks/x.policy.yaml"}


def test_a_file_names_its_migrations(cli: Cli) -> None:
    """From its own folder or one above."""
    path = cli.folder / "db" / "sql"
    path.mkdir(parents=True)
    sql = "create role app;\ncreate table notes (id int primary key);\ngrant select on notes to app;\n"
    (path / "1.sql").write_text(sql)
    text = "policytool: 1\nmigrations: sql\nprofile: postgres\nactors: {app: {role: app}}\n"
    text += "seed: {notes: {one: {}}}\ntables: {notes: {one: {app: r}}}\n"
    (cli.folder / "db" / "a.policy.yaml").write_text(text)
    ran = cli("test", "db", "-f", "json")
    assert (ran.code, len(ran.json["cases"])) == (0, 3), ran
    (cli.folder / "db" / "a.policy.yaml").write_text(text.replace("sql", "sqls"))
    assert "there is no sqls beside it or above it" in cli("test", "db").err


def test_schemas_are_printed(cli: Cli) -> None:
    """Of policy tests and of what `test` prints."""
    assert json.loads(cli("schema", "policy-test").out)["title"] == "policytool policy-test"
    assert "cases" in json.loads(cli("schema", "test").out)["$defs"]["Document"]["properties"]


def test_a_first_test_is_written(cli: Cli) -> None:
    """It passes, and nothing is ever overwritten."""
    cli.migration(PASSING, "20990101000000_one.sql")
    ran = cli("test", "--init")
    assert ran.code == 0, ran
    path = cli.folder / "supabase" / "tests" / "policies.policy.yaml"
    assert "first: {owner: rud}" in path.read_text()
    assert cli("test", "-q").code == 0
    again = cli("test", "--init")
    assert (again.code, again.err.splitlines()[0]) == (2, "error: supabase/tests/policies.policy.yaml is there already")


def test_kept_databases_hold_the_rows(project: Cli) -> None:
    """After --keep the command has ended, the words lead to the database, and the kill removes all of it."""
    import psycopg

    program = [sys.executable, "-c", "from policytool.cli import main; main()", "test", "--keep"]
    ran = subprocess.run(program, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert "9 passed in" in ran.stdout
    lines = {line.partition(":")[0]: line.partition(":")[2] for line in ran.stderr.splitlines()}
    address, pid = shlex.split(lines["connect"], comments=True)[1], int(lines["stop"].split()[1])
    with psycopg.connect(address) as connection:
        assert connection.execute("select count(*) from public.notes").fetchone() == (1,)
    os.kill(pid, signal.SIGTERM)
    for _ in range(100):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            return
        time.sleep(0.1)
    pytest.fail("the server is still there")


def test_watching_runs_again(project: Cli) -> None:
    """When a migration changes; a mistake is told and waited for to be mended."""
    program = [sys.executable, "-u", "-c", "from policytool.cli import main; main()", "test", "--watch", "-q"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as watching:
        assert watching.stdout is not None
        lines = iter(watching.stdout.readline, "")
        assert "9 passed in" in next(line for line in lines if "passed" in line)
        project.migration(FAILING, "20990101000000_one.sql")
        assert "1 failed, 8 passed in" in next(line for line in lines if "passed" in line)
        place(project, "policytool: 2\n")
        assert next(line for line in lines if line.startswith("error:"))
        watching.terminate()
