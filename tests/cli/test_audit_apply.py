"""`policytool audit --apply`: the catalog of a server, the places of the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool import api
from policytool.config import find
from policytool.config import load as load_config
from tests.cli.support import OPEN_TABLE, Cli

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[2]
# Which table is opened stands in a row, which no reading of the file knows.
HIDDEN = """create table public.opened (name text primary key);
alter table public.opened enable row level security;
create table public.notes (id bigint primary key, body text);
insert into public.opened values ('notes');
do $$
declare item record;
begin
  for item in select name from public.opened loop
    execute format('grant select on public.%I to anon', item.name);
  end loop;
end $$;
"""
FAILS = "create table public.late (id bigint primary key);\nselect 1 from public.nowhere;\n"
TELLS_MORE = "`policytool audit --apply` lets a throwaway Postgres tell what they do\n"


def test_what_cannot_be_folded_is_found(cli: Cli) -> None:
    """A grant that a row of a table decides about: only a server sees it, and the table's own line is named."""
    path = cli.migration(HIDDEN, "20260701000000_one.sql")
    read = cli("audit")
    assert "rls-disabled-exposed" not in read.out
    assert TELLS_MORE in read.out
    ran = cli("audit", "--apply", "-f", "json")
    assert ran.code == 1
    (finding,) = (f for f in ran.json["findings"] if f["rule"] == "rls-disabled-exposed")
    assert (finding["identity"], finding["location"]["line"]) == ("table public.notes", 3)
    assert finding["location"]["path"] == str(path.relative_to(cli.folder))
    assert ran.json["coverage"]["unmodelled"] == []
    text = cli("audit", "--apply")
    note = "note: 1 of 1 files ran on a throwaway PostgreSQL 18, and the catalog is what they left there"
    assert note in " ".join(text.out.split())
    assert TELLS_MORE not in text.out


def test_a_file_that_fails_ends_it(cli: Cli) -> None:
    """With place, SQLSTATE, Postgres's words, and what to do; nothing is reported."""
    cli.migration(OPEN_TABLE)
    cli.migration(FAILS, "20240102000000_two.sql")
    ran = cli("audit", "--apply")
    assert (ran.code, ran.out) == (1, "")
    assert '20240102000000_two.sql:2:15: 42P01: relation "public.nowhere" does not exist' in ran.err
    assert "no migration makes public.nowhere" in ran.err
    assert "--keep-going" in ran.err


def test_keep_going_audits_the_rest(cli: Cli) -> None:
    """What the failed file would have made is not there; that it failed is said, and fails a strict audit."""
    cli.migration(OPEN_TABLE)
    cli.migration(FAILS, "20240102000000_two.sql")
    ran = cli("audit", "--apply", "--keep-going", "-f", "json", "--fail-on", "never")
    assert ran.code == 0
    assert [t["table"] for t in ran.json["coverage"]["by_table"]] == ["public.notes"]
    (item,) = ran.json["coverage"]["unmodelled"]
    assert (item["kind"], item["location"]["line"], item["security"]) == ("refused", 2, True)
    assert any(note["message"].startswith("42P01: ") and note["line"] == 2 for note in ran.json["notes"])
    assert cli("audit", "--apply", "--keep-going", "--fail-on", "never", "--strict").code == 1


def test_without_a_server_it_is_exit_code_4(cli: Cli) -> None:
    """As for apply."""
    cli.migration(OPEN_TABLE)
    ran = cli("audit", "--apply", "--postgres", "embedded", "--pg", "99")
    assert (ran.code, ran.out) == (4, "")


def test_a_snapshot_has_nothing_to_apply(cli: Cli) -> None:
    """Only migrations can be run."""
    cli.migration(OPEN_TABLE)
    cli("catalog", "-f", "json", "-o", "x.json")
    ran = cli("audit", "x.json", "--apply")
    assert ran.code == 2
    assert "x.json holds no migrations to apply" in ran.err


@pytest.mark.parametrize("folder", [".", "examples/leaky"])
def test_findings_are_those_of_the_folded_files(folder: str) -> None:
    """Where all can be folded the server adds nothing: each finding is the same, with the place it had."""
    source = str(ROOT / folder)
    config = load_config(find(Path(source)))
    built = api.audit(api.load(source, config=config))
    applied = api.audit(api.load_applied(source, config=config))
    assert applied.result.findings == built.result.findings
    assert applied.result.ignored == built.result.ignored
    assert applied.result.coverage.tables == built.result.coverage.tables
