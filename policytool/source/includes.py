r"""Files that psql's \i and \ir pull in, found inside the source only."""

import posixpath
import re
from collections.abc import Callable, Sequence

import msgspec

from policytool.source.model import Include, SqlFile

_INCLUDE = re.compile(r"^[ \t]*\\(?:i|ir|include|include_relative)[ \t]+(?P<name>\S[^\n]*)", re.MULTILINE)
_DEEPEST = 16

Load = Callable[[str], SqlFile | None]


def includes(file: SqlFile, place: str, load: Load, *, within: tuple[str, ...] = ()) -> SqlFile:
    """The file with what it includes; `place` is its path in the tree and `load` reads another one."""
    if len(within) > _DEEPEST or "\\i" not in file.text:
        return file
    within = (*within, place)
    found: dict[str, Include] = {}
    for match in _INCLUDE.finditer(file.text):
        name = include_name(match["name"])
        for candidate in (posixpath.join(posixpath.dirname(place), name), name):
            target = posixpath.normpath(candidate)
            if name in found or target in within:
                continue
            if included := load(target):
                found[name] = Include(name=name, file=includes(included, target, load, within=within))
    return msgspec.structs.replace(file, includes=tuple(found.values())) if found else file


def roots(files: Sequence[SqlFile]) -> list[SqlFile]:
    """The files that no other one includes; of files that include each other, the first."""
    inner = {file.path: _inner(file) for file in files if file.includes}
    place = {file.path: number for number, file in enumerate(files)}

    def covered(path: str) -> bool:
        return any(
            path in below and other != path and (other not in inner.get(path, ()) or place[other] < place[path])
            for other, below in inner.items()
        )

    return [file for file in files if not covered(file.path)] if inner else list(files)


def _inner(file: SqlFile) -> frozenset[str]:
    """The shown paths of every file that this one includes, at any depth."""
    paths: set[str] = set()
    stack = [file]
    while stack:
        for include in stack.pop().includes:
            paths.add(include.file.path)
            stack.append(include.file)
    return frozenset(paths)


def include_name(argument: str) -> str:
    """A file name as psql reads it: quoted, or up to white space and without semicolons at its end."""
    argument = argument.strip()
    if argument.startswith("'"):
        return argument[1:].partition("'")[0]
    return (argument.split() or [""])[0].rstrip(";")
