"""Snapshot files as a source: which arguments name one, and their bytes, from disk or from a commit."""

from __future__ import annotations

import posixpath
from pathlib import Path

from policytool.errors import SourceError
from policytool.source.database import is_database
from policytool.source.decode import NotText, decode
from policytool.source.git import GitTree
from policytool.source.read import MAX_BYTES
from policytool.source.tree import Unreadable, too_large


def is_snapshot(source: str) -> bool:
    """Whether a source argument names a snapshot: a path, or git:REF:PATH, that ends in `.json`."""
    return source.lower().endswith(".json") and not is_database(source)


def read_snapshot(source: str, *, max_bytes: int = MAX_BYTES, cwd: str | Path | None = None) -> str:
    """The text of a snapshot file. Raises SourceError where it cannot be read."""
    here = Path(cwd) if cwd is not None else Path.cwd()
    data = _of_commit(source, here, max_bytes) if source.startswith("git:") else _of_disk(source, here, max_bytes)
    try:
        return decode(data)[0]
    except NotText as error:
        raise SourceError(f"{source} cannot be read: {error}") from None


def _of_disk(source: str, here: Path, max_bytes: int) -> bytes:
    try:
        with (here / source).open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except FileNotFoundError:
        hint = "`policytool catalog -f json -o FILE` writes a snapshot"
        raise SourceError(f"{source} does not exist", hint=hint) from None
    except OSError as error:
        raise SourceError(f"cannot read {source}: {(error.strerror or str(error)).lower()}") from None
    if len(data) > max_bytes:
        raise too_large(source, max_bytes)
    return data


def _of_commit(source: str, here: Path, max_bytes: int) -> bytes:
    ref, _, path = source.removeprefix("git:").partition(":")
    tree = GitTree(ref, path or None, here, max_bytes)
    name = posixpath.basename(tree.top)
    tree.top = posixpath.dirname(tree.top)
    content = tree.read([name]).get(name)
    if not isinstance(content, bytes):
        raise SourceError(f"cannot read {source}: {content.reason if isinstance(content, Unreadable) else 'no file'}")
    return content
