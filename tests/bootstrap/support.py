"""The bootstrap files, and the header that each stand-in begins with."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from policytool.source.bootstrap import sql_folder

FOLDER = sql_folder() / "bootstrap"
FILES = tuple(sorted(FOLDER.rglob("*.sql")))
EXTENSIONS = tuple(sorted((FOLDER / "extensions").glob("*.sql")))
HEADER = re.compile(
    r"-- (?P<name>[\w-]+): schema = (?P<schema>\w+), fixed = (?P<fixed>yes|no), "
    r"relocatable = (?P<relocatable>yes|no), version = (?P<version>[\d.]+), runs = (?P<runs>yes|no)"
)


class Header(Struct, frozen=True, kw_only=True):
    """The first line of an extension's file. `schema` is `current` where the extension leaves the choice."""

    name: str
    schema: str
    fixed: bool
    relocatable: bool
    version: str
    runs: bool


def header(path: Path) -> Header:
    """Read the first line; fails where it is not of the form."""
    line = path.read_text(encoding="utf-8").partition("\n")[0]
    match = HEADER.fullmatch(line)
    assert match is not None, line
    return Header(
        name=match["name"],
        schema=match["schema"],
        fixed=match["fixed"] == "yes",
        relocatable=match["relocatable"] == "yes",
        version=match["version"],
        runs=match["runs"] == "yes",
    )


def relative(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()
