"""Files of a commit, read with git itself and without a checkout."""

import os
import posixpath
import subprocess
from collections.abc import Sequence
from pathlib import Path

from policytool.errors import SourceError
from policytool.source.tree import Budget, Unreadable, shown, wanted

_LINK, _MODULE = "120000", "160000"
_DEEPEN = "this clone is shallow: run `git fetch --unshallow`, or set fetch-depth: 0 in CI"
_PARTIAL = "it is a partial clone: clone again without --filter"


class NoSuchPath(SourceError):
    """A commit does not have what a source names."""


class Repository:
    """Git itself, run in one folder. It neither writes, nor asks, nor fetches."""

    def __init__(self, folder: Path, purpose: str) -> None:
        self._folder = folder
        self._purpose = purpose

    def git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What git says; a SourceError with its own words where it fails."""
        done = self.run(*arguments, stdin=stdin)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").split("\n")[0]
            hint = "run it inside a git repository" if "not a git repository" in said else None
            raise SourceError(f"git could not {self._purpose}: {said}", hint=hint)
        return done.stdout

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """One run of git, whatever comes of it."""
        # An audit must neither ask for a password nor fetch from a network behind the user's back.
        quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
        try:
            command = ["git", *arguments]
            return subprocess.run(
                command, cwd=self._folder, input=stdin, capture_output=True, env=os.environ | quiet, check=False
            )
        except FileNotFoundError:
            raise SourceError("git is not installed", hint="commits are read with git itself") from None

    def commit(self, ref: str) -> str:
        """The commit that a ref names."""
        if ref.startswith("-") or not ref:
            raise SourceError(f"{ref or 'an empty name'} is not a git ref", hint="write the name of a branch or commit")
        self.git("rev-parse", "--git-dir")
        found = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if found.returncode == 0:
            return found.stdout.decode().strip()
        hint = _DEEPEN if self.shallow else "`git branch -a` and `git tag` show the refs there are"
        raise SourceError(f"{ref} is not a commit of this repository", hint=hint)

    @property
    def shallow(self) -> bool:
        """Whether the clone lacks the older part of the history."""
        return self.git("rev-parse", "--is-shallow-repository").strip() == b"true"

    def merge_base(self, ref: str, head: str = "HEAD") -> str:
        """The commit where the history of `head` left that of `ref`."""
        found = self.run("merge-base", self.commit(ref), self.commit(head))
        if found.returncode == 0:
            return found.stdout.decode().split()[0]
        if self.shallow:
            raise SourceError(f"this clone does not reach back to where {head} left {ref}", hint=_DEEPEN)
        raise SourceError(f"{ref} and {head} have no commit in common", hint="name a branch of the same history")


class GitTree:
    """The files below one folder of one commit.

    `beside` is the folder of the working tree that the top stands for: paths are then shown as those of its files,
    and content that the clone lacks is an error.
    """

    def __init__(self, ref: str, path: str | None, cwd: Path, max_bytes: int, *, beside: Path | None = None) -> None:
        self._cwd = cwd
        self._ref = ref
        self._beside = beside
        self._budget = Budget(max_bytes)
        self._read: dict[str, bytes | Unreadable] = {}
        self._repository = Repository(cwd if beside is None else beside, f"read {ref}")
        self._commit = self._repository.commit(ref)
        self._here = self._repository.git("rev-parse", "--show-prefix").decode().strip()
        self._entries = self._list()
        self.top = self._find_top(path)

    @property
    def above(self) -> tuple[str, ...]:
        if self._beside is not None:
            top = self._beside / posixpath.relpath(f"/{self.top}", f"/{self._here}")
            return Path(os.path.normpath(top.absolute())).parts
        return ("/", *(part for part in self.top.split("/") if part))

    @property
    def is_file(self) -> bool:
        """Whether the path given names a file and not a folder."""
        return self.top in self._entries and self._entries[self.top][0] != _MODULE

    def paths(self) -> Sequence[str]:
        prefix = f"{self.top}/" if self.top else ""
        below = (path[len(prefix) :] for path in self._entries if path.startswith(prefix))
        return [path for path in below if wanted(path)]

    def read(self, paths: Sequence[str]) -> dict[str, bytes | Unreadable]:
        places = {path: self._follow(posixpath.normpath(posixpath.join(self.top, path))) for path in paths}
        contents = self._contents([place for place in places.values() if place])
        return {
            path: contents[place] if place else Unreadable("it is a broken link")
            for path, place in places.items()
            if place is None or place in contents
        }

    def holds(self, path: str) -> bool:
        place = self._follow(posixpath.normpath(posixpath.join(self.top, path)))
        return (
            place is not None and place in self._entries and f"{place}/".startswith(f"{self.top}/" if self.top else "")
        )

    def shown(self, path: str) -> str:
        return self._shown(posixpath.join(self.top, path))

    def _shown(self, path: str) -> str:
        if self._beside is not None:
            return shown(self._beside / posixpath.relpath(f"/{path}", f"/{self._here}"), self._cwd)
        whole = posixpath.normpath(posixpath.join("/", path))
        return posixpath.relpath(whole, posixpath.join("/", self._here)) if whole != "/" or self._here else "."

    def _find_top(self, path: str | None) -> str:
        if path is None:
            return self._here.rstrip("/")
        inside = posixpath.normpath(posixpath.join("/", path.strip("/")))[1:]
        here = posixpath.normpath(posixpath.join("/", self._here, path))[1:]
        for top in (here, inside):
            if not top or top in self._entries or any(entry.startswith(f"{top}/") for entry in self._entries):
                return top
        raise NoSuchPath(f"{self._ref} has no {path}", hint=f"`git ls-tree {self._ref}` shows what it has")

    def _list(self) -> dict[str, tuple[str, str]]:
        """Path to mode and object name."""
        entries = {}
        for line in self._repository.git("ls-tree", "-r", "-z", "--full-tree", self._commit).split(b"\0")[:-1]:
            meta, _, path = line.partition(b"\t")
            mode, _, name = meta.decode().split(" ")
            entries[path.decode(errors="surrogateescape")] = (mode, name)
        return entries

    def _follow(self, path: str, depth: int = 0) -> str | None:
        """The file a path leads to through links inside the commit, or None where a link leads nowhere."""
        if self._entries.get(path, ("", ""))[0] != _LINK:
            return path
        target = self._contents([path]).get(path, b"")
        if isinstance(target, Unreadable) or depth > 8:
            return None
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.decode(errors="surrogateescape")))
        return self._follow(place, depth + 1) if place in self._entries else None

    def _contents(self, paths: Sequence[str]) -> dict[str, bytes | Unreadable]:
        found = [path for path in dict.fromkeys(paths) if self._entries.get(path, (_MODULE, ""))[0] != _MODULE]
        if missing := [path for path in found if path not in self._read]:
            self._fetch(missing)
        return {path: self._read[path] for path in found}

    def _fetch(self, paths: Sequence[str]) -> None:
        """Read blobs, all of them in one run of git."""
        names = "".join(f"{self._entries[path][1]}\n" for path in paths).encode()
        done = self._repository.run("cat-file", "--batch", stdin=names)
        if done.returncode and b"lazy fetching disabled" in done.stderr:
            raise SourceError(f"this clone does not have the files of {self._ref[:12]}", hint=_PARTIAL)
        output = done.stdout if not done.returncode else self._repository.git("cat-file", "--batch", stdin=names)
        place = 0
        for path in paths:
            line = output.index(b"\n", place)
            header, place = output[place:line], line + 1
            if header.endswith(b" missing"):
                self._read[path] = self._lacking(path)
                continue
            size = int(header.rsplit(b" ", 1)[1])
            self._read[path] = output[place : place + size]
            place += size + 1
            self._budget.spend(self._shown(path), size)

    def _lacking(self, path: str) -> Unreadable:
        if self._beside is not None:
            message = f"this clone does not have {self._shown(path)} as it was in {self._ref[:12]}"
            raise SourceError(message, hint=_PARTIAL)
        return Unreadable("this clone does not have its content")
