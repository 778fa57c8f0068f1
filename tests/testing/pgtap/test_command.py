"""`policytool test` runs suites beside policy tests, and tells which of their assertions fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.server

FILES = {
    "supabase/migrations/20250101000000_a.sql": "create table public.notes (id int primary key);",
    "supabase/tests/000-setup.sql": "create schema tests;\ncreate function tests.one() returns int return 1;",
    "supabase/tests/first.sql": "select plan(2);\nselect is(tests.one(), 1, 'one');\nselect is(1, 2, 'two');",
    "supabase/tests/second.sql": "select plan(1);\nselect is(tests.one(), 1, 'uno');",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "policytool", "test", "-f", "tap", "--no-progress", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("project")
def test_assertions_are_results() -> None:
    """Each with its file and line; the exit code says that one fails; a file that prepares is none."""
    result = run()
    assert result.returncode == 1
    lines = [line for line in result.stdout.split("\n") if line.startswith(("ok", "not ok"))]
    assert lines == [
        "ok 1 - supabase/tests/first.sql:2 one",
        "not ok 2 - supabase/tests/first.sql:3 two",
        "ok 3 - supabase/tests/second.sql:2 uno",
    ]


@pytest.mark.usefixtures("project")
def test_what_prepares_is_run_whatever_is_chosen() -> None:
    """-k names one file, and the one before it is run all the same."""
    result = run("-k", "second.sql")
    assert (result.returncode, "ok 1 - supabase/tests/second.sql:2 uno" in result.stdout) == (0, True)
