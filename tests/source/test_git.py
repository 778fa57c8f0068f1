"""Sources read from a commit."""

import subprocess
from pathlib import Path

import pytest

from policytool.errors import NothingToAudit, SourceError
from policytool.source import read

FIRST = "supabase/migrations/20240101000000_ä b.sql"


def git(top: Path, *arguments: str) -> str:
    identity = [
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@b",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "init.defaultBranch=main",
    ]
    return subprocess.run(["git", *identity, *arguments], cwd=top, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose first commit is tagged, with a later state checked out and a third uncommitted."""
    top = tmp_path / "repository"
    (top / "supabase/migrations").mkdir(parents=True)
    (top / "web").mkdir()
    git(top, "init")
    (top / FIRST).write_text("create table ä ();")
    (top / "supabase/config.toml").write_text("[db]\nmajor_version = 16\n")
    (top / "web/notes.txt").write_text("no SQL")
    git(top, "add", ".")
    git(top, "commit", "-m", "first")
    git(top, "tag", "v1")
    (top / "supabase/migrations/20240102000000_b.sql").write_text("create table b ();")
    (top / "supabase/migrations/20240103000000_c.sql").symlink_to("../c.sql")
    (top / "supabase/migrations/20240104000000_d.sql").symlink_to("../../../outside.sql")
    (top / "supabase/c.sql").write_text("create table c ();")
    git(top, "add", ".")
    git(top, "commit", "-m", "second")
    (top / "supabase/migrations/20240105000000_e.sql").write_text("create table e ();")
    return top


def test_a_ref_is_read_without_a_checkout(repository: Path) -> None:
    """The files of the commit, not those of the working tree, with the paths a plain run would show."""
    project = read("git:v1", cwd=repository)
    assert (project.label, project.layout, project.root) == ("git:v1", "supabase", None)
    assert [(file.path, file.text) for file in project.files] == [(FIRST, "create table ä ();")]
    assert project.config is not None
    assert (project.config.major_version, project.config.path) == (16, "supabase/config.toml")
    assert len(read(".", cwd=repository).files) > 1


def test_links_stay_inside_the_commit(repository: Path) -> None:
    """A link is followed to a file of the same commit, and never to one on disk."""
    (repository.parent / "outside.sql").write_text("create table secret ();")
    project = read("git:HEAD", cwd=repository)
    assert [file.text for file in project.files] == ["create table ä ();", "create table b ();", "create table c ();"]
    assert "20240104000000_d.sql was not read: it is a broken link" in project.notes[-1].message


def test_paths_in_a_ref(repository: Path) -> None:
    """A path is taken from the working directory first, then from the top of the repository."""
    for cwd, path in (
        (".", "supabase"),
        ("supabase", "migrations"),
        ("web", "supabase/migrations"),
        ("web", "../supabase"),
    ):
        project = read(f"git:v1:{path}", cwd=repository / cwd)
        assert (project.layout, len(project.files)) == ("supabase", 1)
    assert read("git:v1", cwd=repository / "supabase").files[0].path == FIRST.removeprefix("supabase/")
    assert read("git:v1:supabase", cwd=repository / "web").files[0].path == f"../{FIRST}"


def test_one_file_of_a_ref(repository: Path) -> None:
    """A path may name a file."""
    project = read(f"git:v1:{FIRST}", cwd=repository)
    assert (project.layout, [file.path for file in project.files]) == ("file", [FIRST])


def test_what_a_ref_does_not_have(repository: Path) -> None:
    """Unknown refs and paths, and folders without SQL, are clear errors."""
    for source, message in (
        ("git:nope", "nope is not a commit"),
        ("git:v1:nope", "v1 has no nope"),
        ("git:", "empty name"),
    ):
        with pytest.raises(SourceError, match=message):
            read(source, cwd=repository)
    with pytest.raises(NothingToAudit, match=r"holds no \.sql file"):
        read("git:v1", cwd=repository / "web")
    with pytest.raises(SourceError, match="goes beyond the limit of 10 bytes"):
        read("git:v1", cwd=repository, max_bytes=10)


def test_a_shallow_clone_says_how_to_get_more(repository: Path, tmp_path: Path) -> None:
    """In CI the base branch is often missing; the hint says what to do."""
    git(tmp_path, "clone", "--depth", "1", repository.as_uri(), "shallow")
    with pytest.raises(SourceError, match="v1 is not a commit") as caught:
        read("git:v1", cwd=tmp_path / "shallow")
    assert caught.value.hint is not None
    assert "fetch-depth: 0" in caught.value.hint
    assert len(read("git:HEAD", cwd=tmp_path / "shallow").files) == 3


def test_a_repository_without_files_in_it(tmp_path: Path) -> None:
    """Before the first commit there is no HEAD to read."""
    git(tmp_path, "init")
    with pytest.raises(SourceError, match="HEAD is not a commit"):
        read("git:HEAD", cwd=tmp_path)


def test_includes_and_marks_work_in_a_ref(repository: Path) -> None:
    """What a file includes is read from the same commit."""
    (repository / "db").mkdir()
    (repository / "db/init.sql").write_text("\\ir parts/a.sql\n\\ir ../../outside.sql\n")
    (repository / "db/parts").mkdir()
    (repository / "db/parts/a.sql").write_text("create table a ();")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "third")
    (repository / "db/parts/a.sql").write_text("changed")
    (file,) = read("git:HEAD:db", cwd=repository).files
    assert [(part.name, part.file.text) for part in file.includes] == [("parts/a.sql", "create table a ();")]
