"""Which findings an ignore covers, in the configuration and in the SQL, and what is said of ignores themselves."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from policytool.api import audit, context
from policytool.audit.directives import directives
from policytool.audit.ignores import Ignores
from policytool.audit.registry import all_rules
from policytool.audit.run import AuditResult, Selection, examine
from policytool.catalog.objects import Catalog
from policytool.config import Config, Ignore, load
from policytool.finding import Finding, ObjectRef
from policytool.rule import Context, StatementRule, Step
from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file
from tests.rules.support import audited, loaded

TODAY = datetime.date(2026, 6, 1)
POLICY = Finding(
    rule="policy-initplan",
    severity="warning",
    message="a message",
    object=ObjectRef(kind="policy", schema="public", table="orders", name="own rows"),
)
OPEN = "create table public.notes (id bigint primary key);\n"
ABOUT_IGNORES = ("unused-ignore", "expired-ignore", "unknown-rule")


def reason(ignore: Ignore, today: datetime.date = TODAY) -> str | None:
    """Why the policy's finding is ignored, if it is."""
    hidden = Ignores((), Config(ignore=(ignore,)), today, Catalog(platform="postgres")).apply(POLICY)
    return hidden.reason if hidden else None


def said(*texts: str, select: tuple[str, ...] = (), **config: Any) -> list[tuple[str, str, str]]:
    """(rule, severity, message) of the findings about ignores."""
    found = audited(*texts, rules=select, **config)
    return [(f.rule, f.severity, f.message) for f in found if f.rule in ABOUT_IGNORES]


@pytest.mark.parametrize(
    ("glob", "covered"),
    [
        ('policy public.orders."own rows"', True),
        ("public.orders.own rows", True),
        ("public.orders", True),
        ("public.*", True),
        ("*", True),
        ("public.order", False),
        ("private.*", False),
    ],
)
def test_a_glob_matches_identity_name_or_table(glob: str, covered: bool) -> None:
    """The object may be named as a report names it, by its dotted name, or by its table."""
    assert (reason(Ignore(rule="policy-initplan", object=glob, reason="because")) == "because") is covered


def test_the_rule_may_be_a_glob() -> None:
    """`policy-*` covers all policy rules."""
    assert reason(Ignore(rule="policy-*", object="*", reason="r")) == "r"


def test_an_ignore_holds_through_its_last_day() -> None:
    """`expires` is the last day."""
    ignore = Ignore(rule="*", object="*", reason="r", expires=TODAY)
    assert reason(ignore) == "r"
    assert reason(ignore, TODAY + datetime.timedelta(days=1)) is None


@pytest.mark.parametrize(
    "sql",
    [
        "-- policytool: ignore[rls-disabled-exposed] why\n" + OPEN,
        "-- a word\n-- policytool:ignore[fk-unindexed,rls-disabled-exposed]   why\n\n" + OPEN,
        "/* policytool: ignore[rls-disabled-exposed] why */\n" + OPEN,
        OPEN.rstrip() + " -- policytool: ignore[rls-disabled-exposed] why\n",
        OPEN.replace("(id", "( -- policytool: ignore[rls-disabled-exposed] why\nid"),
        "-- policytool: ignore[rls-disabled-exposed] until 2999-01-01: why\n" + OPEN,
        "-- policytool: ignore-file[rls-disabled-exposed] why\n\n\n\n\nselect 1;\n" + OPEN,
        "/* head\n * policytool: ignore-file[rls-disabled-exposed] why */ set search_path = public;\n" + OPEN,
    ],
)
def test_a_comment_ignores(sql: str) -> None:
    """Above, behind or inside the statement; or at the top, for the file. The finding is kept, with the reason."""
    result = result_of(sql)
    assert [f.rule for f in result.findings if f.rule == "rls-disabled-exposed"] == []
    (hidden,) = result.ignored
    assert (hidden.finding.rule, hidden.by, hidden.reason) == ("rls-disabled-exposed", "comment", "why")
    assert hidden.at is not None
    assert "policytool" in sql.splitlines()[hidden.at.line - 1 + sql.startswith("/* head")]


def result_of(*texts: str, select: tuple[str, ...] = (), **config: Any) -> AuditResult:
    return audit(loaded(*texts, **config), selection=Selection(select=select)).result


@pytest.mark.parametrize(
    "sql",
    [
        "-- policytool: ignore[rls-disabled-exposed] why\n\n\n\n" + OPEN,
        "-- policytool: ignore[rls-disabled-exposed] why\nselect 1;\n" + OPEN,
        "select '-- policytool: ignore[rls-disabled-exposed] why';\n" + OPEN,
        OPEN + "-- policytool: ignore-file[rls-disabled-exposed] why\nselect 1;\n",
        "-- policytool: ignore[rls-disabled-exposed] until 2020-01-01 why\n" + OPEN,
        "-- policytool: ignore rls-disabled-exposed\n" + OPEN,
    ],
)
def test_a_comment_that_does_not_hold(sql: str) -> None:
    """Far above, at another statement, in a string, an `ignore-file` below the top, past its date, without brackets."""
    assert "rls-disabled-exposed" in {f.rule for f in audited(sql)}


def test_a_file_is_not_another() -> None:
    """`ignore-file` ends with its file."""
    found = audited("-- policytool: ignore-file[rls-disabled-exposed] why\n" + OPEN, OPEN.replace("notes", "others"))
    assert [f.object.name for f in found if f.rule == "rls-disabled-exposed"] == ["others"]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select 1;\n\n\n\n-- policytool: ignore[fk-unindexed] x\n", "it stands at no statement"),
        ("-- policytool: ignore\nselect 1;", "it names no rule"),
        ("-- policytool: ignore[] x\nselect 1;", "it names no rule"),
        ("-- policytool: ignores[fk-unindexed] x\nselect 1;", "only `ignore` and `ignore-file`"),
        ("-- policytool: ignore[fk-unindexed] until 2026-02-30 x\nselect 1;", "2026-02-30 is no date"),
        ("select 1;\n-- policytool: ignore-file[fk-unindexed] x\nselect 2;", "above the first statement"),
    ],
)
def test_a_comment_without_effect_is_a_warning(sql: str, says: str) -> None:
    """Whoever wrote it believes that it works."""
    ((rule, severity, message),) = said(sql)
    assert (rule, severity) == ("unused-ignore", "warning")
    assert says in message


def test_prose_is_no_ignore() -> None:
    """A comment may speak of policytool."""
    assert said("-- policytool: see the docs\n-- made for policytool: nothing to ignore[1]\nselect 1;") == []


def test_an_ignore_that_hides_nothing_is_unused() -> None:
    """Only if its rule ran: a selection of other rules says nothing about it."""
    sql = "-- policytool: ignore[fk-unindexed] x\nselect 1;"
    assert [s[:2] for s in said(sql)] == [("unused-ignore", "info")]
    assert [s[:2] for s in said(sql, select=("unused-ignore",))] == [("unused-ignore", "info")]
    assert said(sql, select=("rls-disabled-exposed",)) == []
    assert said(sql, rule={"fk-unindexed": {"severity": "off"}}) == []
    assert audited(sql, rules=["fk-unindexed"]) == ()


def test_a_used_ignore_is_left_alone_whatever_is_selected() -> None:
    """Who selects `unused-ignore` alone asks about the ignores of all rules; their findings are not shown."""
    sql = "-- policytool: ignore[rls-disabled-exposed] x\n" + OPEN
    selections: tuple[tuple[str, ...], ...] = ((), ("unused-ignore",), ("unused-ignore", "fk-unindexed"))
    for select in selections:
        result = result_of(sql, select=select)
        assert [f for f in result.findings if f.rule in ABOUT_IGNORES] == []
    assert result.ignored == ()


def test_the_rules_of_one_comment_are_judged_one_by_one() -> None:
    """One of them may have had its day, or never be met."""
    sql = "-- policytool: ignore[rls-disabled-exposed, fk-unindexed, fk-unindexd] x\n" + OPEN
    found = said(sql)
    assert [s[0] for s in found] == ["unknown-rule", "unused-ignore"]
    assert found[0][2].startswith("there is no rule 'fk-unindexd' to ignore: did you mean fk-unindexed")
    assert "fk-unindexed" in found[1][2]


class Silent(StatementRule):
    """Finds nothing."""

    name = "silent"
    severity = "info"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        yield from ()


def test_what_has_nothing_to_look_at_is_not_judged() -> None:
    """A database has no statements, and files have no statistics: such a rule has not really run there."""
    source = loaded(OPEN)
    bare = replace(source, built=replace(source.built, statements=(), journal=(), roots=(), paths=()))
    names = ("silent", "unused-index", "fk-*")
    config = Config(ignore=tuple(Ignore(rule=name, object="*", reason="r") for name in names))
    known = (Silent(), *all_rules())
    for given, expected in ((source, {"silent", "fk-*"}), (bare, {"fk-*"})):
        found = examine(context(given), selection=Selection(), config=config, known=known).findings
        assert {f.object.name for f in found if f.rule == "unused-ignore"} == expected


def test_an_expired_ignore_says_what_is_back() -> None:
    """With its reason, so that it can be judged again."""
    sql = "-- policytool: ignore[rls-disabled-exposed] until 2020-02-29, we were young\n" + OPEN
    assert said(sql) == [
        (
            "expired-ignore",
            "warning",
            "the ignore of rls-disabled-exposed held until 2020-02-29 (we were young): one finding is back",
        )
    ]
    assert "it can go" in said(sql + "drop table public.notes;")[0][2]


def test_ignores_of_the_configuration_are_found_at_their_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unused, expired and unknown, each at its own header; the path is shown as seen from here."""
    text = 'platform = "supabase"\n'
    for rule, more in (("fk-unindexed", ""), ("rls-disabled-exposed", "expires = 2020-01-01\n"), ("fk-unindx", "")):
        text += f'[[ignore]]\nrule = "{rule}"\nobject = "public.*"\nreason = "r"\n{more}'
    (tmp_path / "policytool.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    source = loaded(OPEN)
    result = audit(
        source.__class__(project=source.project, built=source.built, config=load(tmp_path / "policytool.toml"))
    )
    places = {f.rule: f.location for f in result.result.findings if f.rule in ABOUT_IGNORES}
    lines = {rule: (place.path, place.line) for rule, place in places.items() if place}
    assert lines == {
        "unused-ignore": ("policytool.toml", 2),
        "expired-ignore": ("policytool.toml", 6),
        "unknown-rule": ("policytool.toml", 11),
    }


def test_findings_on_ignores_can_be_ignored_too() -> None:
    """By the configuration, and without being judged in their turn."""
    ignore = (Ignore(rule="unused-ignore", object="*", reason="tolerated"),)
    result = result_of("-- policytool: ignore[fk-unindexed] x\nselect 1;", ignore=ignore)
    assert "unused-ignore" not in {f.rule for f in result.findings}
    assert [i.finding.rule for i in result.ignored] == ["unused-ignore"]


def test_the_fingerprint_of_an_ignore_has_no_line_in_it() -> None:
    """Comments that move are the same; two comments are two."""
    sql = "-- policytool: ignore[fk-unindexed] x\nselect 1;\n"
    (one,) = audited(sql, rules=["unused-ignore"])
    (moved,) = audited("\n\nselect 0;\n" + sql, rules=["unused-ignore"])
    assert one.fingerprint == moved.fingerprint
    assert one.location != moved.location
    two = audited(sql + sql.replace("1", "2"), rules=["unused-ignore"])
    assert len({f.fingerprint for f in two}) == 2


def test_a_comment_in_a_file_that_does_not_parse_still_holds() -> None:
    """What could be read of the file is judged as ever."""
    sql = "create tabel broken (;\n-- policytool: ignore[rls-disabled-exposed] x\n" + OPEN
    (directive,) = directives(parse_file(SqlFile(path="a.sql", text=sql)).statements)
    assert directive.covers is not None
    assert directive.covers.line == 3
    assert "rls-disabled-exposed" not in {f.rule for f in audited(sql)}
