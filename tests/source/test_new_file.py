"""What a new migration is called in each layout, and that no file is ever overwritten."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from policytool.errors import UsageError
from policytool.source import read
from policytool.source.new_file import new_file, write_new

NOW = datetime.datetime(2026, 6, 1, 12, 30, 45, tzinfo=datetime.UTC)
SQL = "create table a (id int);\n"


def project(top: Path, *names: str, text: str = SQL) -> None:
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("layout", "names", "text", "expected"),
    [
        ("supabase", ["supabase/migrations/20240101000000_a.sql"], SQL, "supabase/migrations/20260601123045_fix.sql"),
        ("supabase", ["supabase/migrations/20991231235959_a.sql"], SQL, "supabase/migrations/21000101000000_fix.sql"),
        ("supabase", ["supabase/migrations/20990199009999_a.sql"], SQL, "supabase/migrations/20990199010000_fix.sql"),
        ("supabase", ["supabase/migrations/0009_a.sql"], SQL, "supabase/migrations/0010_fix.sql"),
        ("prisma", ["prisma/migrations/20240101000000_a/migration.sql"], SQL,
         "prisma/migrations/20260601123045_fix/migration.sql"),
        ("hasura", ["migrations/default/1700000000000_a/up.sql"], SQL,
         "migrations/default/1780317045000_fix/up.sql"),
        ("flyway", ["db/V1__a.sql", "db/V2__b.sql", "db/R__v.sql"], SQL, "db/V3__fix.sql"),
        ("flyway", ["db/V1.9__a.sql", "db/V1.10__b.sql"], SQL, "db/V1.11__fix.sql"),
        ("golang-migrate", ["m/000007_a.up.sql", "m/000007_a.down.sql"], SQL, "m/000008_fix.up.sql"),
        ("golang-migrate", ["m/1700000000_a.up.sql"], SQL, "m/1780317045_fix.up.sql"),
        ("goose", ["m/00001_a.sql", "m/00002_b.sql"], "-- +goose Up\n" + SQL, "m/00003_fix.sql"),
        ("dbmate", ["db/migrations/20240101000000_a.sql"], "-- migrate:up\n" + SQL,
         "db/migrations/20260601123045_fix.sql"),
        ("sql-migrate", ["m/1_a.sql"], "-- +migrate Up\n" + SQL, "m/2_fix.sql"),
        ("node-pg-migrate", ["m/1700000000000_a.sql"], "-- Up Migration\n" + SQL, "m/1780317045000_fix.sql"),
        ("plain", ["m/9_a.sql", "m/10_b.sql"], SQL, "m/11_fix.sql"),
    ],
)  # fmt: skip
def test_the_layout_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str, names: list[str], text: str, expected: str
) -> None:
    """After the last one, in the same way of counting; read again, it is the last, in the same layout."""
    project(tmp_path, *names, text=text)
    monkeypatch.chdir(tmp_path)
    found = read(".")
    assert found.layout == layout
    new = new_file(found, "fix", now=NOW)
    assert new.path.as_posix() == expected
    body = new.text(new.block("comment on table a is 'fixed';"))
    write_new(new.path, body)
    again = read(".")
    assert again.layout == layout
    versioned = [file for file in again.files if not file.repeatable]
    assert versioned[-1] == new.read(body, versioned[-1].order)
    assert "comment on table" in versioned[-1].text


def test_sqlx_keeps_its_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the files are up and down, so is the new one; elsewhere it is not."""
    monkeypatch.chdir(tmp_path)
    project(tmp_path, "Cargo.toml", text="")
    project(tmp_path, "migrations/20240101000000_a.up.sql")
    assert new_file(read("."), "fix", now=NOW).path.as_posix() == "migrations/20260601123045_fix.up.sql"
    (tmp_path / "migrations/20240101000000_a.up.sql").rename(tmp_path / "migrations/20240101000000_a.sql")
    assert new_file(read("."), "fix", now=NOW).path.as_posix() == "migrations/20260601123045_fix.sql"


def test_goose_is_told_of_semicolons_in_a_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would cut the function in two."""
    project(tmp_path, "m/00001_a.sql", text="-- +goose Up\n" + SQL)
    monkeypatch.chdir(tmp_path)
    new = new_file(read("."), "fix", now=NOW)
    assert new.text(new.block("create function f() returns int language sql as $$ select 1; $$;")) == (
        "-- +goose Up\n-- +goose StatementBegin\n"
        "create function f() returns int language sql as $$ select 1; $$;\n-- +goose StatementEnd\n"
    )


@pytest.mark.parametrize(
    ("names", "text", "says"),
    [
        (["drizzle/0000_a.sql", "drizzle/meta/_journal.json"], '{"entries": [{"idx": 0, "tag": "0000_a"}]}', "journal"),
        (["deploy/a.sql", "sqitch.plan"], "%project=x\na 2024-01-01T00:00:00Z A <a@b>\n", "sqitch add"),
        (["supabase/schemas/a.sql"], SQL, "schema files say what there should be"),
        (["m/first.sql"], SQL, "would not run after"),
    ],
)
def test_a_layout_that_takes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], text: str, says: str
) -> None:
    """Nothing is guessed: an error, and a way out."""
    project(tmp_path, *names, text=text)
    if names[0].endswith(".sql"):
        (tmp_path / names[0]).write_text(SQL)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=says) as caught:
        new_file(read("."), "fix", now=NOW)
    assert caught.value.hint is not None
    assert "-o FILE" in caught.value.hint


def test_a_single_file_has_no_next_one(tmp_path: Path) -> None:
    """Unless it is named."""
    project(tmp_path, "dump.sql")
    with pytest.raises(UsageError, match="no folder of migrations"):
        new_file(read(str(tmp_path / "dump.sql")), "fix", now=NOW)
    named = new_file(read(str(tmp_path / "dump.sql")), "fix", output=tmp_path / "x.sql")
    assert named.path == tmp_path / "x.sql"


@pytest.mark.parametrize("slug", ["", "../x", "a b", "a/b", "-x", "a;b"])
def test_a_name_is_only_a_name(tmp_path: Path, slug: str) -> None:
    """It leads nowhere else."""
    project(tmp_path, "supabase/migrations/20240101000000_a.sql")
    with pytest.raises(UsageError, match="--name"):
        new_file(read(str(tmp_path)), slug, now=NOW)


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    """Nor a link to somewhere else, and nothing is left behind."""
    path = tmp_path / "a.sql"
    write_new(path, "one")
    with pytest.raises(UsageError, match="there is a file already"):
        write_new(path, "two")
    assert path.read_text() == "one"
    (tmp_path / "b.sql").symlink_to(tmp_path / "elsewhere.sql")
    with pytest.raises(UsageError, match="there is a file already"):
        write_new(tmp_path / "b.sql", "two")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.sql", "b.sql"]


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    """An error of the system is one line."""
    (tmp_path / "a").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_new(tmp_path / "a" / "b.sql", "one")
