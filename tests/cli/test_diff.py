"""`policytool diff`: what it says, what it writes and where, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool.catalog.transactions import refuses_transaction, spans
from policytool.errors import UsageError
from policytool.source import read
from policytool.source.new_file import write_all
from policytool.syntax.parse import parse_file
from tests.cli.support import Cli

BEFORE = "create table t (a int, st text); create type mood as enum ('sad');"
AFTER = """create type mood as enum ('sad', 'glad');
create table t (a int not null, st text, b text default 'glad', m mood default 'glad');
create index i on t (b);
create function f() returns int language plpgsql as $$begin return 1; end$$;
"""
LAYOUTS = {
    "supabase": ("supabase/migrations/20240101000000_a.sql", BEFORE),
    "prisma": ("prisma/migrations/20240101000000_a/migration.sql", BEFORE),
    "hasura": ("migrations/default/1700000000000_a/up.sql", BEFORE),
    "flyway": ("db/V1__a.sql", BEFORE),
    "golang-migrate": ("m/000007_a.up.sql", BEFORE),
    "goose": ("m/00001_a.sql", f"-- +goose Up\n{BEFORE}"),
    "dbmate": ("db/migrations/20240101000000_a.sql", f"-- migrate:up\n{BEFORE}"),
    "sql-migrate": ("m/1_a.sql", f"-- +migrate Up\n{BEFORE}"),
    "plain": ("m/1_a.sql", BEFORE),
}  # fmt: skip


def project(cli: Cli, layout: str) -> None:
    """One migration of a layout, and the SQL that there is to be."""
    name, text = LAYOUTS[layout]
    path = cli.folder / "project" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    (cli.folder / "after.sql").write_text(AFTER)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_next_migrations_of_each_layout(cli: Cli, layout: str) -> None:
    """Read again as its tool reads them they make AFTER; what refuses a transaction is in none, the rest is in one."""
    project(cli, layout)
    old = {file.path for file in read("project").files}
    ran = cli("diff", "project", "after.sql", "--online", "--no-verify", "--platform", "postgres", "-o")
    assert ran.code == 0, ran.err
    assert cli("diff", "project", "after.sql", "--platform", "postgres", "-f", "sql").out == ""
    found = read("project")
    assert found.layout == layout
    new = [file for file in found.files if file.path not in old]
    assert ran.out.splitlines() == [f"{file.path}: written" for file in new]
    assert len(new) == (1 if layout == "plain" else 5)
    for file in new:
        statements = parse_file(file).statements
        for start, end, why in spans(file, statements):
            alone = [refuses_transaction(s.kind, s.node) for s in statements[start:end]]
            assert not (any(alone) and why)


def test_a_tool_that_always_opens_a_transaction_is_told_of(cli: Cli) -> None:
    """node-pg-migrate cannot make an index beside the work: that is said, and nothing is written."""
    path = cli.folder / "m" / "1700000000000_a.sql"
    path.parent.mkdir()
    path.write_text(f"-- Up Migration\n{BEFORE}")
    (cli.folder / "after.sql").write_text(AFTER)
    ran = cli("diff", "m", "after.sql", "--online", "--no-verify", "-o")
    assert ran.code == 2
    assert "node-pg-migrate runs every file in a transaction, which this refuses: create index concurrently" in ran.err
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_one_file_cannot_commit_twice(cli: Cli) -> None:
    """A name of one's own in a folder whose tool runs each file in one transaction."""
    project(cli, "supabase")
    ran = cli("diff", "project", "after.sql", "--no-verify", "-o", "project/supabase/migrations/20250101000000_b.sql")
    assert ran.code == 2
    assert "commits 2 times, and the Supabase CLI runs a file in one transaction" in ran.err
    assert len(list((cli.folder / "project/supabase/migrations").iterdir())) == 1


def test_a_file_of_ones_own_stands_by_itself(cli: Cli) -> None:
    """Elsewhere a file has its BEGIN and COMMIT, as psql needs them; it is never overwritten."""
    project(cli, "supabase")
    assert cli("diff", "project", "after.sql", "--no-verify", "-o", "plan.sql").code == 0
    text = (cli.folder / "plan.sql").read_text()
    assert text.count("\nbegin;\n") == text.count("\ncommit;\n") == 2
    ran = cli("diff", "project", "after.sql", "--no-verify", "-o", "plan.sql")
    assert (ran.code, "there is a file already" in ran.err) == (2, True)
    assert (cli.folder / "plan.sql").read_text() == text


def test_reports_are_written_again(cli: Cli) -> None:
    """A report may replace that of the last run; beside it the migration is written."""
    project(cli, "supabase")
    for _ in range(2):
        assert cli("diff", "project", "after.sql", "--no-verify", "-o", "markdown:x.md", "-o", "json:x.json").code == 0
    assert (cli.folder / "x.md").read_text().startswith("### Schema")
    assert cli("diff", "project", "after.sql", "-o", "json:project").code == 2


def test_nothing_is_written_where_nothing_is_to_be_run(cli: Cli) -> None:
    """No file for no difference, and none that holds only what is left out."""
    project(cli, "supabase")
    (cli.folder / "same.sql").write_text(BEFORE)
    ran = cli("diff", "project", "same.sql", "--no-verify", "-o")
    assert (ran.code, ran.out) == (0, "nothing is written: nothing differs\n")
    (cli.folder / "less.sql").write_text("create table t (a int); create type mood as enum ('sad');")
    ran = cli("diff", "project", "less.sql", "--no-verify", "-o")
    assert (ran.code, "not run without --allow-drops" in ran.err) == (1, True)
    assert len(list((cli.folder / "project/supabase/migrations").iterdir())) == 1


@pytest.mark.parametrize("begins", ["empty", "postgresql://localhost/x", "x.json"])
def test_the_line_has_an_end_only_in_a_folder(begins: str) -> None:
    """-o without a name goes where BEFORE is; what is no folder has no next migration."""
    from policytool.cli.migrations import _project

    with pytest.raises(UsageError, match="is no folder of migrations"):
        _project(begins, as_tool=False)


def test_all_files_or_none(tmp_path: Path) -> None:
    """Where one cannot be placed, those that were are taken back, and the folders made for them."""
    (tmp_path / "b.sql").write_text("mine")
    with pytest.raises(UsageError, match="there is a file already"):
        write_all([(tmp_path / "new" / "a.sql", "a"), (tmp_path / "b.sql", "b")])
    assert {p.name for p in tmp_path.iterdir()} == {"b.sql"}
    assert (tmp_path / "b.sql").read_text() == "mine"
    write_all([(tmp_path / "new" / "a.sql", "a"), (tmp_path / "c.sql", "c")])
    assert {p.name for p in tmp_path.rglob("*.sql")} == {"a.sql", "b.sql", "c.sql"}


def test_exit_codes(cli: Cli) -> None:
    """0, or 1 for what was asked for: any change, a hazard, or a drop that is left out."""
    (cli.folder / "a.sql").write_text("create role r; create table t (a int);")
    (cli.folder / "b.sql").write_text("create role r; create table t (a int); grant select on t to r;")
    pair = ("diff", "a.sql", "b.sql")
    assert cli(*pair).code == 0
    assert cli(*pair, "--exit-code").code == 1
    assert cli(*pair, "--fail-on", "Widened").code == 1
    assert cli(*pair, "--fail-on", "widened", "--allow", "authz-widened").code == 0
    assert cli(*pair, "--fail-on", "narrowed").code == 0
    assert cli(*pair, "--fail-on", "broken").code == 2
    assert cli("diff", "a.sql", "empty").code == 1
    assert cli("diff", "a.sql", "empty", "--allow-drops").code == 0


def test_down_is_the_way_back(cli: Cli) -> None:
    """From AFTER to BEFORE, with what cannot be brought back named as lost."""
    (cli.folder / "a.sql").write_text("create table t (a int);")
    (cli.folder / "b.sql").write_text("create table t (a int, b int); create index i on t (b);")
    ran = cli("diff", "a.sql", "b.sql", "--down", "--allow-drops", "-f", "sql")
    assert "-- From b.sql to a.sql." in ran.out
    assert "-- DATA_LOSS: what public.t.b holds is gone" in ran.out
    assert "alter table public.t drop column b;" in ran.out


def test_the_way_back_says_what_does_not_come_back(cli: Cli) -> None:
    """What the way there throws away is named on the way back; a rename is brought back whole."""
    (cli.folder / "a.sql").write_text("create table t (a int, b int, c int); create table u (a int);")
    (cli.folder / "b.sql").write_text("create table t (\n  a int,\n  d int -- policytool: renamed from c\n);")
    ran = cli("diff", "a.sql", "b.sql", "--down", "-f", "sql")
    notes = [line for line in ran.out.splitlines() if line.startswith("-- note: ")]
    assert notes == [
        "-- note: public.t.b comes back without what it held",
        "-- note: public.u comes back without its rows",
    ]
    assert "rename column d to c;" in ran.out


def test_a_part_is_called_one(cli: Cli) -> None:
    """Statements that --kind or --schema leave out are counted: what is shown may not run without them."""
    (cli.folder / "b.sql").write_text("create table t (a int); create index i on t (a);")
    ran = cli("diff", "empty", "b.sql", "--kind", "index", "-f", "sql")
    assert "-- note: this is a part: 1 of 2 statements are not shown" in ran.out
    assert "create table" not in ran.out
    assert "this is a part" not in cli("diff", "empty", "b.sql", "-f", "sql").out
