"""Each layout, made of files, is recognised and put in its own order."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from policytool.source import Project, read

SQL = "create table t ();\n"


def made(top: Path, files: Mapping[str, str] | list[str]) -> Path:
    for name in files:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name] if isinstance(files, Mapping) else SQL)
    return top


def names(project: Project) -> list[str]:
    return [file.path for file in project.files]


def said(project: Project) -> str:
    return "\n".join(note.message for note in project.notes)


def test_supabase_from_the_repository_root(tmp_path: Path) -> None:
    """The migrations are found below, seeds and tests are no history, and the settings are read."""
    config = '[api]\nschemas = ["public", "api"]\nauto_expose_new_tables = false\n[db]\nmajor_version = 15\n'
    files = ["supabase/migrations/20240102000000_b.sql", "supabase/migrations/20240101000000_a.sql"]
    others = {"supabase/config.toml": config, "supabase/seed.sql": SQL, "supabase/tests/x.sql": SQL}
    made(tmp_path, dict.fromkeys(files, SQL) | others)
    project = read(".", cwd=tmp_path)
    assert project.layout == "supabase"
    assert names(project) == sorted(files)
    assert [file.version for file in project.files] == ["20240101000000", "20240102000000"]
    assert [file.order for file in project.files] == [0, 1]
    assert project.config is not None
    assert project.config.exposed_schemas == ("public", "api")
    assert (project.config.major_version, project.config.auto_expose_new_tables) == (15, False)
    assert project.config.path == "supabase/config.toml"
    assert said(project).startswith("reads supabase/migrations (layout supabase), not . (plain, 1 file)")
    assert project.root == str(tmp_path / "supabase/migrations")


@pytest.mark.parametrize("source", ["supabase", "supabase/migrations"])
def test_supabase_by_its_folders(tmp_path: Path, source: str) -> None:
    """The folder itself may be named, and the settings above it are found."""
    files = {"supabase/migrations/1_a.sql": SQL, "supabase/config.toml": "[db]\nmajor_version = 17\n"}
    project = read(source, cwd=made(tmp_path, files))
    assert (project.layout, names(project)) == ("supabase", ["supabase/migrations/1_a.sql"])
    assert project.config is not None
    assert project.config.major_version == 17


def test_supabase_names_that_the_cli_passes_over(tmp_path: Path) -> None:
    """They are read in name order and counted, unless one asks for the tool's own view; what goes back is not read."""
    kept = ["20240101-x.sql", "20240102_y.sql", "20240103-z.sql", "fix.sql"]
    made(tmp_path / "supabase/migrations", [*kept, "rollback_y.sql", "archive/20230101_old.sql"])
    project = read(".", cwd=tmp_path)
    assert [Path(name).name for name in names(project)] == kept
    assert [file.skipped_by_tool for file in project.files] == [True, False, True, True]
    assert "reads also 3 files that the Supabase CLI passes over by name" in said(project)
    assert "leaves out 1 file in sub-folders: 20230101_old.sql" in said(project)
    assert "leaves out 1 file that go back: rollback_y.sql" in said(project)
    strict = read(".", cwd=tmp_path, as_tool=True)
    assert [Path(name).name for name in names(strict)] == ["20240102_y.sql"]
    assert "leaves out 3 files that the Supabase CLI passes over" in said(strict)


def test_supabase_old_init_is_passed_over_by_the_cli(tmp_path: Path) -> None:
    """The dump that the first versions of the CLI wrote is skipped when it comes first."""
    made(tmp_path / "supabase/migrations", ["20211208000000_init.sql", "20211210000000_init.sql"])
    assert [file.skipped_by_tool for file in read(".", cwd=tmp_path).files] == [True, False]


def test_supabase_in_a_monorepo(tmp_path: Path) -> None:
    """The shallowest folder wins, what others installed is not looked at, and the rest is named."""
    files = ["apps/db/supabase/migrations/1_a.sql", "x/y/z/supabase/migrations/1_b.sql"]
    made(tmp_path, [*files, "node_modules/p/supabase/migrations/1_c.sql", ".hidden/supabase/migrations/1_d.sql"])
    project = read(".", cwd=tmp_path)
    assert names(project) == files[:1]
    assert said(project) == (
        "reads apps/db/supabase/migrations (layout supabase), not x/y/z/supabase/migrations (supabase, 1 file)"
    )


def test_supabase_declarative(tmp_path: Path) -> None:
    """Schema files stand in name order, or in that of schema_paths, with what it does not name left out."""
    made(tmp_path / "supabase/schemas", ["a.sql", "b.sql", "c/d.sql", "z.sql"])
    project = read(".", cwd=tmp_path)
    assert project.layout == "supabase-declarative"
    assert [Path(name).name for name in names(project)] == ["a.sql", "b.sql", "d.sql", "z.sql"]
    paths = '[db.migrations]\nschema_paths = ["./schemas/z.sql", "./schemas/*.sql", "./schemas/missing.sql"]\n'
    (tmp_path / "supabase/config.toml").write_text(paths)
    for source in (".", "supabase/schemas"):
        project = read(source, cwd=tmp_path)
        assert [Path(name).name for name in names(project)] == ["z.sql", "a.sql", "b.sql"]
        assert "leaves out 1 file that schema_paths does not name: d.sql" in said(project)


def test_migrations_win_over_declarative_schemas(tmp_path: Path) -> None:
    """What is deployed is audited, and the other folder is named."""
    made(tmp_path, ["supabase/schemas/a.sql", "supabase/migrations/1_a.sql"])
    project = read(".", cwd=tmp_path)
    assert project.layout == "supabase"
    assert "not supabase/schemas (supabase-declarative, 1 file)" in said(project)


def test_broken_config_is_a_note(tmp_path: Path) -> None:
    """Settings that cannot be read stop nothing."""
    project = read(".", cwd=made(tmp_path, {"supabase/migrations/1_a.sql": SQL, "supabase/config.toml": "= ["}))
    assert project.config is None
    assert "supabase/config.toml was not used" in said(project)


def test_flyway(tmp_path: Path) -> None:
    """Versions are numbers, repeatable files come last, and undo files never run."""
    made(tmp_path / "db/migration", ["V1.10__x.sql", "V1.9__y.sql", "V2_0__z.sql", "R__b.sql", "R__a.sql", "U2__z.sql"])
    made(tmp_path / "db/migration/sub", ["V1__first.sql"])
    project = read(".", cwd=tmp_path)
    assert project.layout == "flyway"
    assert [(Path(file.path).name, file.version) for file in project.files] == [
        ("V1__first.sql", "1"),
        ("V1.9__y.sql", "1.9"),
        ("V1.10__x.sql", "1.10"),
        ("V2_0__z.sql", "2"),
        ("R__a.sql", None),
        ("R__b.sql", None),
    ]
    assert [file.repeatable for file in project.files] == [False] * 4 + [True] * 2
    assert "leaves out 1 file that undo: U2__z.sql" in said(project)


def test_flyway_without_a_transaction(tmp_path: Path) -> None:
    """A file of settings beside a migration may say that it runs without a transaction."""
    made(tmp_path, {"V1__a.sql": "select 1;", "V2__b.sql": "select 2;", "V3__c.sql": "select 3;"})
    (tmp_path / "V2__b.sql.conf").write_text("# big index\nexecuteInTransaction=false\n")
    (tmp_path / "V3__c.sql.conf").write_text("executeInTransaction=true\n")
    assert [file.transaction for file in read(str(tmp_path)).files] == [True, False, True]


def test_flyway_baseline(tmp_path: Path) -> None:
    """A new database starts from the newest baseline, and skips what it replaces."""
    made(tmp_path, ["V1__a.sql", "V3__c.sql", "B2__base.sql", "B1__old.sql", "V2__b.sql"])
    assert names(read(".", cwd=tmp_path)) == ["B2__base.sql", "V3__c.sql"]


def test_golang_migrate(tmp_path: Path) -> None:
    """Only the way up, in order of the number and not of the text."""
    made(tmp_path / "migrations", ["10_b.up.sql", "10_b.down.sql", "9_a.up.sql", "9_a.down.sql"])
    project = read(".", cwd=tmp_path)
    assert (project.layout, names(project)) == ("golang-migrate", ["migrations/9_a.up.sql", "migrations/10_b.up.sql"])


@pytest.mark.parametrize(
    ("layout", "up", "down"),
    [
        ("dbmate", "-- migrate:up", "-- migrate:down"),
        ("goose", "-- +goose Up", "-- +goose Down"),
        ("sql-migrate", "-- +migrate Up", "-- +migrate Down"),
        ("node-pg-migrate", "-- Up Migration", "-- Down Migration"),
    ],
)
def test_up_and_down_in_one_file(tmp_path: Path, layout: str, up: str, down: str) -> None:
    """The way down is blanked in place, so that every offset behind it stays true."""
    text = f"{up}\ncreate table ä ();\n\n{down}\ndrop table ä;\r\n{up}\ncreate table b ();\n"
    project = read(".", cwd=made(tmp_path, {"db/migrations/20240101_a.sql": text, "db/migrations/9_b.sql": text}))
    assert (project.layout, [Path(name).name for name in names(project)]) == (layout, ["9_b.sql", "20240101_a.sql"])
    blanked = project.files[0].text
    assert len(blanked) == len(text)
    assert blanked.replace(" ", "") == f"{up}\ncreate table ä ();\n\n\n\r\n{up}\ncreate table b ();\n".replace(" ", "")
    assert blanked.index("create table b") == text.index("create table b")
    assert project.files[0].transaction


@pytest.mark.parametrize(
    "text",
    [
        "-- +goose NO TRANSACTION\n-- +goose Up\nselect 1;",
        "-- +migrate Up notransaction\nselect 1;",
        "-- migrate:up transaction:false\nselect 1;",
    ],
)
def test_files_that_ask_for_no_transaction(tmp_path: Path, text: str) -> None:
    """A file says itself that its tool runs it statement by statement."""
    assert [file.transaction for file in read(".", cwd=made(tmp_path, {"1_a.sql": text})).files] == [False]


def test_sqitch(tmp_path: Path) -> None:
    """The plan decides the order; a reworked change runs its former script first, under the name of a tag."""
    plan = (
        "%syntax-version=1.0.0\n%project=x\n\nroles 2021-01-01T00:00:00Z A <a@b> # note\n"
        "t/users [roles] 2021-01-01T00:00:00Z A <a@b>\n@v1 2021-01-01T00:00:00Z A <a@b>\n"
        "@v2 2021-01-02T00:00:00Z A <a@b>\n"
        "t/users [t/users@v2] 2021-01-03T00:00:00Z A <a@b>\n# comment\n"
    )
    scripts = ["roles.sql", "t/users.sql", "t/users@v1.sql", "unplanned.sql"]
    files = {f"schema/{kind}/{script}": SQL for kind in ("deploy", "revert", "verify") for script in scripts}
    project = read(".", cwd=made(tmp_path, files | {"schema/sqitch.plan": plan}))
    assert project.layout == "sqitch"
    assert names(project) == [f"schema/deploy/{name}.sql" for name in ("roles", "t/users@v1", "t/users")]
    assert "leaves out 1 file that sqitch.plan does not name: unplanned.sql" in said(project)


def test_prisma(tmp_path: Path) -> None:
    """One folder for each migration, in the order of their names."""
    made(tmp_path / "prisma/migrations", ["20240102_b/migration.sql", "20240101_a/migration.sql"])
    project = read(".", cwd=tmp_path)
    assert project.layout == "prisma"
    assert [file.version for file in project.files] == ["20240101", "20240102"]


def test_drizzle(tmp_path: Path) -> None:
    """The journal decides the order, and what it does not name does not run."""
    journal = '{"entries": [{"idx": 1, "tag": "0000_b"}, {"idx": 0, "tag": "0001_a"}]}'
    text = "create table a ();\n--> statement-breakpoint\ncreate table b ();"
    files = {"d/0000_b.sql": text, "d/0001_a.sql": text, "d/0002_c.sql": text, "d/meta/_journal.json": journal}
    project = read(".", cwd=made(tmp_path, files))
    assert (project.layout, names(project)) == ("drizzle", ["d/0001_a.sql", "d/0000_b.sql"])
    assert "leaves out 1 file that the journal does not name: 0002_c.sql" in said(project)
    (tmp_path / "d/meta/_journal.json").write_text("[broken")
    assert names(read(".", cwd=tmp_path)) == ["d/0000_b.sql", "d/0001_a.sql", "d/0002_c.sql"]


def test_hasura(tmp_path: Path) -> None:
    """The up files of one database, by number; the other database is named."""
    ups = [f"migrations/main/{name}/{way}.sql" for name in ("10_b", "9_a") for way in ("up", "down")]
    project = read(".", cwd=made(tmp_path, [*ups, "migrations/other/1_x/up.sql"]))
    assert project.layout == "hasura"
    assert names(project) == ["migrations/main/9_a/up.sql", "migrations/main/10_b/up.sql"]
    assert "not migrations/other (hasura, 1 file)" in said(project)


def test_sqlx(tmp_path: Path) -> None:
    """Numbered files in a Rust project."""
    files = dict.fromkeys(["migrations/20240101_a.sql", "migrations/20230101_b.sql"], SQL) | {"Cargo.toml": ""}
    project = read(".", cwd=made(tmp_path, files))
    assert project.layout == "sqlx"
    assert names(project) == ["migrations/20230101_b.sql", "migrations/20240101_a.sql"]


def test_plain_folder(tmp_path: Path) -> None:
    """Files in natural order, with sub-folders; seeds and the way down are said and not read."""
    made(tmp_path, ["10_b.sql", "9_a.sql", "sub/1_c.sql", "9_a_down.sql", "seed.sql"])
    project = read(str(tmp_path), cwd=tmp_path.parent)
    assert (project.layout, [Path(name).name for name in names(project)]) == (
        "plain",
        ["9_a.sql", "10_b.sql", "1_c.sql"],
    )
    assert "leaves out 1 file that go back: 9_a_down.sql" in said(project)
    assert "leaves out 1 file that seed data: seed.sql" in said(project)


def test_a_folder_named_migrations_wins_over_scattered_files(tmp_path: Path) -> None:
    """History is preferred, and the rest is named."""
    made(tmp_path, ["schema.sql", "scripts/x.sql", "db/migrations/1.sql", "db/migrations/2.sql"])
    project = read(".", cwd=tmp_path)
    assert names(project) == ["db/migrations/1.sql", "db/migrations/2.sql"]
    assert "not . (plain, 2 files)" in said(project)


def test_one_file_about_migrations_is_not_the_history(tmp_path: Path) -> None:
    """A folder named so, with next to nothing in it, does not hide all the rest."""
    made(tmp_path, ["tables/migrations/schema_migrations.sql", *(f"tables/{number}.sql" for number in range(20))])
    assert len(read(".", cwd=tmp_path).files) == 21


def test_the_deploy_folder_of_sqitch_is_read_by_the_plan_beside_it(tmp_path: Path) -> None:
    """Naming the scripts' folder itself does not lose their order."""
    head = "%syntax-version=1.0.0\n%project=shop\n\n"
    plan = head + "".join(f"{name} 2024-01-01T00:00:00Z A <a@example.com>\n" for name in "ba")
    made(tmp_path, {"schema/sqitch.plan": plan, "schema/deploy/a.sql": SQL, "schema/deploy/b.sql": SQL})
    project = read("schema/deploy", cwd=tmp_path)
    assert project.layout == "sqitch"
    assert names(project) == ["schema/deploy/b.sql", "schema/deploy/a.sql"]


def test_anonymous_sign_ins_are_read_from_the_project(tmp_path: Path) -> None:
    """supabase/config.toml says whether one can sign in without an account."""
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    (tmp_path / "supabase" / "migrations" / "20240101000000_a.sql").write_text("select 1;")
    (tmp_path / "supabase" / "config.toml").write_text("[auth]\nenable_anonymous_sign_ins = false\n")
    settings = read(str(tmp_path)).config
    assert settings is not None
    assert settings.anonymous_sign_ins is False
