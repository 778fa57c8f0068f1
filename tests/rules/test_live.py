"""A live database gives the findings of the migrations that made it: rule, object, severity, words and fingerprint."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from policytool import api
from policytool.audit.evidence import Evidence
from policytool.audit.registry import all_rules
from policytool.catalog.introspect.grants import Initial, swept
from policytool.catalog.objects import Catalog
from policytool.config import PlatformName
from policytool.finding import Finding
from policytool.postgres.platform import apply_migrations
from policytool.rule import IgnoreRule, StatementRule
from tests.roles import same_roles
from tests.rules.support import Page, files_of, loaded, pages
from tests.rules.test_near_misses import ALL, Case

if TYPE_CHECKING:
    from policytool.catalog.build.acl import AclKind
    from policytool.postgres.server import Server

# Rules that look at statements or at comments have none to look at in a database.
OF_STATEMENTS = {rule.name for rule in all_rules() if isinstance(rule, StatementRule | IgnoreRule)}
BLOCKS = [
    pytest.param(page, heading, id=f"{page.rule}: {heading}")
    for page in pages()
    for heading in ("Bad", "Good")
    if not page.block(heading).fails
]
FIRING = [c for c in ALL if c.finds and c.rule not in OF_STATEMENTS and "broken" not in c.title]
# The first and the last of each rule; POLICYTOOL_TEST_EVERY=1 runs all of them, which takes minutes.
_ENDS = {(c.rule, end): c for end, cases in (("first", FIRING[::-1]), ("last", FIRING)) for c in cases}
CASES = (
    FIRING if os.environ.get("POLICYTOOL_TEST_EVERY") else list({(c.rule, c.title): c for c in _ENDS.values()}.values())
)
Said = tuple[str, str, str, str, str, str]
Serve = Callable[[PlatformName], tuple["Server", str]]


def said(source: api.Loaded) -> set[Said]:
    """What an audit says of a source, without places and statements; comments that ignore are not in a database."""
    result, evidence = api.audit(source).result, Evidence(source.built.catalog)
    found = (*result.findings, *(item.finding for item in result.ignored))
    return {_said(f, evidence) for f in found if f.rule not in OF_STATEMENTS}


def _said(finding: Finding, evidence: Evidence) -> Said:
    known = finding.fingerprint, evidence.of(finding)  # what a baseline goes by
    return finding.rule, finding.severity, finding.identity, finding.message, *known


def told(items: set[Said]) -> str:
    """One line for each."""
    return "\n".join(f"  {severity}[{rule}] {identity}: {message}" for rule, severity, identity, message, *_ in items)


def remembered(catalog: Catalog) -> Catalog:
    """The catalog with what a server knows of its grants: a GRANT that gives what was there by default has no trace."""
    initial = Initial(catalog.default_privileges, 17)
    kinds: tuple[tuple[str, AclKind], ...] = (("tables", "TABLES"), ("views", "TABLES"), ("functions", "FUNCTIONS"))
    changes: dict[str, Any] = {}
    for store, kind in kinds:
        changes[store] = {key: _remembered(item, kind, initial) for key, item in getattr(catalog, store).items()}
    return replace(catalog, **changes)


def _remembered(item: Any, kind: AclKind, initial: Initial) -> Any:
    by_default = initial.of(kind, item.owner, item.schema)
    grants = tuple(
        replace(g, by_default=(g.grantee, g.privilege, g.grantor, g.grantable, not g.columns) in by_default)
        for g in item.grants
    )
    return replace(item, grants=swept(kind, grants))


def difference(serve: Serve, files: Sequence[str], platform: PlatformName, layout: str) -> str:
    """What only the files and what only a database that ran them says; "" where they agree."""
    server, template = serve(platform)
    name = server.create_database(template, owner="postgres")
    with same_roles(server):
        try:
            errors = [r.error.message for r in apply_migrations(server, name, files) if r.error]
            assert errors == []
            live = said(api.load(server.dsn(name, "postgres")))
        finally:
            server.drop_database(name)
    source = loaded(*files, platform=platform, layout=layout)
    built = said(replace(source, built=replace(source.built, catalog=remembered(source.built.catalog))))
    # What stands in a file is said of the file; a database has none, and may show the same elsewhere.
    of_files = {rule for rule, _, identity, *_ in built if identity.startswith("file ")}
    built, live = ({item for item in items if item[0] not in of_files} for items in (built, live))
    return "" if built == live else f"only from files:\n{told(built - live)}\nonly live:\n{told(live - built)}"


@pytest.mark.parametrize(("page", "heading"), BLOCKS)
def test_pages_say_the_same_live(server_of: Serve, page: Page, heading: str) -> None:
    """Each page's SQL, bad and good."""
    block = page.block(heading)
    assert difference(server_of, block.files, block.platform, block.layout) == ""


@pytest.mark.parametrize("case", CASES, ids=[f"{c.rule}: {c.title}" for c in CASES])
def test_cases_say_the_same_live(server_of: Serve, case: Case) -> None:
    """Each case that a rule finds something in."""
    assert difference(server_of, files_of(case.sql), case.platform, case.layout) == ""
