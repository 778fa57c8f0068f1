"""Commands that need an extra say so where it is not installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.support import Cli


@pytest.mark.parametrize(("command", "needs"), [("mcp", "mcp"), ("lsp", "lsprotocol")])
def test_a_missing_extra_is_named(command: str, needs: str) -> None:
    """With the command that installs it."""
    script = f"import sys; sys.modules[{needs!r}] = None; from policytool.cli import run; sys.exit(run([{command!r}]))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert f"pip install 'policytool[{command}]'" in ran.stderr


def test_standard_input_is_the_assistants(cli: Cli) -> None:
    """`-` cannot be the source of a server that is spoken to there."""
    ran = cli("mcp", "-")
    assert ran.code == 2
    assert "standard input" in ran.err
