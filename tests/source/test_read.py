"""Files, standard input, and what cannot be read."""

import io
import os
import sys
from pathlib import Path

import pytest

from policytool.errors import NothingToAudit, SourceError
from policytool.source import read


def piped(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_single_file(tmp_path: Path) -> None:
    """A file is shown relative to the working directory when it lies below it, and in full otherwise."""
    path = tmp_path / "sub" / "schema.sql"
    path.parent.mkdir()
    path.write_text("select 1;")
    project = read("sub/schema.sql", cwd=tmp_path)
    assert (project.layout, project.files[0].path, project.files[0].transaction) == ("file", "sub/schema.sql", False)
    assert read(str(path), cwd=tmp_path / "sub").files[0].path == "schema.sql"
    other = tmp_path / "other"
    other.mkdir()
    assert read(str(path), cwd=other).files[0].path == path.as_posix()


def test_byte_order_marks(tmp_path: Path) -> None:
    """A mark is no part of the text, and UTF-16 is read by its mark."""
    for data in (
        b"\xef\xbb\xbfselect '\xc3\xa4'",
        "select 'ä'".encode("utf-16"),
        "\ufeffselect 'ä'".encode("utf-16-be"),
    ):
        (tmp_path / "a.sql").write_bytes(data)
        project = read("a.sql", cwd=tmp_path)
        assert (project.files[0].text, project.notes) == ("select 'ä'", ())


def test_latin_1_is_read_and_said(tmp_path: Path) -> None:
    """Text of an old encoding is read with a note, never dropped."""
    (tmp_path / "a.sql").write_bytes(b"select '\xe4'")
    project = read("a.sql", cwd=tmp_path)
    assert project.files[0].text == "select 'ä'"
    assert project.notes[0].message == "a.sql: it is not valid UTF-8 (byte 0xe4 at offset 8), so it was read as Latin-1"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads what is piped in."""
    piped(monkeypatch, b"select 1")
    project = read("-")
    assert (project.layout, project.label, project.files[0].path) == ("stdin", "standard input", "<stdin>")


def test_empty_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing piped in is nothing to audit."""
    piped(monkeypatch, b" \n-- no\n")
    with pytest.raises(NothingToAudit, match="holds no SQL statement"):
        read("-")


def test_pipe(tmp_path: Path) -> None:
    """A named pipe, as a shell's process substitution makes it, is read to its end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    child = os.fork()
    if child == 0:
        path.write_text("select 1;")
        os._exit(0)
    project = read(str(path), cwd=tmp_path)
    os.waitpid(child, 0)
    assert project.files[0].text == "select 1;"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("missing", "missing does not exist"),
        ("link.sql", "link.sql is a broken link"),
        ("binary.sql", "binary.sql cannot be read: it holds NUL bytes"),
        ("large.sql", "large.sql goes beyond the limit of 1 KiB"),
        ("large", "large/a.sql goes beyond the limit of 1 KiB"),
        ("postgresql://user:secret@host/db", "a database holds no migrations"),
        ("snapshot.json", "reading a snapshot is not supported yet"),
        ("git:HEAD", "not a git repository"),
        ("git:--output=x", "--output=x is not a git ref"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, source: str, message: str) -> None:
    """Each is one clear error with the path in it, and never shows a password."""
    (tmp_path / "link.sql").symlink_to("gone.sql")
    (tmp_path / "binary.sql").write_bytes(b"PGDMP\x00\x01")
    (tmp_path / "large").mkdir()
    for name in ("large.sql", "large/a.sql"):
        (tmp_path / name).write_text("select 1;" * 200)
    with pytest.raises(SourceError) as caught:
        read(source, cwd=tmp_path, max_bytes=1024)
    assert message in caught.value.message
    assert "secret" not in f"{caught.value.message} {caught.value.hint}"


def test_the_limit_counts_all_files_together(tmp_path: Path) -> None:
    """Many small files are as much as one large one."""
    for number in range(4):
        (tmp_path / f"{number}.sql").write_text("select 1;" * 25)
    assert len(read(".", cwd=tmp_path, max_bytes=1024).files) == 4
    (tmp_path / "5.sql").write_text("select 1;" * 25)
    with pytest.raises(SourceError, match="goes beyond the limit"):
        read(".", cwd=tmp_path, max_bytes=1024)


def test_unreadable_files_in_a_folder_are_notes(tmp_path: Path) -> None:
    """The other files are read, and each that was not is named with the reason."""
    (tmp_path / "1.sql").write_text("select 1;")
    (tmp_path / "2.sql").write_bytes(b"\x00\x01")
    (tmp_path / "3.sql").symlink_to("gone.sql")
    (tmp_path / "4.sql").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    os.mkfifo(tmp_path / "5.sql")
    project = read(".", cwd=tmp_path)
    assert [file.path for file in project.files] == ["1.sql"]
    assert [note.message.split(",")[0] for note in project.notes] == [
        "2.sql was not read: it holds NUL bytes",
        "3.sql was not read: it is a broken link",
        "4.sql was not read: it is a Git LFS pointer; `git lfs pull` fetches the file itself",
        "5.sql was not read: it is not a regular file",
    ]


def test_nothing_to_audit(tmp_path: Path) -> None:
    """No file, no readable file and no statement each say so, and none is a clean bill."""
    with pytest.raises(NothingToAudit, match=r"\. holds no \.sql file"):
        read(".", cwd=tmp_path)
    (tmp_path / "a.sql").write_bytes(b"\x00")
    with pytest.raises(NothingToAudit, match="has no SQL file that could be read") as caught:
        read(".", cwd=tmp_path)
    assert caught.value.hint is not None
    assert "NUL bytes" in caught.value.hint
    (tmp_path / "a.sql").write_text("/* nothing */ -- here\n;")
    with pytest.raises(NothingToAudit, match="holds no SQL statement in 1 file"):
        read(".", cwd=tmp_path)


def test_folders_that_lead_back_to_themselves(tmp_path: Path) -> None:
    """A link to a folder above is followed once."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.sql").write_text("select 1;")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    assert len(read(".", cwd=tmp_path).files) == 1


def test_includes(tmp_path: Path) -> None:
    r"""\i and \ir are resolved inside the source, at any depth, and never outside of it."""
    top = tmp_path / "db"
    (top / "parts").mkdir(parents=True)
    (tmp_path / "secret.sql").write_text("select 'secret';")
    (top / "init.sql").write_text(
        "\\ir parts/a.sql\n\\i 'parts/b.sql';\n\\i ../secret.sql\n\\i init.sql\n\\i parts/link.sql\n"
    )
    (top / "parts/link.sql").symlink_to("../../secret.sql")
    (top / "parts/a.sql").write_text("\\ir b.sql;\n\\ir ../init.sql\nselect 1;\n")
    (top / "parts/b.sql").write_text("select 2;\n")
    for source in ("db/init.sql", "db"):
        project = read(source, cwd=tmp_path)
        file = project.files[0]
        assert file.path == "db/init.sql"
        assert [(part.name, part.file.path) for part in file.includes] == [
            ("parts/a.sql", "db/parts/a.sql"),
            ("parts/b.sql", "db/parts/b.sql"),
        ]
        assert "b.sql" in [part.name for part in file.includes[0].file.includes]
        assert "secret" not in repr([part.file.text for part in file.includes])
