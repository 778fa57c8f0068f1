"""`policytool audit` and `catalog` of a live database, as one calls them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policytool.cli.audit import FORMATS
from policytool.postgres.platform import apply_migrations
from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli

if TYPE_CHECKING:
    from policytool.postgres.server import Server

pytestmark = pytest.mark.server
SECRET = "c0rrect-horse"


@pytest.fixture
def url(supabase_server: Server) -> Iterator[str]:
    """The URL, with a password that nobody asks for, of a database with a table that is open to all."""
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    assert apply_migrations(supabase_server, name, [OPEN_TABLE])[0].error is None
    yield f"postgresql://postgres:{SECRET}@/{name}?host={supabase_server.socket_dir}&port={supabase_server.port}"
    supabase_server.drop_database(name)


def test_a_database_is_audited(cli: Cli, url: str) -> None:
    """Its label, what it is, the findings without places, exit code 1."""
    ran = cli("audit", url)
    assert ran.code == 1
    first = " ".join(" ".join(ran.out.splitlines()[:3]).split())
    assert first.startswith("postgresql://postgres@/")
    assert "a live PostgreSQL 18; platform supabase-legacy: it has Supabase's roles; new tables are granted" in first
    assert "error[rls-disabled-exposed]: anyone with the anonymous key can read" in " ".join(ran.out.split())
    assert "-->" not in ran.out
    assert "1 table audited, 0 clean, 1 with findings" in ran.out


def test_fingerprints_are_those_of_the_files(cli: Cli, url: str) -> None:
    """A baseline made of the one holds for the other."""
    cli.migration(OPEN_TABLE)
    files, live = cli("audit", "-f", "json").json, cli("audit", url, "-f", "json").json
    fingerprints = [
        {f["fingerprint"] for f in report["findings"] if f["severity"] == "error"} for report in (files, live)
    ]
    assert fingerprints[0] == fingerprints[1] != set()
    assert {f["location"] for f in live["findings"]} == {None}
    assert live["source"]["layout"] == "database"


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_the_password(cli: Cli, url: str, form: str) -> None:
    """Of an audit with notes, written to stdout and to a file."""
    ran = cli("audit", url, "-f", form, "-v")
    assert ran.code == 1
    assert SECRET not in ran.out + ran.err
    cli("audit", url, "-o", f"{form}:report")
    assert SECRET not in (cli.folder / "report").read_text(encoding="utf-8")


def test_a_database_is_a_catalog_and_its_snapshot_a_source(cli: Cli, url: str) -> None:
    """What was read once can be audited again without it."""
    assert cli("catalog", url, "-f", "json", "-o", "live.json").code == 0
    text = (cli.folder / "live.json").read_text(encoding="utf-8")
    assert SECRET not in text
    again, live = cli("audit", "live.json", "-f", "json").json, cli("audit", url, "-f", "json").json
    assert again["findings"] == live["findings"]
    assert "create table public.notes" in cli("catalog", url, "-f", "sql").out.lower()
    assert "notes" in cli("catalog", url).out


def test_the_configured_source_may_be_a_database(cli: Cli, url: str) -> None:
    """With its ignores; the password does not show then either."""
    config = f'source = "{url}"\n[[ignore]]\nrule = "*"\nobject = "*notes*"\nreason = "{"a test"}"\n'
    (cli.folder / "policytool.toml").write_text(config, encoding="utf-8")
    ran = cli("audit", "-f", "json")
    assert ran.code == 0
    assert [i["rule"] for i in ran.json["ignored"]].count("rls-disabled-exposed") == 1
    assert SECRET not in ran.out + ran.err


@pytest.mark.parametrize("command", ["parity", "apply"])
def test_what_needs_migrations_says_so(cli: Cli, command: str) -> None:
    """Nothing is applied to, or taken from, a database; nor is its password repeated."""
    ran = cli(command, f"postgresql://u:{SECRET}@host/db")
    assert (ran.code, ran.out) == (2, "")
    assert "error: a database holds no migrations\n" in ran.err
    assert SECRET not in ran.err


def test_apply_takes_migrations(cli: Cli, url: str) -> None:
    """`audit --apply` of a database would be to run nothing."""
    ran = cli("audit", url, "--apply")
    assert ran.code == 2
    assert "holds no migrations to apply" in ran.err
    assert SECRET not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "supabase", f"postgresql://u:{SECRET}@host/db"),
        (f"postgresql://u:{SECRET}@host/db",),
        ("audit", f"--config=postgresql://u:{SECRET}@host/db"),
        ("audit", f"postgresql://u:{SECRET}@nowhere.invalid/db"),
        ("audit", f"postgresql://u:%z{SECRET}@host/db"),
        ("audit", f"dbname=x password={SECRET} hots=y"),
        ("audit", f"host=nowhere.invalid password={SECRET}"),
        ("apply", "--postgres", f"postgresql://u:%z{SECRET}@localhost/db"),
        ("apply", "--postgres", f"postgresql://u:{SECRET}@127.0.0.1:1/db"),
        ("apply", f"--postgres=postgresql://u:{SECRET}@nowhere.invalid/db"),
        ("audit", f"--platform=postgresql://u:{SECRET}@host/db"),
    ],
)
def test_no_error_shows_a_password(cli: Cli, arguments: tuple[str, ...]) -> None:
    """Wherever a connection string has got to."""
    cli.migration(CLEAN_TABLE)
    ran = cli(*arguments)
    assert ran.code in (2, 4)
    assert ran.err
    assert SECRET not in ran.out + ran.err
    assert "Traceback" not in ran.err


def test_exit_codes_of_what_cannot_be_reached(cli: Cli, tmp_path: Path) -> None:
    """4 where no Postgres could be had, 2 where the string is none, each with a hint."""
    for arguments, code in (((f"host={tmp_path}",), 4), (("postgresql://a@b@c/d",), 2), (("host='x",), 2)):
        ran = cli("audit", *arguments)
        assert (ran.code, ran.out) == (code, "")
        assert ran.err.startswith("error: ")
        assert "\nhint: " in ran.err
