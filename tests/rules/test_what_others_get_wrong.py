"""What audits of policies often get wrong, each with a piece of SQL of which just the right thing must be said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from policytool.audit.registry import all_rules
from policytool.config import PlatformName
from policytool.postgres.platform import apply_migrations
from tests.roles import same_roles
from tests.rules.mistakes import ROWS, Row
from tests.rules.support import audited, files_of, said
from tests.rules.test_near_misses import ALL

if TYPE_CHECKING:
    from policytool.postgres.server import Server


@pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
def test_row(row: Row) -> None:
    """What must be found is found, at its severity, and what others report by mistake is not."""
    found = {
        f"{severity} {rule} {name}" for rule, severity, name in said(audited(*files_of(row.sql), platform=row.platform))
    }
    assert set(row.finds) <= found
    others = sorted(found - set(row.finds))
    assert [item for item in others if item.split(" ", 2)[1] in row.never] == []
    if "*" in row.never:
        assert [item for item in others if not item.startswith("info ")] == []


def test_details_are_cases() -> None:
    """The cases that a row refers to are there."""
    titles = {f"{case.rule}: {case.title}" for case in ALL}
    assert [name for row in ROWS for name in row.see if name not in titles] == []


def test_what_only_a_database_knows_is_asked_of_no_file() -> None:
    """Use and empty room are counted by a server; what is unused is told to auditors alone."""
    rules = {rule.name: rule for rule in all_rules()}
    assert rules["unused-index"].live
    assert rules["table-bloated"].live
    assert rules["unused-index"].persona == "auditor"


def test_rows_are_real(server_of: Callable[[PlatformName], tuple[Server, str]]) -> None:
    """A server runs the SQL of every row without an error."""
    failed = []
    for row in ROWS:
        server, template = server_of(row.platform)
        name = server.create_database(template, owner="postgres")
        with same_roles(server):
            results = apply_migrations(server, name, files_of(row.sql))
            server.drop_database(name)
        failed += [(row.title, r.error.message) for r in results if r.error]
    assert failed == []
