"""A source as it would be with some files saved: texts that an editor or an assistant has not written yet."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from policytool.source.model import Project
from policytool.source.read import MAX_BYTES, project_of, read, read_folder
from policytool.source.sections import up_only
from policytool.source.tree import DiskTree, Unreadable, shown, wanted


class OverlaidTree(DiskTree):
    """A folder on disk with other contents for some files; `texts` are named relative to the top."""

    def __init__(self, top: Path, cwd: Path, max_bytes: int, texts: Mapping[str, str]) -> None:
        super().__init__(top, cwd, max_bytes)
        self._texts = {path: text.encode() for path, text in texts.items()}

    def paths(self) -> Sequence[str]:
        return sorted({*super().paths(), *filter(wanted, self._texts)})

    def read(self, paths: Sequence[str]) -> dict[str, bytes | Unreadable]:
        found = super().read([path for path in paths if path not in self._texts])
        return found | {path: self._texts[path] for path in paths if path in self._texts}

    def holds(self, path: str) -> bool:
        return path in self._texts or super().holds(path)


def read_with(
    source: str, texts: Mapping[str, str], *, as_tool: bool = False, max_bytes: int = MAX_BYTES, cwd: Path | None = None
) -> Project:
    """Read a source as if `texts` (by path, from `cwd`) had been saved; those that are no part of it are left out."""
    here = cwd or Path.cwd()
    path = here / source
    if not texts or not path.is_dir():
        return _replaced(read(source, as_tool=as_tool, max_bytes=max_bytes, cwd=here), texts, here)
    top = project_of(path)
    inside = {
        place: text
        for name, text in texts.items()
        if not (place := _below(here / name, top)).startswith("../") and not posixpath.isabs(place)
    }
    return read_folder(OverlaidTree(top, here, max_bytes, inside), source, as_tool=as_tool, root=str(top))


def _replaced(project: Project, texts: Mapping[str, str], here: Path) -> Project:
    """A file alone, with another text."""
    said = {shown(here / path, here): up_only(text).text for path, text in texts.items()}
    files = tuple(replace(file, text=said.get(file.path, file.text)) for file in project.files)
    return replace(project, files=files)


def _below(path: Path, top: Path) -> str:
    return Path(os.path.relpath(path.absolute(), top.absolute())).as_posix()
