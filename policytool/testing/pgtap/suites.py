"""Where a project keeps its pgTAP suites, and the rows that they count on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from policytool.source.decode import NotText, decode
from policytool.source.includes import include_name
from policytool.source.model import SqlFile

_SUFFIXES: Final = (".sql", ".pg")
_PLANS: Final = re.compile(r"\b(?:no_plan|plan|finish|runtests|do_tap)\s*\(", re.IGNORECASE)
_INCLUDES: Final = re.compile(
    r"^[ \t]*\\(?P<command>i|ir|include|include_relative)[ \t]+(?P<name>\S[^\n]*)", re.MULTILINE
)
_ELSEWHERE: Final = frozenset(("test", "tests", "pgtap"))
_LEFT_OUT: Final = frozenset(("node_modules", "vendor", ".git", ".venv"))


class Suite(Struct, frozen=True, kw_only=True):
    """A file to run; what it includes is looked for inside `root`."""

    file: SqlFile
    root: Path

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def plans(self) -> bool:
        """Whether it says anywhere that it has tests."""
        return _PLANS.search(self.file.text) is not None


def find_suites(root: Path, places: Sequence[str] = ()) -> tuple[Suite, ...]:
    """The suites below a folder, in the order that pg_prove runs them.

    Without `places` (folders, files or patterns) all of `supabase/tests`; where there is no such folder, whatever plans
    tests in folders named `test`, `tests` or `pgtap`.
    """
    root = root.resolve()
    if places:
        paths = {path for place in places for path in _placed(root, place)}
        return tuple(_suites(root, paths))
    supabase = [path for path in _files(root) if _within_supabase(path, root)]
    if supabase:
        return tuple(_suites(root, supabase))
    others = [path for path in _files(root) if _ELSEWHERE.intersection(path.relative_to(root).parts[:-1])]
    return tuple(suite for suite in _suites(root, others) if suite.plans)


def seed_files(root: Path) -> tuple[SqlFile, ...]:
    """The seeds of a Supabase project as its config.toml names them, which the platform's own tests run after."""
    folder = _supabase_folder(root)
    try:
        config = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        config = {}
    seed = config.get("db", {}).get("seed", {})
    if not seed.get("enabled", True):
        return ()
    found: dict[Path, None] = {}
    for pattern in seed.get("sql_paths", ["./seed.sql"]):
        found |= dict.fromkeys(sorted(path for path in folder.glob(str(pattern).removeprefix("./")) if path.is_file()))
    return tuple(file for path in found if (file := read_file(path, root)))


def _supabase_folder(root: Path) -> Path:
    """The project's folder `supabase`: here, or in a part of a larger repository, where its tests are."""
    if (root / "supabase").is_dir():
        return root / "supabase"
    if root.name == "supabase" or (root / "config.toml").is_file():
        return root
    below = (path.parent for path in sorted(root.rglob("supabase/tests")) if path.is_dir())
    return next((path for path in below if not _LEFT_OUT.intersection(path.parts)), root / "supabase")


def read_file(path: Path, root: Path) -> SqlFile | None:
    """A file as text, under its path from the root; None where it is none, or lies outside."""
    resolved = path.resolve()
    if not resolved.is_relative_to(root.resolve()) or not resolved.is_file():
        return None
    try:
        text = decode(resolved.read_bytes())[0]
    except NotText:
        return None
    return SqlFile(path=resolved.relative_to(root.resolve()).as_posix(), text=text)


def load_for(suite: Suite, file: SqlFile, name: str, *, relative: bool) -> SqlFile | None:
    r"""What \ir and \i name: beside the file; \i also below the folders that pg_prove is started in."""
    beside = (suite.root / file.path).parent
    tests = (suite.root / suite.path).parent
    starts = [beside] if relative else [suite.root, *(p for p in tests.parents if p.is_relative_to(suite.root)), tests]
    for start in [*starts, beside]:
        if found := read_file(start / name, suite.root):
            return found
    return None


def with_includes(suite: Suite) -> Iterator[SqlFile]:
    """The file of a suite and those that it includes, each once."""
    waiting, seen = [suite.file], {suite.path}
    while waiting:
        file = waiting.pop()
        yield file
        for match in _INCLUDES.finditer(file.text):
            found = load_for(
                suite, file, include_name(match["name"]), relative=match["command"] in ("ir", "include_relative")
            )
            if found and found.path not in seen:
                seen.add(found.path)
                waiting.append(found)


def _suites(root: Path, paths: Sequence[Path] | set[Path]) -> Iterator[Suite]:
    for path in sorted(paths, key=lambda path: path.relative_to(root).as_posix()):
        if file := read_file(path, root):
            yield Suite(file=file, root=root)


def _files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        if path.suffix in _SUFFIXES and not _LEFT_OUT.intersection(path.relative_to(root).parts) and path.is_file():
            yield path


def _within_supabase(path: Path, root: Path) -> bool:
    parts = (root.name, *path.relative_to(root).parts)
    return any(parts[at : at + 2] == ("supabase", "tests") for at in range(len(parts)))


def _placed(root: Path, place: str) -> Iterator[Path]:
    target = root / place
    if target.is_dir():
        yield from _files(target)
    elif target.is_file():
        yield target
    else:
        yield from (path for path in root.glob(place) if path.is_file())
