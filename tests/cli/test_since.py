"""`policytool audit --since`: what is new since a branch left another one, in real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli

OLD_SIN = OPEN_TABLE.replace("notes", "sins")
NEW = "20250101000000_two.sql"
EXPLICIT = ("--platform", "supabase-explicit")  # no table is granted to anybody by default


def git(top: Path, *arguments: str) -> str:
    identity = (
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@b",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "init.defaultBranch=main",
    )
    done = subprocess.run(["git", *identity, *arguments], cwd=top, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(cli: Cli) -> Cli:
    """A branch that has just left main, where an open table is an old sin, and a private one is none."""
    git(cli.folder, "init")
    cli.migration(OLD_SIN + CLEAN_TABLE + "grant select on public.sins to anon;\ncreate table public.later (id int);\n")
    git(cli.folder, "add", ".")
    git(cli.folder, "commit", "-m", "one")
    git(cli.folder, "checkout", "-b", "branch")
    return cli


def found(cli: Cli, *arguments: str) -> set[tuple[str, str]]:
    """(rule, identity) of what an audit since main reports, on an explicit platform."""
    return {(f["rule"], f["identity"]) for f in report(cli, *arguments)["findings"]}


def report(cli: Cli, *arguments: str) -> Any:
    ran = cli("audit", *arguments, "--since", "main", "-f", "json", *EXPLICIT)
    assert ran.err == ""
    return ran.json


def test_an_untouched_old_sin_is_not_reported(repository: Cli) -> None:
    """It is counted, and the exit code is 0."""
    assert repository("audit", *EXPLICIT).code == 1
    ran = repository("audit", "--since", "main", *EXPLICIT)
    assert ran.code == 0
    assert "from before main" in ran.out
    assert report(repository)["since"] == {
        "ref": "main", "commit": git(repository.folder, "rev-parse", "main"), "added": [], "changed": [],
        "before": report(repository)["since"]["before"],
    }  # fmt: skip
    assert report(repository)["since"]["before"] > 0


def test_a_new_table_is_reported(repository: Cli) -> None:
    """Whether the new file is committed or not even added."""
    repository.migration("create table public.fresh (id int primary key); grant select on public.fresh to anon;\n", NEW)
    assert ("rls-disabled-exposed", "table public.fresh") in found(repository)
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-m", "two")
    assert ("rls-disabled-exposed", "table public.fresh") in found(repository)
    assert not {i for _, i in found(repository) if i == "table public.sins"}
    assert repository("audit", "--since", "main", *EXPLICIT).code == 1


def test_a_late_grant_on_an_old_table_is_caught(repository: Cli) -> None:
    """The table was made long ago; it is the grant that opens it now, and the finding points there."""
    repository.migration("grant select on public.later to anon;\n", NEW)
    (finding,) = [f for f in report(repository)["findings"] if f["rule"] == "rls-disabled-exposed"]
    assert finding["identity"] == "table public.later"
    assert [r["location"]["path"] for r in finding["related"] if r["location"]] == [f"supabase/migrations/{NEW}"]


def test_an_old_sin_that_gets_worse_is_caught(repository: Cli) -> None:
    """Same fingerprint, other evidence: anon could read, and now may write too."""
    repository.migration("grant insert, delete on public.sins to anon;\n", NEW)
    assert ("rls-disabled-exposed", "table public.sins") in found(repository)


def test_an_old_sin_that_is_mended_in_part_is_not_new(repository: Cli) -> None:
    """Half of the way is no news."""
    repository.migration("grant insert on public.sins to authenticated;\n")
    git(repository.folder, "checkout", "main")
    repository.migration(
        OLD_SIN + "grant select on public.sins to anon;\ngrant select on public.sins to authenticated;\n"
    )
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-m", "wider")
    git(repository.folder, "checkout", "-b", "narrow")
    repository.migration("revoke select on public.sins from authenticated;\n", NEW)
    assert ("rls-disabled-exposed", "table public.sins") not in found(repository)


def test_a_finding_whose_severity_falls_is_not_new(repository: Cli) -> None:
    """The function reached around the policies of a table; now the table is open, and that is told of the table."""
    sql = (
        "create function public.f() returns bigint language sql security definer set search_path = ''\n"
        "as 'select count(*) from public.notes';\ngrant execute on function public.f() to anon;\n"
    )
    repository.migration(CLEAN_TABLE + sql)
    git(repository.folder, "commit", "-am", "function")
    git(repository.folder, "branch", "-f", "main")
    git(repository.folder, "checkout", "-b", "third")
    repository.migration("alter table public.notes disable row level security;\n"
                         "grant select on public.notes to anon;\n", NEW)  # fmt: skip
    then, now = (
        {f["severity"] for f in repository("audit", *source, "-f", "json", *EXPLICIT).json["findings"]
         if f["rule"] == "definer-anon-executable"} for source in (("git:main",), ())
    )  # fmt: skip
    assert (then, now) == ({"warning"}, {"info"})
    assert "definer-anon-executable" not in {rule for rule, _ in found(repository)}


def test_what_main_did_since_is_not_the_branchs(repository: Cli) -> None:
    """The base is where the branch left main, not where main is now."""
    git(repository.folder, "checkout", "main")
    path = repository.migration("create table public.theirs (id int); grant select on public.theirs to anon;\n", NEW)
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-m", "theirs")
    git(repository.folder, "checkout", "branch")
    assert not path.exists()
    assert found(repository) == set()


def test_an_old_file_may_be_edited(repository: Cli) -> None:
    """Then the histories differ from there on, and still only what is new is told."""
    repository.migration("-- moved down\n\n" + OLD_SIN + CLEAN_TABLE + "grant select on public.sins to anon;\n"
                         "create table public.later (id int);\ngrant select on public.later to anon;\n")  # fmt: skip
    assert found(repository) == {("rls-disabled-exposed", "table public.later")} | {
        item for item in found(repository) if item[1] != "table public.sins"
    }
    assert report(repository)["since"]["changed"] == ["supabase/migrations/20240101000000_one.sql"]
    assert not {i for _, i in found(repository) if i == "table public.sins"}


def test_statements_count_only_in_new_files(repository: Cli) -> None:
    """A rule about migrations says nothing of what has long been run; an edited file tells only what is added."""
    secret = "select 1; alter table public.notes disable row level security;\n"
    first = repository.migration(CLEAN_TABLE + "grant select on public.notes to anon;\n" + secret)
    git(repository.folder, "commit", "-am", "again")
    git(repository.folder, "branch", "-f", "main")
    git(repository.folder, "checkout", "-b", "third")
    assert ("disable-rls", "table public.notes") not in found(repository)
    first.write_text("\n\n-- an edit\n" + first.read_text())
    assert ("disable-rls", "table public.notes") not in found(repository)


def test_an_ignore_that_is_taken_away_shows_its_finding(repository: Cli) -> None:
    """What was ignored at the base was not there to be seen."""
    ignored = (
        "-- policytool: ignore[rls-disabled-exposed] for now\n" + OLD_SIN + "grant select on public.sins to anon;\n"
    )
    first = repository.migration(ignored)
    git(repository.folder, "commit", "-am", "ignored")
    git(repository.folder, "branch", "-f", "main")
    git(repository.folder, "checkout", "-b", "third")
    assert found(repository) == set()
    first.write_text(ignored.partition("\n")[2])
    assert ("rls-disabled-exposed", "table public.sins") in found(repository)


def test_a_new_ignore_that_hides_nothing_is_new(repository: Cli) -> None:
    """And one that was unused before is not."""
    repository.migration("-- policytool: ignore[fk-unindexed] old\nselect 1;\n", "20240201000000_old.sql")
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-m", "old")
    git(repository.folder, "branch", "-f", "main")
    git(repository.folder, "checkout", "-b", "third")
    assert found(repository) == set()
    repository.migration("-- policytool: ignore[fk-unindexed] new\nselect 2;\n", NEW)
    assert found(repository) == {("unused-ignore", 'ignore "fk-unindexed"')}
    assert len(report(repository)["findings"]) == 1


def test_schemas_that_become_exposed_are_new(repository: Cli) -> None:
    """The settings at the base are those of the base."""
    sql = "create schema api; grant usage on schema api to anon; create table api.t (id int);"
    repository.migration(sql + "grant select on api.t to anon;")
    config = repository.folder / "supabase/config.toml"
    config.write_text('[api]\nschemas = ["public"]\n')
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-m", "api")
    git(repository.folder, "branch", "-f", "main")
    git(repository.folder, "checkout", "-b", "third")
    assert ("rls-disabled-exposed", "table api.t") not in found(repository)
    config.write_text('[api]\nschemas = ["public", "api"]\n')
    assert ("rls-disabled-exposed", "table api.t") in found(repository)


def test_a_project_that_is_new_is_new_altogether(cli: Cli) -> None:
    """At the base there was no SQL, or no such folder."""
    git(cli.folder, "init")
    (cli.folder / "README").write_text("nothing yet")
    git(cli.folder, "add", ".")
    git(cli.folder, "commit", "-m", "one")
    cli.migration(OPEN_TABLE + "grant select on public.notes to anon;")
    for source in ("supabase/migrations", ".", "supabase/migrations/20240101000000_one.sql"):
        assert ("rls-disabled-exposed", "table public.notes") in found(cli, source)


@pytest.mark.parametrize("source", [".", "supabase/migrations", "../{name}/supabase", "{folder}"])
def test_it_does_not_matter_how_the_source_is_named(repository: Cli, source: str) -> None:
    """Nor from where: paths of both sides are shown alike, so that files are known again."""
    named = source.format(name=repository.folder.name, folder=repository.folder)
    assert found(repository, named) == set()
    assert report(repository, named)["since"]["changed"] == []


def test_it_works_from_elsewhere_and_for_a_commit(
    repository: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any
) -> None:
    """From outside of the repository, from a folder inside, and for a source that is itself a ref."""
    repository.migration("create table public.fresh (id int primary key); grant select on public.fresh to anon;\n", NEW)
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-m", "two")
    expected = ("rls-disabled-exposed", "table public.fresh")
    assert expected in found(repository, "git:branch:supabase/migrations")
    monkeypatch.chdir(repository.folder / "supabase" / "migrations")
    assert report(repository, ".")["since"]["added"] == [NEW]
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert expected in found(repository, str(repository.folder))
    assert report(repository, str(repository.folder))["since"]["changed"] == []


def test_sql_that_could_not_be_followed_before_does_not_fail_a_strict_audit(repository: Cli) -> None:
    """`--strict` looks at what is new, as everything does."""
    repository.migration("create tabel broken;\n", "20240201000000_old.sql")
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-m", "old")
    git(repository.folder, "branch", "-f", "main")
    git(repository.folder, "checkout", "-b", "third")
    assert repository("audit", "--strict", *EXPLICIT, "--fail-on", "never").code == 1
    assert repository("audit", "--strict", "--since", "main", *EXPLICIT).code == 0
    repository.migration("create tabel broken;\n", NEW)
    assert repository("audit", "--strict", "--since", "main", "--fail-on", "never", *EXPLICIT).code == 1


def clone(repository: Cli, tmp: Path, *options: str) -> Path:
    git(repository.folder, "commit", "--allow-empty", "-m", "more")
    git(tmp, "clone", *options, repository.folder.as_uri(), "clone")
    return tmp / "clone"


def test_a_shallow_clone_says_how_to_get_more(
    repository: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whether the ref is missing, or only the commits in between; the command that is named mends it."""
    git(repository.folder, "checkout", "main")
    git(repository.folder, "commit", "--allow-empty", "-m", "main goes on")
    git(repository.folder, "checkout", "branch")
    top = clone(repository, tmp_path_factory.mktemp("ci"), "--depth", "1")
    monkeypatch.chdir(top)
    ran = repository("audit", "--since", "origin/main")
    assert (ran.code, ran.out) == (2, "")
    assert "origin/main is not a commit" in ran.err
    assert "git fetch --unshallow" in ran.err
    assert "fetch-depth: 0" in ran.err
    git(top, "fetch", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    ran = repository("audit", "--since", "origin/main")
    assert ran.code == 2
    assert "does not reach back to where HEAD left origin/main" in ran.err
    assert "git fetch --unshallow" in ran.err
    git(top, "fetch", "--unshallow", "origin", "branch", "main:refs/remotes/origin/main")
    assert repository("audit", "--since", "origin/main", *EXPLICIT).code == 0


def test_a_partial_clone_is_told_and_not_guessed(
    repository: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Content that is missing at the base would make everything look new."""
    repository.migration("select 1;", NEW)
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-m", "two")
    git(repository.folder, "config", "uploadpack.allowFilter", "true")
    (repository.folder / "supabase/migrations/20240101000000_one.sql").write_text("select 2;")
    git(repository.folder, "commit", "-am", "edited")
    top = clone(repository, tmp_path_factory.mktemp("ci"), "--filter=blob:none")
    monkeypatch.chdir(top)
    ran = repository("audit", "--since", "origin/main")
    assert ran.code == 2
    assert "this clone does not have " in ran.err
    assert "clone again without --filter" in ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--since", "nope"), "--since nope: nope is not a commit of this repository"),
        (("--since", "-x"), "-x is not a git ref"),
        (("-", "--since", "main"), "standard input has no history"),
        (("x.json", "--since", "main"), "a snapshot has no history"),
        (("postgresql://u:hunter22@h/d", "--since", "main"), "a database has no history"),
        (("--since", "main", "--apply"), "--since and --apply do not go together"),
    ],
)
def test_what_cannot_be_compared_is_said(repository: Cli, arguments: tuple[str, ...], says: str) -> None:
    """One message, exit code 2, no traceback."""
    ran = repository("audit", *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert "hint:" in ran.err
    assert "hunter22" not in ran.err


def test_outside_of_a_repository(cli: Cli) -> None:
    """Git's own words, and what to do."""
    cli.migration(OPEN_TABLE)
    ran = cli("audit", "--since", "main")
    assert ran.code == 2
    assert "not a git repository" in ran.err
    assert "run it inside a git repository" in ran.err


def test_unrelated_histories(repository: Cli) -> None:
    """Nothing in common is no base."""
    git(repository.folder, "checkout", "--orphan", "other")
    git(repository.folder, "commit", "-m", "other")
    ran = repository("audit", "--since", "main")
    assert ran.code == 2
    assert "have no commit in common" in ran.err


def test_a_repository_without_commits(cli: Cli) -> None:
    """There is nothing to compare with yet."""
    git(cli.folder, "init")
    cli.migration(OPEN_TABLE)
    ran = cli("audit", "--since", "main")
    assert ran.code == 2
    assert "main is not a commit" in ran.err
