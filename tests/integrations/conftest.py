"""A project for servers to look at."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The shop that leaks, in a folder of its own."""
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "leaky", folder)
    return folder
