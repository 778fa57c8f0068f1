"""Commands that need an extra say so where it is not installed."""

from __future__ import annotations

import sys

import pytest

from tests.cli.support import Cli


@pytest.mark.parametrize(("command", "needs"), [("mcp", "mcp"), ("lsp", "lsprotocol")])
def test_a_missing_extra_is_named(command: str, needs: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.delitem(sys.modules, f"policytool.integrations.{command}_server", raising=False)
    monkeypatch.setitem(sys.modules, needs, None)
    ran = cli(command)
    assert ran.code == 2
    assert f"pip install 'policytool[{command}]'" in ran.err


def test_standard_input_is_the_assistants(cli: Cli) -> None:
    """`-` cannot be the source of a server that is spoken to there."""
    ran = cli("mcp", "-")
    assert ran.code == 2
    assert "standard input" in ran.err
