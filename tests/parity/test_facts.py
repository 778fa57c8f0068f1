"""What easily goes wrong about row level security and privileges: the builder ends where a server ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policytool.catalog.build.dispatch import handlers
from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file
from tests.catalog.build.support import run
from tests.parity.histories import TEMPLATES, filled
from tests.parity.support import built, disagreements

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

HEADING = "-- fact: "
FOLDER = Path(__file__).parent
TEXTS = {name: (FOLDER / name).read_text(encoding="utf-8") for name in ("facts.sql", "kinds.sql", "world.sql")}
PARTS = [part for name in ("facts.sql", "kinds.sql") for part in TEXTS[name].split(HEADING)[1:]]
FACTS = [pytest.param(sql, id=name) for name, _, sql in (part.partition("\n") for part in PARTS)]
# Folders of the machine, libraries, other servers; and what is recorded as not modelled.
NOT_TRIED = {
    *("CreateTableSpaceStmt", "CreatePLangStmt", "CreateSubscriptionStmt", "AlterSubscriptionStmt"),
    *("DropSubscriptionStmt", "ImportForeignSchemaStmt", "AlterExtensionContentsStmt", "AlterTableMoveAllStmt"),
    "AlterOpFamilyStmt",
}


@pytest.mark.parametrize("sql", FACTS)
def test_builder_ends_where_a_server_ends(cluster: Connection, sql: str) -> None:
    """The same catalog in every field, and as many statements refused."""
    refused = run(cluster, sql)
    catalog = built(sql)
    assert [item.message for item in catalog.unmodelled if item.kind != "refused"] == []
    assert len(catalog.unmodelled) == len(refused)
    assert disagreements(cluster, catalog) == []


def test_every_kind_of_statement_is_tried() -> None:
    """Whatever the builder folds is held against a server somewhere in this folder."""
    texts = [*TEXTS.values(), *(filled(template, lambda values: values[-1]) for template in TEMPLATES)]
    tried = {statement.kind for text in texts for statement in parse_file(SqlFile(path="", text=text)).statements}
    assert set(handlers()) - tried == NOT_TRIED
