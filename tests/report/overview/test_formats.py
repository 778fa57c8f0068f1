"""The report as Markdown, JSON and CSV; its history and what changed since."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import msgspec
import pytest

from policytool.cli import run
from policytool.errors import UsageError
from policytool.report.overview import history
from policytool.report.overview.compare import compare, run_of
from policytool.report.overview.formats import FORMATS, render
from policytool.report.overview.html import render as html
from policytool.report.overview.markdown import render as markdown
from policytool.report.overview.model import Report
from policytool.report.schemas import schema
from tests.report.overview.support import ROOT, example, hostile, many, report_of

BEFORE = """create table public.notes (id uuid primary key, author_id uuid not null, body text);
alter table public.notes enable row level security;
create index on public.notes (author_id);
grant select on public.notes to authenticated;
create policy "own" on public.notes for select to authenticated using (author_id = (select auth.uid()));
create policy "old" on public.notes for delete to authenticated using (author_id = (select auth.uid()));
create table public.gone (id int primary key);
alter table public.gone enable row level security;
"""
AFTER = (
    BEFORE
    + """drop table public.gone;
create table public.fresh (id int primary key);
grant select on public.fresh to anon;
alter policy "own" on public.notes using (true);
drop policy "old" on public.notes;
create policy "new" on public.notes for insert to authenticated with check (author_id = (select auth.uid()));
"""
)


@pytest.mark.parametrize("text", ["select 1;", BEFORE, hostile()], ids=["nothing", "some", "hostile"])
def test_json_is_what_its_schema_says(text: str) -> None:
    """The JSON is valid by the schema that policytool prints, and read back it is the report."""
    report = report_of(text)
    written = render(report, "json")
    jsonschema.validate(json.loads(written), schema("report"))
    assert msgspec.json.decode(written, type=Report) == report


def test_csv_is_the_matrix() -> None:
    """A line for each cell."""
    report = report_of(BEFORE)
    rows = list(csv.DictReader(io.StringIO(render(report, "csv"))))
    assert [(r["role"], r["table"], r["command"], r["access"]) for r in rows] == [
        (c.role, c.table, c.command, c.access) for c in report.cells
    ]


def test_markdown_says_it_all() -> None:
    """Each table, policy, finding and role; a diagram with the tables that refer to others."""
    report = example("examples/leaky")
    text = markdown(report)
    assert all(f"`{t.full_name}`" in text for t in report.tables)
    assert all(f"### {f.severity}: " in text for f in report.findings)
    assert text.count("```mermaid") == 2
    assert re.search(r't\d+\["public\.memberships"\]:::scoped', text)
    assert "Signed-in users may read rows where `buyer_id` is their own user id." in text


def test_markdown_of_hostile_names_is_text() -> None:
    """No name is markup, a cell more, or a line of a diagram."""
    text = markdown(report_of(hostile()))
    assert "<script>" not in re.sub(r"`[^`\n]*`", "", re.sub(r"(`{3,})sql\n.*?\n\1", "", text, flags=re.DOTALL))
    assert "\u202e" not in text
    for block in re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL):
        assert all(re.fullmatch(r'  (\w+\["[\w.\- #;]*"\](:::\w+)?|\w+ --> \w+|classDef .*)|flowchart \w\w', line)
                   for line in block.splitlines())  # fmt: skip
    heads = [line for line in text.splitlines() if line.startswith("| table |")]
    assert heads
    width = heads[0].count("|")
    section = text.partition("## Tables\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `public.")]
    assert sum(len(re.findall(r"(?<!\\)\|", row)) == width for row in rows) == len(report_of(hostile()).tables)


def test_a_diagram_that_nobody_could_read_is_left_out() -> None:
    """Very many tables are drawn in the page only."""
    assert "flowchart LR" not in markdown(report_of(many(100)))


def test_what_changed() -> None:
    """Tables, policies, cells, findings, and how far tables are open."""
    changes = compare(report_of(BEFORE), report_of(AFTER))
    assert (changes.tables_added, changes.tables_removed) == (("public.fresh",), ("public.gone",))
    assert changes.exposure == (("public.notes", "scoped", "shared"),)
    assert changes.policies_added == ('public.notes "new"',)
    assert changes.policies_removed == ('public.notes "old"',)
    assert changes.policies_changed == ('public.notes "own"',)
    cells = {(c.role, c.table, c.command): (c.before, c.after) for c in changes.cells}
    assert cells["authenticated", "public.notes", "SELECT"] == ("own", "all")
    assert cells["anon", "public.fresh", "SELECT"] == (None, "all")
    assert ("anon", "public.gone", "SELECT") not in cells
    new = [report_of(AFTER).findings[n].rule for n in changes.findings_new]
    assert "rls-disabled-exposed" in new


def test_nothing_changed() -> None:
    """A report and itself."""
    assert compare(report_of(BEFORE), report_of(BEFORE)).nothing


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_writes_each_format(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the ending of the file; what changed since another source is in it."""
    monkeypatch.chdir(ROOT)
    out = tmp_path / {"html": "r.html", "markdown": "r.md", "json": "r.json", "csv": "r.csv"}[form]
    assert run(["report", "examples/leaky", "--compare", "supabase/migrations", "-o", str(out), "-q"]) == 0
    text = out.read_text()
    assert text.startswith({"html": "<!doctype", "markdown": "# Access", "json": "{", "csv": "role,"}[form])
    if form != "csv":
        assert "public.wishlists" in text  # gone since


def test_a_report_is_compared_with_a_written_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept as JSON is a state to compare with."""
    monkeypatch.chdir(ROOT)
    kept, after = tmp_path / "kept.json", tmp_path / "after.json"
    assert run(["report", "supabase/migrations", "-q", "-o", str(kept)]) == 0
    assert run(["report", "supabase/migrations", "-q", "--compare", str(kept), "-o", str(after)]) == 0
    compared = json.loads(after.read_text())["compared"]
    assert compared["before"] == "supabase/migrations"
    assert compared["cells"] == []


def test_fail_on_decides_the_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report is no gate unless told to be one."""
    monkeypatch.chdir(ROOT)
    out = ["-q", "-o", str(tmp_path / "r.json")]
    assert run(["report", "examples/leaky", *out]) == 0
    assert run(["report", "examples/leaky", "--fail-on", "error", *out]) == 1


def test_history_grows_by_a_line_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the trend of the runs of the same source is drawn."""
    monkeypatch.chdir(ROOT)
    file, out = tmp_path / "runs.jsonl", tmp_path / "r.html"
    for source in ("examples/leaky", "supabase/migrations", "examples/leaky", "examples/leaky"):
        assert run(["report", source, "-q", "--history", str(file), "-o", str(out)]) == 0
    runs = history.read(file)
    assert [r.source for r in runs] == ["examples/leaky", "supabase/migrations", "examples/leaky", "examples/leaky"]
    assert "3 runs" in out.read_text()
    assert '<polyline class="t-error"' in out.read_text()


def test_the_trend_is_drawn_from_two_runs_on() -> None:
    """One run is no trend."""
    report = report_of(BEFORE)
    assert "<polyline" not in html(report)
    assert "<polyline" in html(msgspec.structs.replace(report, history=(run_of(report), run_of(report))))


def test_a_history_that_is_none_is_refused(tmp_path: Path) -> None:
    """With the line that is wrong."""
    file = tmp_path / "runs.jsonl"
    file.write_text('{"at": 1}\n')
    with pytest.raises(UsageError, match=r"runs\.jsonl:1"):
        history.read(file)


def test_a_history_without_its_last_newline_is_mended(tmp_path: Path) -> None:
    """A run is never glued to the one before."""
    file, one = tmp_path / "runs.jsonl", run_of(report_of(BEFORE))
    file.write_bytes(msgspec.json.encode(one))
    history.append(file, one)
    assert history.read(file) == (one, one)
