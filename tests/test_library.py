"""The library: what docs/library.md shows is so, and importing it costs nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import policytool
from policytool import api

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "library.md"


def test_the_examples_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All blocks, one after the other, at the root of the repository; they assert what they say."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 5
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), known)


def test_every_function_that_is_named_is_there() -> None:
    """What the table of the page names exists."""
    named = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", PAGE.read_text(), re.MULTILINE))))
    assert all(callable(getattr(api, name)) for name in named)


def test_public_names_are_there() -> None:
    """Each of `__all__`, and an error for what is not."""
    assert all(getattr(policytool, name) is not None for name in policytool.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        policytool.nonsense  # noqa: B018


def test_importing_it_imports_nothing_heavy() -> None:
    """The package alone needs nothing but itself; `policytool.api` neither parser nor driver."""
    script = (
        "import sys, policytool; alone = set(sys.modules); policytool.api; "
        "print([m for m in ('msgspec', 'click') if m in alone], "
        "[m for m in ('pglast', 'psycopg', 'sqlglot', 'rich', 'click', 'mcp', 'pygls') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[] []"
