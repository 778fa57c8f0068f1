"""What README and docs say is true: their examples run.

`UPDATE_DOCS=1 make test TESTS=tests/test_docs.py` writes the present output into the console blocks.
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from pathlib import Path

import msgspec
import pytest

from policytool import config
from policytool.cli import program, run
from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
)
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def blocks(*languages: str) -> list[tuple[Path, str]]:
    """The fenced blocks of these languages on all pages."""
    return [
        (page, text) for page in PAGES for language, text in _BLOCK.findall(page.read_text()) if language in languages
    ]


@pytest.mark.parametrize(("page", "text"), blocks("console"))
def test_a_console_block_shows_what_the_command_prints(
    page: Path, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output under `$ policytool …` is that of the command, run at the root of the repository."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)  # what it writes is not left in the repository
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    command, _, expected = text.partition("\n")
    run(shlex.split(command.removeprefix("$ policytool ")))
    printed = capsys.readouterr().out
    if os.environ.get("UPDATE_DOCS"):
        page.write_text(page.read_text().replace(f"```console\n{text}```", f"```console\n{command}\n{printed}```"))
        return
    assert printed == expected


@pytest.mark.parametrize(("page", "text"), blocks("toml"))
def test_a_configuration_in_the_docs_is_valid(page: Path, text: str) -> None:
    """Every key shown exists."""
    table = tomllib.loads(text)
    msgspec.convert(table, config.Config)


@pytest.mark.parametrize(("page", "text"), blocks("sql"))
def test_sql_in_the_docs_parses(page: Path, text: str) -> None:
    """No example has a syntax error."""
    assert not parse_file(SqlFile(path=page.name, text=text)).problems


@pytest.mark.parametrize(
    "line",
    sorted({
        line.partition("#")[0].strip()
        for _, text in blocks("sh")
        for line in text.splitlines()
        if line.startswith("policytool ")
    }),
)  # fmt: skip
def test_a_command_in_the_docs_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command and options of every line exist."""
    monkeypatch.chdir(tmp_path)
    name, *arguments = shlex.split(line)[1:]
    command = program.get_command(program.make_context("policytool", [], resilient_parsing=True), name)
    assert command is not None, line
    command.make_context(name, arguments, resilient_parsing=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    """No page points at what is not there."""
    for target in _LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


def test_agents_page_is_short() -> None:
    """At most sixty lines are read by every agent, every time."""
    assert len((ROOT / "AGENTS.md").read_text().splitlines()) <= 60
