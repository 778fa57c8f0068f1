"""Recognises how the SQL files of a folder are laid out, and where in a repository they are."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from policytool.source.decode import NotText, decode
from policytool.source.sections import tool_of
from policytool.source.tree import Tree

FLYWAY = re.compile(r"^(?:[VUB][0-9][0-9._]*|R)__.*\.sql$")
UP_FILE = re.compile(r"^(\d+)_.*\.up\.sql$|^(\d+)\.up\.sql$")
_NUMBERED = re.compile(r"^\d+_.*\.sql$")
_ASIDE = frozenset(("test", "tests", "__tests__", "testdata", "fixture", "fixtures", "seed", "seeds"))
_ASIDE |= frozenset(("spec", "specs", "examples", "snippets"))
_HISTORY = frozenset(("migrations", "migration", "migrate"))
_RANK = ("supabase", "supabase-declarative")
_PLAIN_RANK = {"plain": 4, "sqlx": 3}
_PEEKED = 3
_FEW = 10


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A folder with a layout, and the SQL files below it."""

    layout: str
    folder: str
    files: tuple[str, ...]


def candidates(tree: Tree) -> list[Candidate]:
    """Every folder that could be meant, the likeliest first."""
    paths = tree.paths()
    aside = [path for path in paths if path.lower().endswith(".sql") and not _ASIDE.intersection(path.split("/")[:-1])]
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    unknown: dict[str, list[str]] = defaultdict(list)
    named = frozenset(path for path in paths if not path.lower().endswith(".sql"))
    for path in aside:
        if owner := _owner(tree.above, path, named):
            groups[owner].append(path)
        else:
            unknown[posixpath.dirname(path)].append(path)
    for folder, layout in _marked(tree, unknown, named).items():
        groups[layout, folder] += unknown.pop(folder)
    for key, files in _plain(unknown).items():
        groups[key] += files
    found = [Candidate(layout=layout, folder=folder, files=tuple(files)) for (layout, folder), files in groups.items()]
    return sorted(found, key=_likelihood)


def _likelihood(candidate: Candidate) -> tuple[int, int, int, str]:
    rank = _RANK.index(candidate.layout) if candidate.layout in _RANK else _PLAIN_RANK.get(candidate.layout, 2)
    if candidate.layout == "plain" and posixpath.basename(candidate.folder) in _HISTORY:
        rank = 3
    depth = candidate.folder.count("/") + 1 if candidate.folder else 0
    return rank, depth, -len(candidate.files), candidate.folder


def _owner(above: Sequence[str], path: str, named: frozenset[str]) -> tuple[str, str] | None:
    """Layout and folder of a file, where its own path tells."""
    folder, name = posixpath.split(path)
    parts = folder.split("/") if folder else []
    if supabase := _supabase(above, parts, named):
        return supabase
    for depth in range(len(parts), -1, -1):
        ancestor = "/".join(parts[:depth])
        if posixpath.join(ancestor, "sqitch.plan") in named:
            return "sqitch", ancestor
    if posixpath.join(folder, "meta/_journal.json") in named:
        return "drizzle", folder
    if name == "migration.sql" and parts:
        return "prisma", posixpath.dirname(folder)
    if name in ("up.sql", "down.sql") and parts:
        return "hasura", posixpath.dirname(folder)
    return ("flyway", _flyway_folder(parts)) if FLYWAY.match(name) else None


def _flyway_folder(parts: list[str]) -> str:
    # Flyway reads its location with all sub-folders, whatever their names.
    for depth, part in enumerate(parts, 1):
        if part in _HISTORY:
            return "/".join(parts[:depth])
    return "/".join(parts)


def _supabase(above: Sequence[str], parts: list[str], named: frozenset[str]) -> tuple[str, str] | None:
    whole = [*above, *parts]
    for end in range(len(above), len(whole) + 1):
        last_two = tuple(whole[end - 2 : end])
        folder = "/".join(parts[: end - len(above)])
        config = posixpath.join(posixpath.dirname(folder), "config.toml") if folder else None
        home = last_two[:1] == ("supabase",) or config in named
        if home and last_two[1:] == ("migrations",):
            return "supabase", folder
        if home and last_two[1:] == ("schemas",):
            return "supabase-declarative", folder
    return None


def _marked(tree: Tree, folders: dict[str, list[str]], named: frozenset[str]) -> dict[str, str]:
    """The layout of those folders that tell it by the names or the marks of their files."""
    layouts: dict[str, str] = {}
    rust = any(posixpath.basename(path) == "Cargo.toml" for path in named)
    peeked: list[str] = []
    for folder, files in folders.items():
        if any(UP_FILE.match(posixpath.basename(path)) for path in files):
            layouts[folder] = "sqlx" if rust else "golang-migrate"
        else:
            peeked += sorted(files, key=lambda path: (not posixpath.basename(path)[:1].isdigit(), path))[:_PEEKED]
    for path, data in tree.read(peeked).items():
        folder = posixpath.dirname(path)
        if isinstance(data, bytes) and (tool := _tool(data)):
            layouts.setdefault(folder, tool)
    for folder, files in folders.items():
        numbered = all(_NUMBERED.match(posixpath.basename(path)) for path in files)
        if rust and numbered and posixpath.basename(folder) == "migrations":
            layouts.setdefault(folder, "sqlx")
    return layouts


def _tool(data: bytes) -> str | None:
    try:
        return tool_of(decode(data)[0])
    except NotText:
        return None


def _plain(folders: dict[str, list[str]]) -> dict[tuple[str, str], list[str]]:
    """Folders of history by their name, and one group of all that remains."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    total = sum(map(len, folders.values()))
    for folder, files in folders.items():
        parts = folder.split("/") if folder else []
        depth = next((n for n, part in enumerate(parts, 1) if part in _HISTORY), 0)
        groups["plain", "/".join(parts[:depth])] += files
    # A few files in a folder of that name, among very many others, are about migrations and not the history.
    for key in [key for key, files in groups.items() if key[1] and len(files) * _FEW < total]:
        groups["plain", ""] += groups.pop(key)
    return groups
