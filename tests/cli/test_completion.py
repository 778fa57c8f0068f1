"""Completion in real shells, and by the words that they send."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import Cli

BASH = """
source {script}
COMP_WORDS=({words})
COMP_CWORD={place}
_policytool_completion policytool
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A PATH with `policytool` on it."""
    program = tmp_path / "bin" / "policytool"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m policytool "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["policytool", "bas"], ["baseline"]),
        (["policytool", "baseline", "cr"], ["create"]),
        (["policytool", "audit", "--fail"], ["--fail-on"]),
        (["policytool", "audit", "--platform", "supabase-e"], ["supabase-explicit"]),
    ],
)
def test_bash_completes(
    words: list[str], wanted: list[str], cli: Cli, environment: dict[str, str], tmp_path: Path
) -> None:
    """bash, with the script that the command prints, offers commands, options and values."""
    script = tmp_path / "completion.bash"
    script.write_text(cli("completion", "bash").out)
    text = BASH.format(script=script, words=" ".join(words), place=len(words) - 1)
    ran = subprocess.run(["bash", "--norc", "-c", text], env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout.split() == wanted, ran.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_answered(shell: str, environment: dict[str, str]) -> None:
    """Asked as their scripts ask, the program names the commands with their help."""
    asked = {"_POLICYTOOL_COMPLETE": f"{shell}_complete", "COMP_WORDS": "policytool mat", "COMP_CWORD": "1"}
    if shell == "fish":
        asked["COMP_CWORD"] = "mat"
    ran = subprocess.run(["policytool"], env=environment | asked, capture_output=True, text=True, check=False)
    assert "matrix" in ran.stdout
    assert "Show which rows of each table" in ran.stdout
    assert "audit" not in ran.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_of_other_shells_is_good(shell: str, cli: Cli, tmp_path: Path) -> None:
    """The shell itself reads it without complaint, where it is installed; it is for policytool in any case."""
    script = tmp_path / f"completion.{shell}"
    script.write_text(cli("completion", shell).out)
    assert f"_POLICYTOOL_COMPLETE={shell}_complete" in script.read_text()
    if shutil.which(shell):
        subprocess.run([shell, "-n", str(script)], check=True)
