"""A set of files to read from, the same for a folder on disk and for a commit."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from policytool.errors import SourceError

_SKIPPED = frozenset(("node_modules", "vendor", "venv", "env", "__pycache__", "target", "dist", "build", "out"))
_SKIPPED |= frozenset(("coverage", "site-packages", "bower_components", "Pods"))
_NAMED = frozenset(("sqitch.plan", "_journal.json", "config.toml", "Cargo.toml"))
_DEEPEST = 12
_MOST_FOLDERS = 50_000


class Unreadable(msgspec.Struct, frozen=True):
    """A file that is there and cannot be read, and why."""

    reason: str


class Tree(Protocol):
    """Files by path, relative to the top and with forward slashes."""

    @property
    def above(self) -> tuple[str, ...]:
        """The names of the folders down to the top, which is the last of them."""

    def paths(self) -> Sequence[str]:
        """Every SQL file below the top, and the few others that tell how they are laid out."""

    def read(self, paths: Sequence[str]) -> dict[str, bytes | Unreadable]:
        """The content of those of the files that exist."""

    def holds(self, path: str) -> bool:
        """Whether a path leads to something below the top, through links too."""

    def shown(self, path: str) -> str:
        """A path as people see it."""


class Budget:
    """How many bytes may still be read; a file counts once, however often it is read."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._sizes: dict[str, int] = {}
        self._spent = 0

    def spend(self, path: str, size: int) -> None:
        """Count a file, by its shown path, or raise SourceError where it is too much."""
        if path not in self._sizes:
            self._sizes[path] = size
            self._spent += size
        if self._spent > self._max_bytes:
            raise too_large(path, self._max_bytes)


class DiskTree:
    """A folder on disk."""

    def __init__(self, top: Path, cwd: Path, max_bytes: int) -> None:
        self._top = top
        self._cwd = cwd
        self._above = Path(os.path.normpath(top.absolute())).parts
        self._budget = Budget(max_bytes)
        self._paths: tuple[str, ...] | None = None

    @property
    def above(self) -> tuple[str, ...]:
        return self._above

    def paths(self) -> Sequence[str]:
        if self._paths is None:
            self._paths = tuple(sorted(self._walk()))
        return self._paths

    def _walk(self) -> Iterator[str]:
        seen: set[tuple[int, int]] = set()
        stack = [("", 0)]
        while stack:
            folder, depth = stack.pop()
            try:
                status = (self._top / folder).stat()
                entries = list(os.scandir(self._top / folder))
            except OSError as error:
                if not folder:
                    raise SourceError(f"cannot list {self.shown('')}: {_reason(error)}") from None
                continue
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            if len(seen) > _MOST_FOLDERS:
                message = f"{self.shown('')} holds more than {_MOST_FOLDERS} folders"
                raise SourceError(message, hint="name the folder of the migrations")
            for entry in entries:
                if _is_folder(entry):
                    if depth < _DEEPEST and not _skipped(entry.name):
                        stack.append((f"{folder}{entry.name}/", depth + 1))
                elif telling(entry.name):
                    yield folder + entry.name

    def read(self, paths: Sequence[str]) -> dict[str, bytes | Unreadable]:
        return {path: content for path in paths if (content := self._content(path)) is not None}

    def _content(self, path: str) -> bytes | Unreadable | None:
        target = self._top / path
        try:
            status = target.stat()
            if not stat.S_ISREG(status.st_mode):
                return Unreadable("it is not a regular file")
            self._budget.spend(self.shown(path), status.st_size)
            return target.read_bytes()
        except FileNotFoundError:
            return Unreadable("it is a broken link") if target.is_symlink() else None
        except OSError as error:
            return Unreadable(_reason(error))

    def holds(self, path: str) -> bool:
        target = (self._top / path).resolve()
        return target.is_file() and target.is_relative_to(self._top.resolve())

    def shown(self, path: str) -> str:
        return shown(self._top / path, self._cwd)


def telling(name: str) -> bool:
    """Whether a file of this name is SQL, or tells how SQL is laid out."""
    return name.lower().endswith(".sql") or name in _NAMED


def wanted(path: str) -> bool:
    """Whether a path below the top is looked at: not what others installed or a build made."""
    *folders, name = path.split("/")
    return telling(name) and not any(_skipped(folder) for folder in folders)


def _skipped(folder: str) -> bool:
    return folder in _SKIPPED or folder.startswith(".")


def shown(path: Path, cwd: Path) -> str:
    """A path relative to the working directory when it lies below it, with forward slashes."""
    whole = Path(os.path.normpath(cwd / path))
    try:
        return whole.relative_to(os.path.normpath(cwd)).as_posix()
    except ValueError:
        return whole.as_posix()


def too_large(path: str, max_bytes: int) -> SourceError:
    """The error for more SQL than the limit allows."""
    return SourceError(
        f"{path} goes beyond the limit of {_size(max_bytes)} of SQL", hint="raise the limit, or audit a part of it"
    )


def _size(count: int) -> str:
    for unit, factor in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= factor:
            return f"{count / factor:.4g} {unit}"
    return f"{count} bytes"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
