"""Policy test files notice mutants; the report says which not, and what somebody would then reach."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import jsonschema
import pytest

from policytool.cli import run
from policytool.postgres.server import Server
from policytool.report.mutation import render
from policytool.report.schemas import schema
from policytool.testing.mutation.equivalent import Reasoner
from policytool.testing.mutation.mutate_suites import Mutation, mutate_suites
from policytool.testing.mutation.score import Mutated, Score
from policytool.testing.mutation.touches import Touches
from policytool.testing.suites.read import read_suite
from tests.testing.conftest import Lay, laid
from tests.testing.schemas import MARKET, MARKET_TEST

SQL = """
create table public.notes (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated using (owner_id = auth.uid());
grant select, insert, update, delete on public.notes to authenticated;
create function public.my_notes() returns bigint language sql stable as 'select count(*) from public.notes';
"""
HEAD = """
policytool: 1
actors: {anon: {role: anon}, sam: {}, sue: {}}
seed: {notes: {one: {owner_id: "@sam"}, two: {owner_id: "@sue"}}}
"""
WHOLE = """
tables:
  notes:
    one: {sam: rud}
    two: {sue: rud}
    create:
      - {as: sam, with: {owner_id: "@sam"}}
      - {as: sue, with: {owner_id: "@sue"}}
      - {as: sue, with: {owner_id: "@sam"}, expect: {denied: check}}
    frozen: {sam: [owner_id]}
"""
CALL = """
cases:
  - name: one counts one's own
    call: {my_notes: {}}
    by: {sam: {rows: 1, values: [["1"]]}}
"""


def score(lay: Lay, *texts: str, sql: str = SQL, workers: int = 1) -> Score:
    ground = lay(sql)
    suites = [read_suite(f"{at}.policy.yaml", text, ground.built.catalog) for at, text in enumerate(texts)]
    return mutate_suites(ground, suites, workers=workers)


def ends(found: Score) -> dict[str, str]:
    return {result.text: result.status for result in found.results if result.status != "equivalent"}


def test_a_closed_world_notices_all(lay: Lay) -> None:
    """What is not listed is denied: every mutant lets somebody do something that is not listed, or stops somebody."""
    found = score(lay, HEAD + WHOLE)
    assert ends(found) == {
        'policy "own" dropped': "killed",
        'policy "own" opened: USING (true)': "killed",
        'policy "own": WITH CHECK (true)': "killed",
        "row level security off": "killed",
    }
    assert found.failing == ()
    assert found.results[0].note.startswith("0.policy.yaml:")


def test_a_call_comes_to_the_tables_of_the_body(lay: Lay) -> None:
    """A case that names a function only notices a mutant of a table that it reads."""
    found = score(lay, HEAD + CALL)
    by_text = {result.text: result for result in found.results}
    assert by_text['policy "own" opened: USING (true)'].note == "0.policy.yaml:9: one counts one's own: sam"
    told = by_text['policy "own": WITH CHECK (true)']
    assert told.status == "survived"
    assert told.note.split()[:2] == ["sam", "would"]


def test_another_file_may_notice(lay: Lay) -> None:
    """All files count together."""
    assert ends(score(lay, HEAD + CALL, HEAD + WHOLE)) == ends(score(lay, HEAD + WHOLE))


def test_workers_share_the_mutants(lay: Lay) -> None:
    """Each does a part; the whole is the same."""

    def plain(found: Score) -> set[tuple[str, str, str]]:
        return {(r.table, r.text, r.status) for r in found.results}

    one, two = score(lay, HEAD + CALL), score(lay, HEAD + CALL, workers=2)
    assert plain(one) == plain(two)
    assert len(one.results) == len(two.results)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    (tmp_path / "supabase" / "tests").mkdir()
    (tmp_path / "supabase" / "migrations" / "20260601000000_one.sql").write_text(SQL)
    (tmp_path / "supabase" / "tests" / "notes.policy.yaml").write_text(HEAD + CALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_the_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text, JSON after its schema, Markdown; the exit code follows --min-score, which is not rounded."""
    assert run(["test", "--mutate", "-o", "json:m.json", "-o", "markdown:m.md", "-f", "text"]) == 0
    printed = capsys.readouterr().out
    assert "public.notes        3      4     75 %" in printed
    assert "no test notices (1)\n  public.notes supabase/migrations/20260601000000_one.sql:4\n" in printed
    document = json.loads((project / "m.json").read_text())
    jsonschema.validate(document, schema("mutation"))
    assert document["runs"][0]["total"]["score"] == 75.0
    assert "| public.notes | 3 | 4 | 75 % |  |" in (project / "m.md").read_text()
    assert run(["test", "--mutate", "--min-score", "75"]) == 0
    assert run(["test", "--mutate", "--min-score", "75.01"]) == 1
    assert run(["test", "--mutate", "-k", "nothing of the kind"]) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--min-score", "much"], "--min-score 'much' is no number"),
        (["--min-score", "101"], "--min-score 101 is no percentage"),
        (["-f", "junit"], "--mutate has no junit output"),
    ],
)
def test_what_cannot_be_asked(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """Told before a server is started."""
    assert run(["test", "--mutate", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_report_fits_the_width() -> None:
    """Long names are cut, long sentences folded."""
    made = Mutated(
        kind="policy dropped", table="public." + "x" * 90, policy="p", text="y " * 90, location=None, status="survived",
        note="z " * 90,
    )  # fmt: skip
    text = render([Mutation(server="a server", score=Score(results=(made,)))], "text", width=60)
    assert max(len(line) for line in text.splitlines() if "x" * 80 not in line) <= 60
    assert "0 of 1 mutant noticed, 0 %" in text


def plainly(found: Score) -> dict[tuple[str, str], tuple[str, str]]:
    return {(result.table, result.text): (result.status, result.note) for result in found.results}


def test_what_is_left_out_by_reasoning_makes_no_difference(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured, no row tells; a case notices at most that a refusal has another reason."""
    reasoned = plainly(score(lay, MARKET_TEST, sql=MARKET))
    monkeypatch.setattr(Reasoner, "why", lambda *_: "")
    monkeypatch.setattr(Reasoner, "same_rows", lambda *_: "")
    measured = plainly(score(lay, MARKET_TEST, sql=MARKET))
    left_out = {key for key, (status, _) in reasoned.items() if status == "equivalent"}
    assert len(left_out) > 10
    told = {key: measured[key] for key in left_out if measured[key][0] not in ("untold", "killed")}
    assert {note for _, note in told.values()} <= {
        "no row is there that it admits",
        "no row is there that it keeps back",
    }
    noticed = [text for table, text in left_out if measured[table, text][0] == "killed"]
    assert all(text.endswith(("granted to anon", "granted to authenticated")) for text in noticed)
    kept = reasoned.keys() - left_out
    assert {key: reasoned[key][0] for key in kept} == {key: measured[key][0] for key in kept}


def test_cases_that_are_not_run_would_not_notice(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same mutants are noticed where every case is run."""

    def noticed(found: Score) -> set[tuple[str, str]]:
        return {(result.table, result.text) for result in found.of("killed")}

    some = noticed(score(lay, MARKET_TEST, sql=MARKET))
    monkeypatch.setattr(Touches, "of", lambda *_, **__: None)
    assert some == noticed(score(lay, MARKET_TEST, sql=MARKET))
    assert len(some) > 10


PLAIN = """
do $$ begin if to_regrole('mutant_clerk') is null then create role mutant_clerk; end if; end $$;
create table public.files (id integer primary key, tenant text not null);
alter table public.files enable row level security;
create policy tenant on public.files to mutant_clerk using (tenant = current_setting('app.tenant', true));
grant select, insert on public.files to mutant_clerk;
"""
PLAIN_TEST = """
policytool: 1
actors:
  a: {role: mutant_clerk, settings: {app.tenant: a}}
  b: {role: mutant_clerk, settings: {app.tenant: b}}
seed: {files: {one: {id: 1, tenant: a}, two: {id: 2, tenant: b}}}
tables:
  files:
    one: {a: r}
    two: {b: r}
"""


def test_a_plain_postgres(postgres_server: Server) -> None:
    """Roles are those of the actors, tables belong to a superuser: mutants are made all the same."""
    with ExitStack() as stack:
        ground = laid(postgres_server, PLAIN, "postgres", stack)
        suite = read_suite("a.policy.yaml", PLAIN_TEST, ground.built.catalog)
        found = mutate_suites(ground, [suite])
    with postgres_server.connect() as connection:
        connection.execute("drop role mutant_clerk")
    assert not found.of("failed")
    by_text = ends(found)
    assert by_text['policy "tenant" opened: USING (true)'] == "killed"
    assert by_text['policy "tenant": WITH CHECK (true)'] == "survived"
    assert by_text["UPDATE granted to mutant_clerk"] == "killed"
