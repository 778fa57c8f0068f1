"""Starting is quick because heavy libraries are imported where they are used."""

import shlex
import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["pglast", "rich", "psycopg", "sqlglot", "msgspec"])
def test_help_imports_nothing_heavy(module: str) -> None:
    """`--help` needs click and nothing else."""
    script = (
        "import sys; from policytool.cli import run; run(['--help']); "
        f"sys.exit(any(m == {module!r} or m.startswith({module + '.'!r}) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_a_closed_pipe_is_no_error() -> None:
    """`policytool rules | head -1` ends quietly."""
    command = f"set -o pipefail; {shlex.quote(sys.executable)} -m policytool rules | head -1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert ran.stderr == ""
