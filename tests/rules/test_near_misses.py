"""For each rule what fires it and what only looks as if it should, with what other tools get wrong: cases/*.sql."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from msgspec import Struct

from policytool.audit.registry import all_rules
from policytool.config import PlatformName
from policytool.finding import Severity
from policytool.postgres.platform import apply_migrations
from tests.roles import same_roles
from tests.rules.fragments import FRAGMENTS
from tests.rules.support import audited, files_of, said

if TYPE_CHECKING:
    from policytool.postgres.server import Server

CASES = Path(__file__).with_name("cases")
HEAD = "-- case: "


class Case(Struct, frozen=True, kw_only=True):
    """Some SQL, and what one rule says of it: (severity, object) of each finding."""

    rule: str
    title: str
    sql: str
    platform: PlatformName = "supabase"
    layout: str = ""
    finds: tuple[tuple[str, str], ...] = ()


def read(path: Path) -> list[Case]:
    """The cases of a file: each begins with its title and lines `-- platform:`, `-- layout:`, `-- with:`, `-- finds:`.

    Lines `-- file: name` in the SQL begin another file.
    """
    return [_case(path.stem, text) for text in path.read_text(encoding="utf-8").split(HEAD)[1:]]


def _case(rule: str, text: str) -> Case:
    title, _, body = text.partition("\n")
    platform: PlatformName = "supabase"
    sql, layout, finds = "", "", []
    lines = body.split("\n")
    while (key := lines[0].partition(": ")[0]) in ("-- platform", "-- layout", "-- with", "-- finds"):
        value = lines.pop(0).partition(": ")[2]
        if key == "-- platform":
            platform = next(name for name in get_args(PlatformName) if name == value)
        elif key == "-- layout":
            layout = value
        elif key == "-- with":
            sql = "".join(FRAGMENTS[name] for name in value.split())
        else:
            finds.append((value.partition(" ")[0], value.partition(" ")[2]))
    text = sql + "\n".join(lines)
    return Case(rule=rule, title=title, sql=text, platform=platform, layout=layout, finds=tuple(sorted(finds)))


ALL = [case for path in sorted(CASES.glob("*.sql")) for case in read(path)]
each_case = pytest.mark.parametrize("case", ALL, ids=[f"{c.rule}: {c.title}" for c in ALL])


@each_case
def test_case(case: Case) -> None:
    """The rule says of the SQL exactly what the case expects."""
    findings = audited(*files_of(case.sql), platform=case.platform, layout=case.layout, rules=[case.rule])
    assert tuple(sorted((severity, name) for _, severity, name in said(findings))) == case.finds


def test_every_rule_has_both() -> None:
    """Each rule has a case that fires and one that does not; the severities are spelled right.

    Those of rules that need a live database are in live/.
    """
    names = {rule.name for rule in all_rules() if not rule.live}
    assert {case.rule for case in ALL if case.finds} == names
    assert {case.rule for case in ALL if not case.finds} == names
    assert {severity for case in ALL for severity, _ in case.finds} <= set(get_args(Severity))


def test_cases_are_real(server_of: Callable[[PlatformName], tuple[Server, str]]) -> None:
    """All cases run on a server without an error, but those that are about what does not."""
    failed = []
    for case in (c for c in ALL if "broken" not in c.title):
        server, template = server_of(case.platform)
        name = server.create_database(template, owner="postgres")
        with same_roles(server):
            results = apply_migrations(server, name, files_of(case.sql))
            server.drop_database(name)
        failed += [(case.rule, case.title, r.error.message) for r in results if r.error]
    assert failed == []
