"""The SQL that ships with policytool: what a platform and its extensions give a database."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from msgspec import structs

from policytool.source.model import SqlFile


@functools.cache
def sql_folder() -> Path:
    """Where `sql/` is: inside an installed package, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_sql"
    return inside if inside.is_dir() else package.parent / "sql"


def bootstrap_files(platform: str) -> tuple[SqlFile, ...]:
    """The files of `sql/bootstrap/<platform>/` in order, without the profile parts."""
    folder = sql_folder() / "bootstrap" / platform
    paths = sorted(p for p in folder.glob("*.sql") if not p.name.startswith("profile_"))
    return tuple(_read(p, order) for order, p in enumerate(paths))


def profile_file(platform: str, profile: str) -> SqlFile:
    """The file that sets the default privileges of a profile, `legacy` or `explicit`."""
    return _read(sql_folder() / "bootstrap" / platform / f"profile_{profile}.sql", 0)


def extension_file(name: str) -> SqlFile | None:
    """What an extension brings, or None when policytool does not know it."""
    parts = extension_parts().get(name)
    if parts is None:
        return None
    return structs.replace(_read(parts[0], 0), text="\n".join(part.read_text(encoding="utf-8") for part in parts))


@functools.cache
def extension_parts() -> Mapping[str, tuple[Path, ...]]:
    """The extensions that policytool knows, each with its file; those of tests may be a folder of several."""
    known: dict[str, tuple[Path, ...]] = {
        path.stem: (path,) for path in (sql_folder() / "bootstrap" / "extensions").glob("*.sql")
    }
    testing = sql_folder() / "testing"
    known |= {path.stem: (path,) for path in testing.glob("*.sql")}
    known |= {path.name: tuple(sorted(path.glob("*.sql"))) for path in testing.iterdir() if path.is_dir()}
    return dict(sorted(known.items()))


def _read(path: Path, order: int) -> SqlFile:
    relative = path.relative_to(sql_folder().parent)
    return SqlFile(path=relative.as_posix(), text=path.read_text(encoding="utf-8"), order=order, version=None)
