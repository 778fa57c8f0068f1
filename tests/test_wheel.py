"""The wheel, installed in a clean virtual environment, works from any folder."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `policytool` of a fresh environment that knows nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel with a space")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT], check=True, cwd=folder
    )
    (wheel,) = folder.glob("policytool-*.whl")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", wheel], check=True, cwd=folder
    )
    return folder / "env" / "bin" / "policytool"


def test_the_wheel_audits_from_another_folder(installed: Path, tmp_path: Path) -> None:
    """`sql/` is inside the wheel: the platform's roles and grants are known, and findings come out."""
    migrations = tmp_path / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "20240101000000_notes.sql").write_text("create table notes (id bigint primary key);\n")
    run = subprocess.run([installed, "audit", "-f", "json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stderr
    report = json.loads(run.stdout)
    assert report["findings"][0]["rule"] == "rls-disabled-exposed"
    assert any("anon" in r["message"] for r in report["findings"][0]["related"])


def test_the_wheel_carries_the_rule_pages(installed: Path, tmp_path: Path) -> None:
    """`explain` reads the page beside the rule."""
    run = subprocess.run([installed, "explain", "rls-disabled-exposed"], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0
    assert "## Why it matters" in run.stdout


def test_the_wheel_is_typed(installed: Path) -> None:
    """Type checkers find py.typed."""
    assert list((installed.parent.parent / "lib").rglob("policytool/py.typed"))


def test_the_wheel_carries_what_pgtap_suites_call(installed: Path) -> None:
    """The assertions and the helpers of `sql/testing` are inside."""
    found = {path.name for path in (installed.parent.parent / "lib").rglob("policytool/_sql/testing/**/*.sql")}
    assert {"010_plan.sql", "basejump-supabase_test_helpers.sql", "supabase-dbdev.sql"} <= found
