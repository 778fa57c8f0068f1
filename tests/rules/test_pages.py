"""Every rule's page is true: its bad SQL is found, its fix mends it, its good SQL is left alone, and all of it runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from policytool.audit.registry import all_rules, page, title
from policytool.finding import Finding
from policytool.postgres.platform import apply_migrations
from tests.roles import same_roles
from tests.rules.support import HEADINGS, RULES, Page, alarms, audited, dotted, live_pages, pages

if TYPE_CHECKING:
    from policytool.postgres.server import Server

PAGES = pages()
EVERY = [*PAGES, *live_pages()]
each_page = pytest.mark.parametrize("found", PAGES, ids=[p.rule for p in PAGES])
every_page = pytest.mark.parametrize("found", EVERY, ids=[p.rule for p in EVERY])


def of_rule(found: Page, heading: str) -> tuple[Finding, ...]:
    block = found.block(heading)
    return audited(*block.files, platform=block.platform, layout=block.layout, rules=[found.rule])


def test_each_rule_has_its_page() -> None:
    """The folder holds one Python file and one Markdown file of the same stem for each rule, and nothing else."""
    stems = {path.stem for path in RULES.glob("*.py")} - {"__init__"}
    assert stems == {path.stem for path in RULES.glob("*.md")}
    assert {rule.name for rule in all_rules()} == {stem.replace("_", "-") for stem in stems}


@every_page
def test_page_has_its_headings(found: Page) -> None:
    """A page is titled with the rule's name, goes on with its title, and has the six headings in their order."""
    rule = next(r for r in all_rules() if r.name == found.rule)
    assert page(rule) == found.text
    assert found.text.startswith(f"# {found.rule}\n\n{title(rule)}\n\n## ")
    assert found.headings == HEADINGS


@every_page
def test_page_is_plain(found: Page) -> None:
    """No line of a page is longer than 120 characters but a link or a key, and its references are links."""
    lines = [line for line in found.text.splitlines() if "](https:" not in line and "'eyJ" not in line]
    assert max(map(len, lines)) <= 120
    references = found.text.partition("## References\n")[2].strip().splitlines()
    assert references
    assert all(re.fullmatch(r"- \[[^\]]+\]\(https://\S+\)", line) for line in references), references


@each_page
def test_bad_is_found(found: Page) -> None:
    """Exactly the marked objects are found, each at the line of its mark."""
    places = [(dotted(f), f.location.line if f.location else 0) for f in of_rule(found, "Bad")]
    assert sorted(places) == found.block("Bad").marked
    assert places


@each_page
def test_fix_mends_it(found: Page) -> None:
    """After the fix the rule has nothing to say."""
    bad = found.block("Bad")
    assert audited(*found.mended, platform=bad.platform, layout=bad.layout, rules=[found.rule]) == ()


@each_page
def test_good_is_left_alone(found: Page) -> None:
    """The rule says nothing of the good SQL, nor does any other rule above info."""
    good = found.block("Good")
    assert of_rule(found, "Good") == ()
    assert alarms(audited(*good.files, platform=good.platform, layout=good.layout)) == []


@each_page
def test_proposed_fix_mends_it(found: Page) -> None:
    """The SQL that each finding proposes removes it, and no rule has an error or a warning that it had not before.

    How the fix itself is best brought to a table in use is for its note to say.
    """
    bad = found.block("Bad")
    before = audited(*bad.files, platform=bad.platform, layout=bad.layout)
    for finding in before:
        if finding.rule == found.rule and finding.fix is not None:
            after = audited(*bad.files, finding.fix.sql, platform=bad.platform, layout=bad.layout)
            assert finding.fingerprint not in {f.fingerprint for f in after}, finding.fix.sql
            standing = (f for f in after if f.concern != "availability")
            assert set(alarms(standing)) <= set(alarms(before)), finding.fix.sql


def applied(server: Server, platform: str, files: Sequence[str]) -> list[str]:
    """The errors of a server that runs these files."""
    template = "supabase_explicit" if platform == "supabase-explicit" else "supabase_legacy"
    name = server.create_database(template, owner="postgres")
    with same_roles(server):
        try:
            results = apply_migrations(server, name, files)
        finally:
            server.drop_database(name)
    return [f"{r.error.line}: {r.error.message}" for r in results if r.error]


@each_page
def test_page_is_real_sql(supabase_server: Server, found: Page) -> None:
    """Bad, Fix and Good run on a server without an error; what is bad because it fails does fail."""
    bad, good = found.block("Bad"), found.block("Good")
    assert (applied(supabase_server, bad.platform, bad.files) != []) is bad.fails
    assert applied(supabase_server, bad.platform, found.mended) == []
    assert applied(supabase_server, good.platform, good.files) == []


@each_page
def test_proposed_fix_is_real_sql(supabase_server: Server, found: Page) -> None:
    """The SQL that a finding proposes runs after the bad SQL."""
    bad = found.block("Bad")
    for finding in of_rule(found, "Bad"):
        if finding.fix is not None:
            assert applied(supabase_server, bad.platform, (*bad.files, finding.fix.sql)) == [], finding.fix.sql
