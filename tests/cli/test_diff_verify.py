"""`policytool diff --verify`: when it is on, what is said of a plan that is proved, and of one that is not."""

from __future__ import annotations

import pytest

from tests.cli.support import Cli

pytestmark = pytest.mark.server
BEFORE = "create table people (id integer primary key, name text);\n"
AFTER = "create table people (id integer primary key, name text not null);\n"
# What a statement makes that is not known before it runs no catalog shows, but for a server's.
HIDDEN = "do $$ begin execute convert_from(decode(%s, 'base64'), 'utf8'); end $$;\n"
MAKES_PETS = HIDDEN % "'Y3JlYXRlIHRhYmxlIHBldHMgKGlkIGludGVnZXIp'"
PETS = "create table pets (id integer);\n"
SENTENCE = "1 statement run, with 3 rows in 1 table"
REFUSED = 'the plan stops: create table public.pets (: relation "pets" already exists (42P07)'
NOWHERE = "postgresql://postgres@127.0.0.1:1/postgres"


@pytest.fixture
def pair(cli: Cli) -> Cli:
    """Two files, between which a column becomes NOT NULL."""
    (cli.folder / "before.sql").write_text(BEFORE)
    (cli.folder / "after.sql").write_text(AFTER)
    return cli


@pytest.fixture
def unseen(pair: Cli) -> Cli:
    """Two files, of which the first makes a table that nobody sees before it runs."""
    (pair.folder / "before.sql").write_text(BEFORE + MAKES_PETS)
    (pair.folder / "after.sql").write_text(BEFORE + PETS)
    return pair


def test_it_is_off_unless_asked_for(pair: Cli) -> None:
    """What goes to the screen is not proved, and nothing is said of it."""
    ran = pair("diff", "before.sql", "after.sql", "-f", "json")
    assert (ran.code, ran.json["verification"]) == (0, None)
    assert "erified" not in pair("diff", "before.sql", "after.sql", "-f", "sql").out


def test_a_file_is_proved_and_that_is_announced(pair: Cli) -> None:
    """The plan for a file is run first, and stderr says so; --no-verify leaves it out."""
    ran = pair("diff", "before.sql", "after.sql", "-f", "sql", "-o", "plan.sql")
    assert ran.code == 0
    assert ran.err.startswith("verifying on a throwaway PostgreSQL ")
    assert f": {SENTENCE}.\n" in (pair.folder / "plan.sql").read_text()
    ran = pair("diff", "before.sql", "after.sql", "-f", "sql", "-o", "other.sql", "--no-verify")
    assert (ran.code, ran.err) == (0, "")
    assert "erified" not in (pair.folder / "other.sql").read_text()


def test_every_format_says_that_a_plan_is_proved(pair: Cli) -> None:
    """In one sentence, and as figures in JSON."""
    for form in ("text", "sql", "markdown"):
        assert SENTENCE in pair("diff", "before.sql", "after.sql", "-f", form, "--verify").out
    found = pair("diff", "before.sql", "after.sql", "-f", "json", "--verify").json["verification"]
    assert found.pop("server").startswith("PostgreSQL ")
    assert found == {"passed": True, "problems": [], "notes": [], "statements": 1, "tables": 1, "rows": 3}


def test_a_plan_that_fails_is_not_written_without_saying_so(unseen: Cli) -> None:
    """The file is there, its first lines say that it was not verified and why, and the exit code is 1."""
    ran = unseen("diff", "before.sql", "after.sql", "-f", "sql", "-o", "plan.sql")
    assert ran.code == 1
    lines = (unseen.folder / "plan.sql").read_text().splitlines()
    assert f"-- NOT VERIFIED: {REFUSED}" in lines[:3]


def test_every_format_says_that_a_plan_fails(unseen: Cli) -> None:
    """Plainly, with what the server said."""
    for form, words in (("text", "NOT VERIFIED: "), ("markdown", "> **Not verified:** ")):
        ran = unseen("diff", "before.sql", "after.sql", "-f", form, "--verify")
        assert (ran.code, f"{words}{REFUSED}" in ran.out) == (1, True)
    ran = unseen("diff", "before.sql", "after.sql", "-f", "json", "--verify")
    assert (ran.code, ran.json["verification"]["problems"]) == (1, [REFUSED])


def test_an_empty_plan_can_be_wrong(unseen: Cli) -> None:
    """Where nothing seems to differ a server may know better."""
    (unseen.folder / "after.sql").write_text(BEFORE)
    assert unseen("diff", "before.sql", "after.sql").code == 0
    ran = unseen("diff", "before.sql", "after.sql", "--verify")
    assert ran.code == 1
    assert "NOT VERIFIED: table public.pets is there after the plan" in ran.out


def test_no_server(pair: Cli) -> None:
    """Without one a file is written all the same; who asks for the proof is told."""
    ran = pair("diff", "before.sql", "after.sql", "-f", "sql", "-o", "plan.sql", "--postgres", NOWHERE)
    assert (ran.code, ran.err) == (0, "")
    ran = pair("diff", "before.sql", "after.sql", "--verify", "--postgres", NOWHERE)
    assert ran.code == 4
    assert "the server cannot be reached" in ran.err


def test_the_way_back_and_snapshots(pair: Cli) -> None:
    """--down is proved from AFTER; a side without files is made from its catalog."""
    assert SENTENCE in pair("diff", "before.sql", "after.sql", "--down", "--verify").out
    assert pair("catalog", "before.sql", "-f", "json", "-o", "before.json").code == 0
    assert SENTENCE in pair("diff", "before.json", "after.sql", "--verify").out
    assert "with no rows" in pair("diff", "empty", "after.sql", "--verify").out


def test_what_is_withheld_is_proved_too(pair: Cli) -> None:
    """The whole plan with the drop, and what is written without it."""
    (pair.folder / "after.sql").write_text(AFTER.replace("id integer primary key, ", "") + PETS)
    ran = pair("diff", "before.sql", "after.sql", "--verify")
    assert ran.code == 1
    assert "not run without --allow-drops" in ran.out
    assert "verified on PostgreSQL" in ran.out
