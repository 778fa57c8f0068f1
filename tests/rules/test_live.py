"""A live database gives the same findings as the migrations that made it: rule, object, severity, words, fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policytool import api
from policytool.audit.registry import all_rules
from policytool.finding import Finding
from policytool.postgres.platform import apply_migrations
from policytool.rule import StatementRule
from tests.rules.support import Block, loaded, pages

if TYPE_CHECKING:
    from policytool.postgres.server import Server

# Rules that look at statements have none to look at in a database.
OF_STATEMENTS = {rule.name for rule in all_rules() if isinstance(rule, StatementRule)}
BLOCKS = [
    pytest.param(page.block(heading), id=f"{page.rule}: {heading}") for page in pages() for heading in ("Bad", "Good")
]
Said = tuple[str, str, str, str, str]


def said(loaded: api.Loaded) -> set[Said]:
    """What an audit says of a source, without places and statements."""
    return {_said(f) for f in api.audit(loaded).result.findings if f.rule not in OF_STATEMENTS}


def _said(finding: Finding) -> Said:
    return finding.rule, finding.severity, finding.identity, finding.message, finding.fingerprint


def told(items: set[Said]) -> str:
    return "\n".join(f"  {severity}[{rule}] {identity}: {message}" for rule, severity, identity, message, _ in items)


@pytest.mark.parametrize("block", BLOCKS)
def test_database_says_the_same_as_files(supabase_server: Server, block: Block) -> None:
    """Each page's SQL, audited as a file and in a database that ran it."""
    template = "supabase_explicit" if block.platform == "supabase-explicit" else "supabase_legacy"
    name = supabase_server.create_database(template, owner="postgres")
    try:
        assert [r.error for r in apply_migrations(supabase_server, name, [block.sql])] == [None]
        live = said(api.load(supabase_server.dsn(name, "postgres")))
    finally:
        supabase_server.drop_database(name)
    files = said(loaded(block.sql, platform=block.platform))
    # What stands in a file is said of the file; a database has none, and may show the same elsewhere.
    of_files = {rule for rule, _, identity, *_ in files if identity.startswith("file ")}
    files, live = ({item for item in items if item[0] not in of_files} for items in (files, live))
    lines = (f"only from files:\n{told(files - live)}", f"only from the database:\n{told(live - files)}")
    assert files == live, "\n".join(lines)
