"""A question about an actor and a row is tried, and answered with what decides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import jsonschema
import pytest

from policytool.cli import run
from policytool.errors import UsageError
from policytool.report.schemas import schema
from policytool.report.why import render
from policytool.testing.actors import person
from policytool.testing.deciding.inquiry import Reply, inquire, question
from policytool.testing.ground import Ground
from policytool.testing.suites.read import read_suite
from tests.testing.conftest import Lay

SQL = """
create table public.notes (id text primary key default 'n', owner_id uuid not null, body text not null);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated using (owner_id = auth.uid());
grant select, insert, update (body), delete on public.notes to authenticated;
create view public.bodies with (security_invoker = on) as select id, body from public.notes;
grant select on public.bodies to authenticated, anon;
create schema shop;
create table shop.items (id integer primary key);
insert into shop.items values (1);
grant usage on schema shop to anon;
grant select on shop.items to anon;
"""
SAMS = """
policytool: 1
actors: {sam: {}, sue: {}}
seed: {notes: {one: {id: one, owner_id: "@sam"}, two: {id: two, owner_id: "@sue"}}}
"""
OTHERS = """
policytool: 1
actors: {sam: {}, zoe: {}}
seed: {notes: {three: {id: three, owner_id: "@zoe"}}}
"""


@pytest.fixture
def ground(lay: Lay) -> Ground:
    return lay(SQL)


def ask(ground: Ground, *words: str, tests: Sequence[str] = (SAMS, OTHERS)) -> Reply:
    catalog = ground.built.catalog
    suites = [read_suite(f"{at}.policy.yaml", text, catalog) for at, text in enumerate(tests)]
    return inquire(ground, suites, question(catalog, *words))


def test_an_actor_and_a_row_of_the_tests(ground: Ground) -> None:
    """The file that has both is where it is tried."""
    mine = ask(ground, "sam", "select", "notes.one")
    assert (mine.allowed, mine.decision.by, mine.file, mine.row) == (True, "policy", "0.policy.yaml", "notes.one")
    other = ask(ground, "sam", "delete", "public.notes.two")
    assert (other.allowed, other.decision.outcome) == (False, "filtered")
    assert "owner_id is sue's" in other.decision.text
    assert 'policy "own" (one.sql:4)' in other.decision.text
    assert ask(ground, "zoe", "update", "notes.three").sql.startswith("update public.notes set body = '")
    assert ask(ground, "zoe", "update", "notes.three").allowed


def test_roles_and_persons_that_no_test_names(ground: Ground) -> None:
    """anon, a person by number; with the rows of the test that has most of them."""
    anon = ask(ground, "anon", "select", "notes")
    assert (anon.role, anon.allowed, anon.decision.by) == ("anon", False, "grant")
    found = ask(ground, f"user:{person('sue').user}", "select", "notes.two")
    assert (found.role, found.allowed) == ("authenticated", True)
    assert not ask(ground, "user:6c1f6c3e-0a51-4b51-9a6f-0d6a3b1c2d3e", "select", "notes.id=two").allowed
    service = ask(ground, "service_role", "delete", "notes", tests=())
    assert service.decision.text.startswith("denied: service_role has no DELETE on public.notes (one.sql:2)")


def test_a_row_by_a_value(ground: Ground) -> None:
    """Of the tests, or of the migrations."""
    assert ask(ground, "sam", "select", "notes.id=one").allowed
    assert ask(ground, "anon", "read", "shop.items.id=1", tests=()).decision.by == "row security off"
    view = ask(ground, "sam", "select", "bodies.id=two")
    assert "(by way of the view public.bodies)" in view.decision.text


def test_inserts(ground: Ground) -> None:
    """A row like one of the tests; what must be there besides is made up."""
    assert ask(ground, "sam", "insert", "notes.one").allowed
    refused = ask(ground, "sue", "insert", "notes.one")
    assert (refused.decision.outcome, refused.decision.by) == ("denied by check", "policy")
    assert "owner_id is sam's" in refused.decision.text
    assert not ask(ground, "sam", "insert", "notes").allowed


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("sam", "select", "nots.one"), "there is no table nots", "did you mean notes?"),
        (("sam", "select", "notes.four"), "no policy test has a row notes.four", "the tests have one, two, three"),
        (("sam", "select", "notes.ids=4"), "public.notes has no column ids", "did you mean id?"),
        (("sam", "select", "notes.id=4"), "there is no row notes.id=4", "rows come from"),
        (("zoe", "select", "notes.one"), "zoe is no actor of a test that has this row", "zoe is one of 1.policy.yaml"),
        (("pam", "select", "notes"), "nobody is called pam", "did you mean sam?"),
        (("user:7", "select", "notes"), "'7' is no UUID", "user: is followed"),
        (("sam", "select", "bodies.one"), "no policy test has a row bodies.one", "name a row of the tests"),
    ],
)
def test_what_is_not_there_is_told(ground: Ground, words: tuple[str, ...], message: str, hint: str) -> None:
    """With what is like it."""
    with pytest.raises(UsageError) as raised:
        ask(ground, *words)
    assert raised.value.message == message
    assert hint in (raised.value.hint or "")


def test_the_answer_as_text_and_json(ground: Ground) -> None:
    """Text fits the width, JSON its schema."""
    reply = ask(ground, "sam", "delete", "notes.two")
    text = render(reply, "text", width=60, verbosity=1)
    assert text.splitlines()[0] == "sam (authenticated) may not delete notes.two"
    assert max(map(len, text.splitlines())) <= 60
    assert "  delete from public.notes where id = 'two'" in text
    document = json.loads(render(reply, "json"))
    jsonschema.validate(document, schema("why"))
    assert (document["allowed"], document["by"], document["policies"][0]["policy"]) == (False, "policy", "own")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It finds the tests of the project by itself."""
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    (tmp_path / "supabase" / "tests").mkdir()
    (tmp_path / "supabase" / "migrations" / "20260601000000_one.sql").write_text(SQL)
    (tmp_path / "supabase" / "tests" / "notes.policy.yaml").write_text(SAMS)
    monkeypatch.chdir(tmp_path)
    assert run(["why", "sue", "select", "notes.one"]) == 0
    assert capsys.readouterr().out.startswith("sue (authenticated) may not select notes.one\n")
    assert run(["why", "sue", "select", "notes.five"]) == 2
    assert "the tests have one, two" in capsys.readouterr().err
