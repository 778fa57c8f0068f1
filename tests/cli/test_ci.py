"""`policytool ci`: what a branch brings, said in one comment."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from policytool.report.pull_request import MARKER
from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli
from tests.cli.test_since import git

NEW = "20250101000000_two.sql"
GRANT = "grant insert on public.notes to anon;\n"
CI = ("CI", "GITHUB_ACTIONS", "GITHUB_BASE_REF", "GITHUB_STEP_SUMMARY", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")


@pytest.fixture
def branch(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A branch that has just left main, where one table is right and one is open."""
    for name in CI:
        monkeypatch.delenv(name, raising=False)
    git(cli.folder, "init")
    cli.migration(CLEAN_TABLE + OPEN_TABLE.replace("notes", "sins"))
    git(cli.folder, "add", ".")
    git(cli.folder, "commit", "-m", "one")
    git(cli.folder, "checkout", "-b", "branch")
    return cli


def commit(cli: Cli, text: str) -> None:
    cli.migration(text, NEW)
    git(cli.folder, "add", ".")
    git(cli.folder, "commit", "-m", "two")


def test_a_branch_that_brings_nothing_bad_passes(branch: Cli) -> None:
    """Old sins are counted and not reported; the comment says that nobody gains or loses access."""
    commit(branch, "create index on public.notes (id, owner_id);\n")
    ran = branch("ci", "--min-severity", "warning")
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith(MARKER)
    assert "Nobody gains or loses access." in ran.out
    assert "public.sins" not in ran.out


def test_a_branch_that_opens_a_table_fails(branch: Cli) -> None:
    """The base is found by itself; the comment tells who gains what, and the finding with its fix."""
    commit(branch, OPEN_TABLE.replace("notes", "doors") + "grant select on public.doors to anon;\n")
    ran = branch("ci")
    assert ran.code == 1
    assert "Compared with `main`" in ran.out
    assert "Somebody may do more than before" in ran.out
    assert "anon" in ran.out.partition("#### Who may do what")[2].partition("<details")[0]
    assert "rls-disabled-exposed" in ran.out
    assert "public.sins" not in ran.out


def test_access_that_is_widened_can_fail_alone(branch: Cli) -> None:
    """--fail-on-hazard widened fails what --fail-on never lets pass."""
    commit(branch, 'create policy "all notes" on public.notes for select to authenticated using (true);\n')
    assert branch("ci", "--fail-on", "never").code == 0
    assert branch("ci", "--fail-on", "never", "--fail-on-hazard", "widened").code == 1


def test_reports_lie_beside(branch: Cli) -> None:
    """Comment, SARIF and JUnit, each as its reader takes it."""
    commit(branch, OPEN_TABLE.replace("notes", "doors"))
    ran = branch("ci", "--reports", "out/reports", "--platform", "supabase-legacy")
    folder = branch.folder / "out" / "reports"
    assert (folder / "comment.md").read_text() == ran.out
    sarif = json.loads((folder / "policytool.sarif").read_text())
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} >= {"rls-disabled-exposed"}
    suites = ElementTree.parse(folder / "policytool.junit.xml").getroot()
    assert int(suites.get("failures", "0")) > 0


def test_the_service_says_what_the_base_is(branch: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """GITHUB_BASE_REF on GitHub; on a push there is none, and everything is audited."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert "Compared with `main`" in branch("ci").out
    monkeypatch.delenv("GITHUB_BASE_REF")
    ran = branch("ci")
    assert "Compared with" not in ran.out
    assert "public.sins" in ran.out
    assert "everything is audited" in ran.err


def test_the_page_of_the_job_has_the_comment(branch: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """GitHub shows what is in the file of GITHUB_STEP_SUMMARY."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    ran = branch("ci", "--base", "main")
    assert (tmp_path / "summary.md").read_text() == ran.out


def test_json_has_the_audit_and_the_access(branch: Cli) -> None:
    """One object for programs."""
    commit(branch, GRANT + 'create policy "in" on public.notes for insert to anon with check (true);\n')
    found = branch("ci", "-f", "json").json
    assert [(c["role"], c["command"], c["verdict"]) for c in found["access"]] == [("anon", "INSERT", "gained")]
    assert "AUTHZ_WIDENED" in found["hazards"]
    assert found["audit"]["since"]["ref"] == "main"


TESTS = """
policytool: 1
actors:
  anon: {role: anon}
  alice: {}
seed:
  notes:
    hers: {id: "1", owner_id: "@alice"}
tables:
  notes:
    hers: {alice: r}
"""


def test_policy_tests_are_run(branch: Cli) -> None:
    """What passes is counted; what fails is told first, and fails the command whatever --fail-on says."""
    tests = branch.folder / "supabase" / "tests" / "notes.policy.yaml"
    tests.parent.mkdir()
    tests.write_text(TESTS)
    ran = branch("ci", "--fail-on", "never", "-f", "json")
    assert ran.code == 0, ran.out + ran.err
    assert (ran.json["tests"]["passed"], ran.json["tests"]["failed"]) == (6, 0)
    commit(
        branch, 'create policy "all" on public.notes for select to anon using (true);\ngrant select on notes to anon;\n'
    )
    ran = branch("ci", "--fail-on", "never", "--reports", "out")
    assert ran.code == 1
    assert "1 policy test failed" in ran.out.splitlines()[1]
    assert "#### Policy tests" in ran.out
    root = ElementTree.parse(branch.folder / "out" / "policytool.junit.xml").getroot()
    assert any("notes.policy.yaml" in str(suite.get("name")) for suite in root)
    assert int(root.get("tests", "0")) == sum(int(suite.get("tests", "0")) for suite in root)
    assert branch("ci", "--fail-on", "never", "--no-tests").code == 0


def test_tests_that_cannot_be_run_are_no_pass(branch: Cli) -> None:
    """Without a server the exit code is 4, and the comment says so."""
    tests = branch.folder / "supabase" / "tests" / "notes.policy.yaml"
    tests.parent.mkdir()
    tests.write_text(TESTS)
    ran = branch("ci", "--fail-on", "never", "--postgres", "local", "--pg", "99")
    assert ran.code == 4
    assert "policy tests could not be run" in ran.out.splitlines()[1]


def test_a_long_comment_fits(branch: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub takes 65,536 characters: what is left out is counted, and nothing stays open."""
    monkeypatch.setattr("policytool.report.markdown.SHOWN", 130)
    tables = (f"create table public.t{n} (id int);\ngrant all on public.t{n} to anon;\n" for n in range(150))
    commit(branch, "".join(tables))
    said = branch("ci").out
    assert 60_000 < len(said) <= 65_536
    assert said.count("<details") == said.count("</details>")
    assert "left out to fit" in said


def test_a_base_that_is_not_there_is_an_error(branch: Cli) -> None:
    """With what to do about it."""
    ran = branch("ci", "--base", "origin/nowhere")
    assert ran.code == 2
    assert "origin/nowhere is not a commit" in ran.err
