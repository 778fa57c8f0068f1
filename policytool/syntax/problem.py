"""What could not be read as SQL, with its place."""

from typing import Literal

import msgspec

from policytool.source.model import SqlFile
from policytool.syntax.location import Location, line_index

ProblemKind = Literal["syntax", "psql", "placeholder", "copy-data", "transaction"]

LONGEST = 200


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a file that was not taken as it stands; `sql` is the beginning of that part."""

    location: Location
    kind: ProblemKind
    message: str
    sql: str


def problem_at(file: SqlFile, kind: ProblemKind, message: str, span: tuple[int, int], sql: str) -> Problem:
    """A problem at a span of characters of a file."""
    location = line_index(file.text).location(file.path, *span)
    return Problem(location=location, kind=kind, message=message, sql=shortened(sql))


def shortened(sql: str) -> str:
    """The beginning of a statement, to show which one is meant."""
    sql = sql.strip()
    return sql if len(sql) <= LONGEST else sql[: LONGEST - 1].rstrip() + "…"
