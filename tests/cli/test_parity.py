"""`policytool parity`: what it prints, and how it ends."""

from __future__ import annotations

import pytest

from policytool.catalog.build import policies
from tests.cli.support import CLEAN_TABLE, Cli

pytestmark = pytest.mark.server


def test_agreement_is_one_line(cli: Cli) -> None:
    """How many objects agree, of how many files, on which server; the exit code is 0."""
    cli.migration(CLEAN_TABLE)
    ran = cli("parity")
    assert ran.code == 0
    (line,) = ran.out.splitlines()
    assert line.endswith("objects agree in every field, 0 differ (1 file on PostgreSQL 18)")
    verbose = cli("parity", "-v").out.splitlines()
    assert "policy" in [row.split()[0] for row in verbose]


def test_difference_names_the_statement(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A builder that gets policies wrong is found out: place, object, field and both values; the exit code is 1."""
    monkeypatch.setitem(policies._COMMANDS, "select", "UPDATE")
    path = cli.migration(CLEAN_TABLE)
    ran = cli("parity")
    assert ran.code == 1
    place = f"{path.relative_to(cli.folder)}:5:1"
    assert ran.out.splitlines()[:3] == [
        f'{place}: policy "own notes" on public.notes: command differs',
        "  built:    UPDATE",
        "  observed: SELECT",
    ]
    found = cli("parity", "-f", "json").json
    (difference,) = found["differences"]
    assert (difference["built"], difference["observed"]) == ("UPDATE", "SELECT")
    assert difference["location"]["line"] == 5
    assert found["objects"]["policy"] == {"total": 1, "agreeing": 0}


def test_refused_file_is_named(cli: Cli) -> None:
    """What Postgres refuses is no difference: neither side has it."""
    cli.migration(CLEAN_TABLE)
    path = cli.migration("create table public.more (id int);\n  drop table public.nowhere;", "20240102000000_two.sql")
    ran = cli("parity")
    assert ran.code == 0
    place = path.relative_to(cli.folder)
    assert ran.out.splitlines()[0] == (f'{place}:2:3: Postgres refuses this, 42P01: table "nowhere" does not exist')
    assert "2 files on PostgreSQL 18, 1 of them refused" in ran.out
    (refused,) = cli("parity", "-f", "json").json["refused"]
    assert (refused["line"], refused["sqlstate"]) == (2, "42P01")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--postgres", "elsewhere"], 2, "--postgres elsewhere: no such provider"),
        (["--postgres", "embedded", "--pg", "13"], 4, "not 13"),
        (["--postgres", "postgresql://db.example.com/x"], 4, "--yes-throwaway"),
    ],
)
def test_server_is_the_one_that_is_asked_for(cli: Cli, arguments: list[str], code: int, said: str) -> None:
    """Another one is not taken in its place."""
    cli.migration(CLEAN_TABLE)
    ran = cli("parity", *arguments)
    assert ran.code == code
    assert said in ran.err
