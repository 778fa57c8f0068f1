"""The bootstrap files, the header that each stand-in begins with, and short ways to ask a server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

from msgspec import Struct

from policytool.source.bootstrap import sql_folder

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

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


def value(connection: Connection, query: LiteralString, *parameters: Any) -> Any:
    """The first column of the first row."""
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row else None


def column(connection: Connection, query: LiteralString, *parameters: Any) -> list[Any]:
    """The first column of all rows."""
    return [row[0] for row in connection.execute(query, parameters).fetchall()]


def become(connection: Connection, role: str, user: str = "") -> None:
    """Act as PostgREST does for a request, until the transaction ends."""
    claim: LiteralString = "select set_config('role', %s, true), set_config('request.jwt.claim.sub', %s, true)"
    connection.execute(claim, [role, user])
