"""A source as it was where its branch left another one."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from policytool.errors import NothingToAudit, SourceError, UsageError
from policytool.source.database import is_database
from policytool.source.git import GitTree, NoSuchPath, Repository
from policytool.source.model import Project, SqlFile, all_files
from policytool.source.read import MAX_BYTES, project_of, read_commit
from policytool.source.snapshot import is_snapshot


class Before(Struct, frozen=True, kw_only=True):
    """The source at the merge base; no project where it had no SQL yet."""

    ref: str
    commit: str
    project: Project | None

    @property
    def files(self) -> tuple[SqlFile, ...]:
        """Its files, with paths as the working tree's are shown."""
        return self.project.files if self.project else ()


def read_before(
    source: str, ref: str, *, as_tool: bool = False, max_bytes: int = MAX_BYTES, cwd: str | Path | None = None
) -> Before:
    """Read a folder, a file or `git:REF[:PATH]` as it was at its merge base with another ref."""
    here = Path(cwd) if cwd is not None else Path.cwd()
    if source == "-" or is_database(source) or is_snapshot(source):
        what = "standard input" if source == "-" else "a database" if is_database(source) else "a snapshot"
        raise UsageError(
            f"--since {ref}: {what} has no history", hint="give a folder of migrations in a git repository"
        )
    head, path = "HEAD", here / source
    if source.startswith("git:"):
        head, _, inside = source.removeprefix("git:").partition(":")
        path, name, folder = here, inside or None, here
    elif path.is_dir():
        name, folder = None, project_of(path)
    else:
        name, folder = path.name, path.parent
    try:
        commit = Repository(folder, f"compare with {ref}").merge_base(ref, head)
        beside = None if source.startswith("git:") else folder
        tree = GitTree(commit, name, here, max_bytes, beside=beside)
        project = read_commit(tree, source, as_tool=as_tool)
    except (NothingToAudit, NoSuchPath):
        return Before(ref=ref, commit=commit, project=None)
    except SourceError as error:
        raise SourceError(f"--since {ref}: {error.message}", hint=error.hint) from None
    return Before(ref=ref, commit=commit, project=project)


def shared(before: tuple[SqlFile, ...], now: tuple[SqlFile, ...]) -> int:
    """How many files at the beginning of the history are the same."""
    count = 0
    for old, new in zip(before, now, strict=False):
        if replace(old, order=0) != replace(new, order=0):
            break
        count += 1
    return count


def changed(before: tuple[SqlFile, ...], now: tuple[SqlFile, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The paths of files that are new, and of those whose text is another; files that are included count."""
    old = {file.path: file.text for file in all_files(before)}
    new = {file.path: file.text for file in all_files(now)}
    added = frozenset(path for path in new if path not in old)
    return added, frozenset(path for path, text in new.items() if path in old and old[path] != text)
