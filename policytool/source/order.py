"""The order in which each layout's own tool runs its files, and which of them it runs at all."""

import json
import posixpath
import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

import msgspec

from policytool.source.layout import UP_FILE

_SUPABASE = re.compile(r"^(\d+)_.*\.sql$")
_OLD_INIT = re.compile(r"^(\d{14})_init\.sql$")
_VERSION = re.compile(r"^(\d+)")
_FLYWAY = re.compile(r"^([VBUR])([0-9._]*)__(.*)\.sql$")
_BACK = re.compile(r"(?:^|[._-])(?:down|rollback|revert|undo)(?:[._-]|$)", re.IGNORECASE)
_DOWN = re.compile(r"(?:^|[._-])(?:down|rollback)\.sql$", re.IGNORECASE)
_SEED = re.compile(r"^seeds?\b|[._-]seeds?\.sql$", re.IGNORECASE)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One file to read, at its place in the list."""

    path: str
    version: str | None = None
    repeatable: bool = False
    skipped_by_tool: bool = False


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """The files in the order they run; `left_out` says of how many others why they are not read."""

    entries: tuple[Entry, ...]
    left_out: tuple[tuple[str, tuple[str, ...]], ...] = ()


def order(layout: str, folder: str, files: Sequence[str], extra: str | None = None) -> Ordered:
    """Put the files of a folder in order; `extra` is the plan, journal or list of globs that the layout has."""
    ordering = _ORDERINGS.get(layout)
    if ordering is not None:
        return ordering(folder, files)
    listed = {"sqitch": _sqitch, "drizzle": _drizzle, "supabase-declarative": _declarative}
    return listed[layout](folder, files, extra)


def natural(path: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts `2_b` before `10_a`, folder by folder."""
    parts = re.split(r"(\d+)", path.replace("/", "\0"))
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part)


def _supabase(folder: str, files: Sequence[str]) -> Ordered:
    direct = sorted((path for path in files if posixpath.dirname(path) == folder), key=posixpath.basename)
    entries: list[Entry] = []
    back: list[str] = []
    for path in direct:
        name = posixpath.basename(path)
        match = _SUPABASE.match(name)
        old = _OLD_INIT.match(name)
        # The CLI passes over the dump that its first versions wrote as `…_init.sql`, when it comes first.
        skipped = match is None or (path == direct[0] and old is not None and old[1] < "20211209000000")
        if skipped and _BACK.search(name):
            back.append(path)
        else:
            entries.append(Entry(path=path, version=_version(name), skipped_by_tool=skipped))
    nested = tuple(path for path in files if posixpath.dirname(path) != folder)
    return Ordered(
        entries=tuple(entries), left_out=_left_out(("in sub-folders", nested), ("that go back", tuple(back)))
    )


def _declarative(folder: str, files: Sequence[str], globs: str | None) -> Ordered:
    patterns = globs.split("\n") if globs else []
    ordered: list[str] = []
    for pattern in patterns:
        ordered += [path for path in sorted(files) if _glob(path, pattern) and path not in ordered]
    others = _without(files, ordered) if ordered else ()
    left_out = _left_out(("that schema_paths does not name", others))
    return Ordered(entries=tuple(Entry(path=path) for path in ordered or sorted(files)), left_out=left_out)


def _glob(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) and ("**" in pattern or path.count("/") == pattern.count("/"))


def _flyway(folder: str, files: Sequence[str]) -> Ordered:
    versioned: list[tuple[tuple[int, ...], str, str]] = []
    repeatable: list[tuple[str, str]] = []
    undo: list[str] = []
    other: list[str] = []
    for path in files:
        match = _FLYWAY.match(posixpath.basename(path))
        match match.groups() if match else None:
            case ("V" | "B" as kind, version, _):
                versioned.append((_numbers(version), kind, path))
            case ("R", _, description):
                repeatable.append((description, path))
            case ("U", _, _):
                undo.append(path)
            case _:
                other.append(path)
    base = max((numbers for numbers, kind, _ in versioned if kind == "B"), default=())
    versioned = [item for item in versioned if item[0] > base or (item[0] == base and item[1] == "B") or not base]
    ordered = [
        Entry(path=path, version=".".join(map(str, numbers)))
        for numbers, _, path in sorted(versioned, key=lambda item: (item[0], item[2]))
    ]
    ordered += [Entry(path=path, repeatable=True) for _, path in sorted(repeatable)]
    left_out = _left_out(("that undo", tuple(undo)), ("that Flyway does not take by their name", tuple(other)))
    return Ordered(entries=tuple(ordered), left_out=left_out)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.split(r"[._]+", version) if part]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _numbered(folder: str, files: Sequence[str]) -> Ordered:
    """Tools that sort by a leading number, and take files without one for something else."""
    taken = [path for path in files if _VERSION.match(posixpath.basename(path))] or list(files)
    other = _without(files, taken)
    down = tuple(path for path in taken if _is_down(path))
    kept = sorted(_without(taken, down), key=_by_number)
    entries = tuple(Entry(path=path, version=_version(posixpath.basename(path))) for path in kept)
    return Ordered(entries=entries, left_out=_left_out(("that go back", down), ("without a version", other)))


def _up_files(folder: str, files: Sequence[str]) -> Ordered:
    kept = sorted((path for path in files if UP_FILE.match(posixpath.basename(path))), key=_by_number)
    down = tuple(path for path in files if path.lower().endswith(".down.sql"))
    other = _without(files, [*kept, *down])
    entries = tuple(Entry(path=path, version=_version(posixpath.basename(path))) for path in kept)
    return Ordered(entries=entries, left_out=_left_out(("that go back", down), ("without a version", other)))


def _by_number(path: str) -> tuple[int, str]:
    match = _VERSION.match(posixpath.basename(path))
    return (int(match[1]) if match else 0), posixpath.basename(path)


def _folders(name: str) -> Callable[[str, Sequence[str]], Ordered]:
    def ordered(folder: str, files: Sequence[str]) -> Ordered:
        kept = [path for path in files if posixpath.basename(path) == name]
        kept.sort(key=lambda path: natural(posixpath.dirname(path)) if name == "up.sql" else posixpath.dirname(path))
        versions = ((path, _version(posixpath.basename(posixpath.dirname(path)))) for path in kept)
        down = tuple(path for path in files if posixpath.basename(path) == "down.sql")
        other = _without(files, [*kept, *down])
        left_out = _left_out(("that go back", down), (f"not named {name}", other))
        return Ordered(
            entries=tuple(Entry(path=path, version=version) for path, version in versions), left_out=left_out
        )

    return ordered


def _sqitch(folder: str, files: Sequence[str], plan: str | None) -> Ordered:
    deploys = {path for path in files if path.startswith(posixpath.join(folder, "deploy/"))}
    changes: list[tuple[str, str]] = []
    latest: dict[str, int] = {}
    tags: list[tuple[int, str]] = []
    for line in (plan or "").splitlines():
        word = (line.split() or ["#"])[0].lstrip("+")
        if word.startswith("@"):
            tags.append((len(changes), word))
        elif not word.startswith(("%", "#", "-")):
            if (before := latest.get(word)) is not None:
                # A reworked change keeps its former script under the name of one of the tags set in between.
                scripts = [f"{word}{tag}" for place, tag in tags if place > before]
                known = (script for script in scripts if posixpath.join(folder, "deploy", f"{script}.sql") in deploys)
                changes[before] = (word, next(known, f"{word}@"))
            latest[word] = len(changes)
            changes.append((word, word))
    paths = ((change, posixpath.join(folder, "deploy", f"{script}.sql")) for change, script in changes)
    entries = tuple(Entry(path=path, version=change) for change, path in paths if path in deploys)
    missing = tuple(sorted(deploys - {entry.path for entry in entries}))
    return Ordered(entries=entries, left_out=_left_out(("that sqitch.plan does not name", missing)))


def _drizzle(folder: str, files: Sequence[str], journal: str | None) -> Ordered:
    try:
        listed = json.loads(journal or "{}").get("entries", [])
        tags = [str(item["tag"]) for item in sorted(listed, key=lambda item: item.get("idx", 0))]
    except (ValueError, TypeError, KeyError, AttributeError):
        tags = []
    if not tags:
        return _numbered(folder, files)
    paths = [posixpath.join(folder, f"{tag}.sql") for tag in tags]
    known = set(files)
    entries = tuple(Entry(path=path, version=_version(posixpath.basename(path))) for path in paths if path in known)
    other = _without(files, paths)
    return Ordered(entries=entries, left_out=_left_out(("that the journal does not name", other)))


def _plain(folder: str, files: Sequence[str]) -> Ordered:
    down = tuple(path for path in files if _is_down(path))
    seeds = tuple(path for path in files if _SEED.search(posixpath.basename(path)) and len(files) > 1)
    kept = sorted(_without(files, [*down, *seeds]), key=natural)
    entries = tuple(Entry(path=path, version=_version(posixpath.basename(path))) for path in kept)
    return Ordered(entries=entries, left_out=_left_out(("that go back", down), ("that seed data", seeds)))


def _without(paths: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    gone = frozenset(others)
    return tuple(path for path in paths if path not in gone)


def _is_down(path: str) -> bool:
    return bool(_DOWN.search(posixpath.basename(path)))


def _version(name: str) -> str | None:
    match = _VERSION.match(name)
    return match[1] if match else None


def _left_out(*reasons: tuple[str, tuple[str, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(reason for reason in reasons if reason[1])


_ORDERINGS: dict[str, Callable[[str, Sequence[str]], Ordered]] = {
    "supabase": _supabase,
    "flyway": _flyway,
    "golang-migrate": _up_files,
    "goose": _numbered,
    "dbmate": _numbered,
    "sql-migrate": _numbered,
    "node-pg-migrate": _numbered,
    "sqlx": _numbered,
    "prisma": _folders("migration.sql"),
    "hasura": _folders("up.sql"),
    "plain": _plain,
}
