"""docs/policy-tests.md: every file and fragment in it passes, and what a failure looks like is what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policytool.testing.suites.yamlfile import parse
from tests.cli.support import Cli
from tests.testing.conftest import Try
from tests.testing.test_run import problems

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policy-tests.md"
BLOCKS = re.findall(r"```(sql|yaml|text)\n(.*?)```", PAGE.read_text(), re.DOTALL)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOBODY = "00000000-0000-0000-0000-000000000000"


def examples() -> list[tuple[str, str]]:
    """Each whole file with the SQL above it; what begins in the middle is added to the file above it."""
    found: list[tuple[str, str]] = []
    sql = whole = ""
    for language, text in BLOCKS:
        if language == "sql":
            sql = text
        elif language == "yaml" and text.startswith("policytool: 1"):
            whole = text
            found.append((sql, whole))
        elif language == "yaml" and not text.startswith("#"):
            found.append((sql, whole + text))
    return found


@pytest.mark.parametrize(("sql", "text"), examples())
def test_examples_pass(tried: Try, sql: str, text: str) -> None:
    """All that they say is so."""
    found = tried(sql, text)
    assert problems(found) == {}
    assert len(found) > 9


@pytest.mark.server
def test_a_failure_is_printed_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """But for the numbers that rows are given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    cli = Cli(tmp_path, capsys)
    sql, text = examples()[0]
    leaky = sql.replace("for select using (status = 'published')", "for select using (true)")
    cli.migration(leaky, "20260701000000_market.sql")
    path = cli.folder / "supabase" / "tests" / "market.policy.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    ran = cli("test", "-k", "draft: anon read", "--no-progress")
    shown = next(text for language, text in BLOCKS if language == "text")
    printed = _UUID.sub(_NOBODY, ran.out)
    assert shown in printed, printed


def test_the_comment_for_editors_is_none_of_the_tests() -> None:
    """It may head a file."""
    comment = next(text for language, text in BLOCKS if language == "yaml" and text.startswith("#"))
    assert parse("a", comment + examples()[0][1]) is not None
