r"""Files that psql's \i and \ir pull in, found inside the source only."""

import posixpath
import re
from collections.abc import Callable

import msgspec

from policytool.source.model import Include, SqlFile

_INCLUDE = re.compile(r"^[ \t]*\\(?:i|ir|include|include_relative)[ \t]+(?P<name>\S[^\n]*)", re.MULTILINE)
_DEEPEST = 16

Load = Callable[[str], SqlFile | None]


def includes(file: SqlFile, place: str, load: Load, *, depth: int = 0) -> SqlFile:
    """The file with what it includes; `place` is its path in the tree and `load` reads another one."""
    if depth > _DEEPEST or "\\i" not in file.text:
        return file
    found: dict[str, Include] = {}
    for match in _INCLUDE.finditer(file.text):
        name = _unquoted(match["name"])
        for candidate in (posixpath.join(posixpath.dirname(place), name), name):
            target = posixpath.normpath(candidate)
            # Nothing outside the source is ever opened on the word of a file in it.
            if posixpath.isabs(target) or target.startswith("..") or name in found or target == place:
                continue
            if included := load(target):
                nested = includes(included, target, load, depth=depth + 1)
                found[name] = Include(name=name, file=nested)
    return msgspec.structs.replace(file, includes=tuple(found.values())) if found else file


def included_paths(files: tuple[SqlFile, ...]) -> frozenset[str]:
    """The shown paths of every file that another one includes, at any depth."""
    paths: set[str] = set()
    stack = [include.file for file in files for include in file.includes]
    while stack:
        file = stack.pop()
        paths.add(file.path)
        stack += [include.file for include in file.includes]
    return frozenset(paths)


def _unquoted(name: str) -> str:
    name = name.strip()
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == "'" else name
