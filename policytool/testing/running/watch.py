"""Waits for files of tests and migrations to change, by looking at them now and then."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

_SUFFIXES: Final = (".sql", ".yaml", ".yml", ".toml", ".pg")
_LEFT_OUT: Final = frozenset(("node_modules", "vendor", "__pycache__", "dist"))
_PAUSE: Final = 0.4
_SETTLE: Final = 0.1  # an editor writes in more than one step


def changes(
    root: Path, *, watched: Sequence[Path] = (), sleep: Callable[[float], None] = time.sleep
) -> Iterator[list[str]]:
    """The files that changed since this was called, whenever some did; below a folder, and at the paths given."""
    return _changes(root, watched, sleep, _stamps(root, watched))


def _changes(
    root: Path, watched: Sequence[Path], sleep: Callable[[float], None], before: dict[str, tuple[int, int]]
) -> Iterator[list[str]]:
    while True:
        sleep(_PAUSE)
        now = _stamps(root, watched)
        if now == before:
            continue
        sleep(_SETTLE)
        now = _stamps(root, watched)
        changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
        before = now
        yield changed


def _stamps(root: Path, watched: Sequence[Path]) -> dict[str, tuple[int, int]]:
    """When each file was last written, and how large it is."""
    found: dict[str, tuple[int, int]] = {}
    for start in (root, *watched):
        for path in (start,) if start.is_file() else _files(start):
            try:
                status = path.stat()
            except OSError:
                continue  # it went while we looked
            found[str(path)] = (status.st_mtime_ns, status.st_size)
    return found


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _LEFT_OUT]
        yield from (Path(folder, name) for name in files if name.endswith(_SUFFIXES))
