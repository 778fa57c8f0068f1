"""`policytool fix` as its users meet it."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli

UNINDEXED = CLEAN_TABLE + "create table public.tags (id int primary key, note bigint references public.notes);\n"
UNINDEXED += "alter table public.tags enable row level security;\n"
EXPLICIT = ("fix", "--platform", "supabase-explicit")
FIX = (*EXPLICIT, "--rule", "fk-unindexed,rls-disabled-exposed")  # whatever else other rules may come to find


def migrations(cli: Cli) -> dict[str, str]:
    return {path.name: path.read_text() for path in (cli.folder / "supabase/migrations").iterdir()}


def test_one_new_migration_is_written(cli: Cli) -> None:
    """Named as the layout does, after the last one; no other file is touched; a second run has nothing to do."""
    cli.migration(UNINDEXED)
    before = migrations(cli)
    ran = cli(*FIX)
    assert (ran.code, ran.err) == (0, "")
    (name,) = migrations(cli).keys() - before.keys()
    assert re.fullmatch(r"20\d{12}_policytool_fixes\.sql", name)
    assert f"supabase/migrations/{name}: 1 fix written" in ran.out
    assert "create index on public.tags (note);" in migrations(cli)[name]
    assert migrations(cli).items() >= before.items()
    assert "fk-unindexed" not in cli("audit", "--platform", "supabase-explicit", "-f", "json").out
    again = cli(*FIX)
    assert (again.code, again.out) == (0, "nothing to fix\n")
    assert len(migrations(cli)) == 2


def test_diff_writes_nothing_and_is_a_patch(cli: Cli) -> None:
    """stdout holds the patch alone; git can apply it."""
    cli.migration(UNINDEXED)
    before = migrations(cli)
    ran = cli(*FIX, "--diff", "--name", "later")
    assert migrations(cli) == before
    assert "would be written" in ran.err
    subprocess.run(["git", "init", "-q"], cwd=cli.folder, check=True)
    subprocess.run(["git", "apply", "-"], cwd=cli.folder, check=True, input=ran.out, text=True)
    (name,) = migrations(cli).keys() - before.keys()
    assert name.endswith("_later.sql")
    assert "create index on public.tags (note);" in migrations(cli)[name]


def test_unsafe_fixes_are_asked_for(cli: Cli) -> None:
    """By default nothing is written after which a client can do less; the rest is counted, and fails the run."""
    cli.migration(OPEN_TABLE + "grant select on public.notes to anon;")
    ran = cli(*FIX)
    assert ran.code == 1
    assert "left out: 1 unsafe fix (rls-disabled-exposed); --unsafe writes them too" in ran.out
    assert len(migrations(cli)) == 1
    ran = cli(*FIX, "--unsafe")
    assert ran.code == 0
    assert "rls-disabled-exposed: 1" in ran.out
    assert len(migrations(cli)) == 2


def test_a_rule_may_be_named(cli: Cli) -> None:
    """Only what it finds is mended; a name that no rule has is an error."""
    cli.migration(UNINDEXED + "create index on public.tags (id);\n")
    ran = cli(*EXPLICIT, "--rule", "policy-initplan,definer-search-path")
    assert (ran.code, ran.out) == (0, "nothing to fix\n")
    ran = cli(*EXPLICIT, "--rule", "fk-unindexd")
    assert ran.code == 2
    assert "there is no rule 'fk-unindexd'" in ran.err


def test_what_is_ignored_is_left_alone(cli: Cli) -> None:
    """Somebody has decided."""
    sql = UNINDEXED.replace(
        "create table public.tags", "-- policytool: ignore[fk-unindexed] small\ncreate table public.tags"
    )
    cli.migration(sql)
    assert cli(*FIX).out == "nothing to fix\n"


def test_json_has_each_fix(cli: Cli) -> None:
    """What was written, and what not."""
    cli.migration(UNINDEXED + "create table public.open (id int primary key);\ngrant select on public.open to anon;\n")
    report = cli(*FIX, "-f", "json").json
    assert report["written"] is True
    assert (cli.folder / report["path"]).read_text() == report["sql"]
    assert [(f["rule"], f["safety"]) for f in report["fixed"]] == [("fk-unindexed", "safe")]
    assert [(f["rule"], f["safety"]) for f in report["unsafe"]] == [("rls-disabled-exposed", "unsafe")]
    assert report["refused"] == []


def test_another_place_may_be_named(cli: Cli) -> None:
    """For sources that are no folder of migrations; a file that is there is not overwritten."""
    (cli.folder / "dump.sql").write_text(UNINDEXED)
    ran = cli(*FIX, "dump.sql")
    assert ran.code == 2
    assert "-o FILE" in ran.err
    assert cli(*FIX, "dump.sql", "-o", "fixes.sql").code == 0
    assert "create index" in (cli.folder / "fixes.sql").read_text()
    ran = cli(*FIX, "dump.sql", "-o", "fixes.sql")
    assert ran.code == 2
    assert "there is a file already" in ran.err
    assert cli(*FIX, "dump.sql", "-o", "a.sql", "-o", "b.sql").code == 2


@pytest.mark.parametrize("source", ["snapshot.json", "postgresql://u:hunter22@localhost/d"])
def test_a_source_without_migrations_is_said(cli: Cli, source: str) -> None:
    """A fix is proved on top of migrations."""
    ran = cli(*FIX, source)
    assert ran.code == 2
    assert "fixes are proved on migrations" in ran.err
    assert "hunter22" not in ran.err
