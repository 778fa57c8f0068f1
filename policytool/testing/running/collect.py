"""Where tests are: policy test files and pgTAP suites, and the migrations that each is for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from policytool.config import Config
from policytool.errors import PolicytoolError, UsageError
from policytool.source.decode import NotText, decode
from policytool.testing.pgtap import Suite as TapSuite
from policytool.testing.pgtap import find_suites
from policytool.testing.suites.read import read_head
from policytool.testing.suites.suite import Head

SUFFIXES: Final = (".policy.yaml", ".policy.yml")
_LEFT_OUT: Final = frozenset(("node_modules", "vendor", "dist", "build", "__pycache__"))


class NoTests(PolicytoolError):
    """There is nothing to run."""

    exit_code = 3


class PolicyFile(Struct, frozen=True, kw_only=True):
    """A policy test file, as text, and the source of the migrations that it is for."""

    path: str
    text: str
    head: Head
    source: str


class Collected(Struct, frozen=True, kw_only=True):
    """All that is to be run, in order."""

    files: tuple[PolicyFile, ...]
    suites: tuple[TapSuite, ...]
    root: Path  # of the pgTAP suites
    all_of_it: bool = False  # no place was named


def collect(places: Sequence[str], config: Config) -> Collected:
    """What is to be run below some places: files, folders; without any, where the configuration or the layout says.

    Raises NoTests, UsageError for a place that is not there, and BadSuite.
    """
    chosen = [Path(place) for place in places] or [_short(config.folder / place) for place in config.tests]
    for place in chosen:
        if not place.exists():
            raise UsageError(f"{place}: no such file or folder", hint="name a policy test file, or a folder of tests")
    places_ = chosen or [Path()]
    paths = dict.fromkeys(_short(path) for place in places_ for path in _policy_files(place, narrow=not chosen))
    files = tuple(_file(path, config) for path in paths)
    root, suites = _suites(chosen)
    if not files and not suites:
        where = ", ".join(str(place) for place in chosen) or "supabase/tests"
        raise NoTests(f"no tests in {where}", hint="`policytool test --init` writes a first one from the catalog")
    return Collected(files=files, suites=suites, root=root, all_of_it=not places)


def _policy_files(place: Path, *, narrow: bool) -> Iterator[Path]:
    """Policy test files of a place; where nothing is said, those of supabase/tests if there is such a folder."""
    if place.is_file():
        if place.name.endswith(SUFFIXES):
            yield place
        return
    usual = place / "supabase" / "tests"
    yield from sorted(_walk(usual if narrow and usual.is_dir() else place))


def _short(path: Path) -> Path:
    """From the current folder, where it is below it."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def _walk(folder: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _LEFT_OUT]
        yield from (Path(name, file) for file in files if file.endswith(SUFFIXES))


def _suites(chosen: list[Path]) -> tuple[Path, tuple[TapSuite, ...]]:
    """The pgTAP suites; a folder that is a project is asked for its tests, another one is all tests."""
    root = chosen[0] if len(chosen) == 1 and (chosen[0] / "supabase").is_dir() else Path()
    if not chosen or root != Path():
        if not (root / "supabase").is_dir():
            return root, find_suites(root)
        return root, find_suites(root, ["supabase/tests"]) if (root / "supabase" / "tests").is_dir() else ()
    places = [str(place) for place in chosen if place.is_dir() or place.suffix in (".sql", ".pg")]
    inside = [p for p in places if Path(p).resolve().is_relative_to(Path.cwd())]
    found = find_suites(Path(), inside) if inside else ()
    # What stands beside tests prepares them; a folder of SQL without any test is something else.
    tests = {Path(suite.path).parent for suite in found if suite.plans or suite.path in inside}
    return Path(), tuple(suite for suite in found if Path(suite.path).parent in tests)


def _file(path: Path, config: Config) -> PolicyFile:
    try:
        text = decode(path.read_bytes())[0]
    except (OSError, NotText) as error:
        raise UsageError(f"{path}: cannot be read: {error}", hint="a policy test is YAML in UTF-8") from None
    head = read_head(str(path), text)
    return PolicyFile(path=str(path), text=text, head=head, source=source_of(path, head.migrations, config))


def source_of(path: Path, migrations: str | None, config: Config) -> str:
    """Where a file's migrations are: as it says, from its folder or one above it; else those of its project."""
    folders = [path.parent, *path.parent.parents]
    if not path.is_absolute():
        folders += [p for p in path.resolve().parents if p not in {f.resolve() for f in folders}]
    if migrations is not None:
        for folder in folders:
            if (folder / migrations).exists():
                return str(folder / migrations)
        raise UsageError(f"{path}: there is no {migrations} beside it or above it", hint="`migrations` names a folder")
    for folder in folders:
        if (folder / "supabase" / "migrations").is_dir():
            here = folder.resolve() == Path.cwd()
            return (config.source or ".") if here else str(folder)
    return config.source or "."


def source_of_root(root: Path, config: Config) -> str:
    """The migrations of a project as a whole."""
    return (config.source or ".") if root.resolve() == Path.cwd() else str(root)
