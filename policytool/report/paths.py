"""Paths as other programs want them: from the root of the repository, with slashes."""

from __future__ import annotations

import functools
import os
from pathlib import Path


def in_repository(path: str) -> str:
    """A path of a location, from the repository's root if the working folder is inside one; else as it was."""
    if path.startswith("<"):  # <stdin>
        return path
    absolute = Path(os.path.normpath(Path.cwd() / path))
    for base in (_root(Path.cwd()), Path.cwd()):
        if base is not None and absolute.is_relative_to(base):
            return absolute.relative_to(base).as_posix()
    return Path(path).as_posix()


@functools.cache
def _root(folder: Path) -> Path | None:
    return next((p for p in (folder, *folder.parents) if (p / ".git").exists()), None)
