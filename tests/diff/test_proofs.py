"""Cases in which locks, copies or rows are easily forgotten are proved on a server, hazards and all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from policytool.diff.standing import Side
from policytool.diff.verify import verify
from policytool.postgres.results import FileResult
from policytool.source.model import SqlFile
from tests.catalog.closing import as_superuser, built
from tests.diff.cases import DIRECTIONS, case, diff_of
from tests.diff.test_verify import Shared

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

NAMES = (
    "column-default-function-order", "column-generated", "column-type-dependents", "domain-change",
    "enum-value-added-then-default", "function-argument-names-in-use", "index-tablespace-and-options",
    "inheritance-retyped-tree", "partition-constraints-inherited", "partition-foreign-key-to",
    "partition-index-on-existing", "partition-keys-indexes", "table-to-partitioned", "view-columns-added",
)  # fmt: skip


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_the_hazards_are_those_that_a_server_shows(postgres_server: Server, name: str, direction: str) -> None:
    """Nothing is locked, copied or lost that was not announced, and rows stop the plan only where it says so."""
    found, provider = case(name, direction), Shared(postgres_server)
    plan = diff_of(found).plan
    result = verify(plan, side("before", found.before), side("after", found.after), provider, apply=unbound)
    assert result.problems == ()


def side(label: str, text: str) -> Side:
    """One end of a case, made from its text."""
    return Side(label=label, catalog=built(text, "postgres"), files=(SqlFile(path=f"{label}.sql", text=text),))


def unbound(
    server: Server, database: str, files: Sequence[SqlFile], watch: Callable[[Connection], None], borrowed: bool
) -> Sequence[FileResult]:
    """Cases make what only a superuser may; their text is the suite's own."""
    return as_superuser(server, database, files, watch)
