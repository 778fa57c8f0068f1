"""What is right is left alone: the platform's starter, 500 textbook tables, the product; what leaks is not."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.precision.schemas import clean
from benchmarks.precision.schemas import textbook as textbook_tables
from policytool import api
from policytool.audit.registry import all_rules
from policytool.config import PlatformName, find
from policytool.config import load as load_config
from policytool.postgres.platform import apply_migrations
from tests.rules.support import alarms, audited, loaded, said

if TYPE_CHECKING:
    from policytool.postgres.server import Server

ROOT = Path(__file__).parents[2]

SCHEMAS = {schema.name: schema for schema in clean()}
STARTER = SCHEMAS["starter"].files[0]


@pytest.mark.parametrize("name", sorted(SCHEMAS.keys() - {"example_product"}))
def test_correct_schemas_are_left_alone(name: str) -> None:
    """A schema that is right gives nothing above info."""
    schema = SCHEMAS[name]
    assert alarms(audited(*schema.files, platform=schema.platform)) == []


@pytest.mark.parametrize("platform", ["supabase", "supabase-legacy"])
def test_starter_is_clean(platform: PlatformName) -> None:
    """The platform's documented starter schema gives no error and no warning."""
    assert alarms(audited(STARTER, platform=platform)) == []


def test_starter_without_grants_does_not_work() -> None:
    """In a project made since 2026-05-30 the same SQL opens nothing; its policies name no role, so nothing is said."""
    assert alarms(audited(STARTER, platform="supabase-explicit")) == []


def test_starter_is_real(supabase_server: Server) -> None:
    """It runs on a server."""
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    assert [r.error for r in apply_migrations(supabase_server, name, [STARTER])] == [None]
    supabase_server.drop_database(name)


@pytest.fixture(scope="module")
def textbook() -> api.Loaded:
    """500 tables with four policies each."""
    return loaded(textbook_tables(), platform="supabase-explicit")


def test_textbook_tables_are_clean(textbook: api.Loaded) -> None:
    """500 textbook tables give one info, of what the platform grants on all of them; the coverage misses none."""
    result = api.audit(textbook).result
    assert said(result.findings) == [("untrusted-bypass-grant", "info", "public")]
    assert (len(result.coverage.tables), result.coverage.clean) == (502, 502)


def test_rules_are_fast(textbook: api.Loaded) -> None:
    """All rules, and all that they ask for, take less than a second of work for 500 tables and 2,000 policies."""

    def seconds() -> float:
        started = time.process_time()
        api.audit(textbook)
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < 1


def test_example_product_is_clean() -> None:
    """The product in supabase/migrations gives no error and no warning, and each ignore has its reason."""
    config = load_config(find(ROOT))
    result = api.audit(api.load(str(ROOT), config=config)).result
    assert alarms(result.findings) == []
    assert all(ignored.reason for ignored in result.ignored)
    assert len(result.coverage.tables) > 20


def leaks() -> list[tuple[str, str]]:
    """(place, rule) of each row of the table in the README of the leaky copy, for the rules that there are."""
    text = (ROOT / "examples" / "leaky" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)`.*\| `([a-z-]+)` \|$", text, re.MULTILINE)
    names = {rule.name for rule in all_rules()}
    return [(place, rule) for place, rule in rows if rule in names]


@pytest.mark.parametrize(("place", "rule"), leaks(), ids=[f"{rule}: {place}" for place, rule in leaks()])
def test_leaky_copy_is_found_out(place: str, rule: str) -> None:
    """Each mistake that the leaky copy's README lists is found by the rule it names, on the object it names."""
    findings = [f for f in api.audit(api.load(str(ROOT / "examples" / "leaky"))).result.findings if f.rule == rule]
    named = place.removesuffix("()").replace(".", "_")
    assert [f for f in findings if named in f.identity or f.object.kind == "file"], said(findings)


def test_leaky_copy_lists_a_dozen() -> None:
    """The rules of the first release find a dozen of its mistakes."""
    assert len(leaks()) >= 12
