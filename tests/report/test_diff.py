"""The reports of a diff: JSON keeps to its schema, SQL cannot be broken out of, Markdown keeps its table."""

from __future__ import annotations

import json

import jsonschema
import pytest

from policytool.diff.run import Diff, Options, compare
from policytool.report import diff_json, diff_markdown, diff_sql, diff_text
from policytool.report.schemas import schema
from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file
from tests.catalog.closing import built, platform

ODD = '"a|b\n`; drop table x; --"'
BEFORE = f"create role r; create table {ODD} (i int, gone text); create table t (i int); create rubbish x;"
AFTER = f"create role r; create table {ODD} (i int not null); create index k on t (i); grant select on t to r;"


def diff(*, online: bool = False, allow_drops: bool = False) -> Diff:
    """One with odd names, drops, gains, and what cannot be read."""
    chosen = Options(online=online, allow_drops=allow_drops)
    return compare(built(BEFORE, "postgres"), built(AFTER, "postgres"), platform("postgres"), options=chosen)


@pytest.mark.parametrize("online", [False, True])
def test_json_keeps_to_its_schema(online: bool) -> None:
    """Every key is there, and of its type."""
    document = json.loads(diff_json.render(diff(online=online)))
    jsonschema.validate(document, schema("diff"))
    assert document["online"] is online
    assert [hazard["name"] for hazard in document["hazards"]] == ["UNMODELLED"]
    assert {change["transaction"] for change in document["changes"]} == ({True, False} if online else {True})
    assert [cell["verdict"] for cell in document["access"]] == ["gained"]
    assert sum(change["withheld"] for change in document["changes"]) == 1


@pytest.mark.parametrize("online", [False, True])
def test_sql_is_what_was_planned(online: bool) -> None:
    """Read again it is the statements, each segment between BEGIN and COMMIT; a name cannot end a comment."""
    found = diff(online=online)
    file = SqlFile(path="plan.sql", text=diff_sql.render(found), transaction=False)
    parsed = parse_file(file)
    assert not parsed.problems
    told = [s.kind for s in parsed.statements if s.kind not in ("TransactionStmt", "VariableSetStmt")]
    assert len(told) == sum(not change.withheld for change in found.changes)
    assert "DropStmt" not in told


def test_a_plan_in_steps_gives_up_waiting() -> None:
    """Each transaction of it has a limit; a plan that is none has not."""
    text = diff_sql.render(diff(online=True))
    assert text.count("begin;\nset local lock_timeout = '5s';") == text.count("begin;") > 1
    assert "lock_timeout" not in diff_sql.render(diff())


def test_markdown_keeps_its_table() -> None:
    """Every row of the table is one line of three cells."""
    text = diff_markdown.render(diff())
    table = [line for line in text.partition("<details>")[0].splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(diff().changes)
    assert {line.replace("\\|", "").count("|") for line in table} == {4}


def test_text_says_what_is_not_run() -> None:
    """A drop that is left out is marked, and counted among the hazards."""
    text = diff_text.render(diff())
    assert "(not run without --allow-drops)" in text
    assert "1 DATA_LOSS" in text
    assert "(not run" not in diff_text.render(diff(allow_drops=True))


def test_markdown_fits_in_a_comment() -> None:
    """Of a very large diff the SQL is left out, then lines, and that is said."""
    tables = "".join(f"create table table_with_a_long_name_{n} (i int check (i > {n}));" for n in range(900))
    found = compare(built("", "supabase"), built(tables, "supabase"), platform("supabase"))
    text = diff_markdown.render(found)
    assert len(text) < 65_536
    assert "The SQL is too long for a comment" in text
    assert "more lines do not fit in a comment" in text
    assert "<details>" in diff_markdown.render(diff())
