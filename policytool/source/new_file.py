"""What a new migration is called, and what it must hold beside its SQL, so that its tool runs it last."""

from __future__ import annotations

import contextlib
import datetime
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from policytool.errors import UsageError
from policytool.source.model import Project, SqlFile
from policytool.source.order import order
from policytool.source.sections import up_only
from policytool.source.sending import AUTOCOMMIT
from policytool.source.tree import shown

_HEAD = {
    "goose": "-- +goose Up\n",
    "sql-migrate": "-- +migrate Up\n",
    "dbmate": "-- migrate:up\n",
    "node-pg-migrate": "-- Up Migration\n",
}
# The same for a file that must not be run in a transaction.
_BARE_HEAD = {
    "goose": "-- +goose NO TRANSACTION\n-- +goose Up\n",
    "sql-migrate": "-- +migrate Up notransaction\n",
    "dbmate": "-- migrate:up transaction:false\n",
    "sqlx": "-- no-transaction\n",
}
_FOOT = {"dbmate": "\n-- migrate:down\n"}
_LISTED = {
    "drizzle": "drizzle runs only what meta/_journal.json names: `drizzle-kit generate --custom` makes a file for it",
    "sqitch": "sqitch runs only what sqitch.plan names: `sqitch add` makes a script for it",
    "supabase-declarative": "schema files say what there should be: change them, or make a migration",
}
_SEQUENCE = re.compile(r"\d+")


class NewFile(Struct, frozen=True, kw_only=True):
    """A migration that does not exist yet."""

    path: Path
    version: str | None
    layout: str

    def text(self, body: str, *, transaction: bool = True) -> str:
        """The whole file around some SQL; it says so where its tool is not to put it in a transaction."""
        head = _HEAD.get(self.layout, "")
        return f"{head if transaction else _BARE_HEAD.get(self.layout, head)}{body}{_FOOT.get(self.layout, '')}"

    def block(self, sql: str) -> str:
        """One fix; goose splits at semicolons, and must be told of those inside a body."""
        if self.layout in ("goose", "sql-migrate") and "$" in sql:
            tool = "goose" if self.layout == "goose" else "migrate"
            return f"-- +{tool} StatementBegin\n{sql}\n-- +{tool} StatementEnd\n"
        return f"{sql}\n"

    def read(self, text: str, order: int) -> SqlFile:
        """The file as it would be read again."""
        up = up_only(text)
        return SqlFile(
            path=self.path.as_posix(),
            text=up.text,
            order=order,
            version=self.version,
            layout=self.layout,
            transaction=up.transaction and self.layout not in AUTOCOMMIT,
        )


def new_file(
    project: Project,
    slug: str,
    *,
    output: Path | None = None,
    now: datetime.datetime | None = None,
    cwd: Path | None = None,
) -> NewFile:
    """The next migration of a project, or a file of one's own naming.

    Raises UsageError where the project's layout cannot have one more file.
    """
    if output is not None:
        return NewFile(path=output, version=None, layout=project.layout)
    now = now or datetime.datetime.now(datetime.UTC)
    if not re.fullmatch(r"\w[\w-]*", slug):
        raise UsageError(f"--name {slug!r} is no part of a file's name", hint="use letters, digits, _ and -")
    if project.layout in _LISTED:
        raise UsageError(
            f"{project.label}: no file can be added to it: {_LISTED[project.layout]}",
            hint="-o FILE writes the SQL somewhere else",
        )
    here = cwd or Path.cwd()
    if project.root is None or project.layout in ("file", "stdin", "snapshot", "database"):
        raise UsageError(
            f"{project.label} is no folder of migrations", hint="-o FILE writes the SQL to a file of its own"
        )
    root = Path(project.root)
    names = [posixpath.relpath((here / f.path).as_posix(), root.absolute().as_posix()) for f in project.files]
    version = _next([f.version for f in project.files if not f.repeatable], project.layout, now)
    name = _name(project.layout, names, version, slug)
    _check_last(project, names, name)
    return NewFile(path=Path(shown(root / name, here)), version=version, layout=project.layout)


def _name(layout: str, names: list[str], version: str, slug: str) -> str:
    folder = posixpath.dirname(names[-1]) if names else ""
    match layout:
        case "prisma":
            return f"{version}_{slug}/migration.sql"
        case "hasura":
            return f"{version}_{slug}/up.sql"
        case "flyway":
            versioned = [n for n in names if not posixpath.basename(n).startswith("R")]
            return posixpath.join(posixpath.dirname((versioned or names or [""])[-1]), f"V{version}__{slug}.sql")
        case "golang-migrate":
            return posixpath.join(folder, f"{version}_{slug}.up.sql")
        case "sqlx" if names and names[-1].endswith(".up.sql"):
            return posixpath.join(folder, f"{version}_{slug}.up.sql")
    return posixpath.join(folder, f"{version}_{slug}.sql")


def _next(versions: Iterable[str | None], layout: str, now: datetime.datetime) -> str:
    """A version after the last one, of the same kind."""
    known = [v for v in versions if v]
    dotted = [v for v in known if not v.isdigit()]
    if layout == "flyway" and dotted:
        *head, patch = known[-1].split(".")
        return ".".join([*head, str(int(patch) + 1)])
    last = max((v for v in known if _SEQUENCE.fullmatch(v)), key=int, default=None)
    fresh = _stamp(len(last) if last else 14, now)
    if last is None:
        return fresh or "1"
    if fresh is None or len(last) != len(fresh) or (len(last) == 14 and last[:2] not in ("19", "20")):
        return str(int(last) + 1).zfill(len(last))
    return fresh if int(fresh) > int(last) else _after(last)


def _stamp(width: int, now: datetime.datetime) -> str | None:
    """Now, as versions of this width write it; None where they count."""
    writers: dict[int, Callable[[], str]] = {
        14: lambda: now.strftime("%Y%m%d%H%M%S"),
        13: lambda: str(int(now.timestamp() * 1000)),
        10: lambda: str(int(now.timestamp())),
    }
    return writers[width]() if width in writers else None


def _after(version: str) -> str:
    """The next second, where the last migration is dated in the future."""
    if len(version) == 14:
        try:
            moment = datetime.datetime.strptime(version, "%Y%m%d%H%M%S")
        except ValueError:
            return str(int(version) + 1)
        return (moment + datetime.timedelta(seconds=1)).strftime("%Y%m%d%H%M%S")
    return str(int(version) + 1)


def _check_last(project: Project, names: list[str], name: str) -> None:
    ordered = order(project.layout, "", [*names, name]).entries
    plain = [entry.path for entry in ordered if not entry.repeatable]
    if not plain or plain[-1] != name:
        hint = "-o FILE names one that does"
        raise UsageError(f"{project.label}: {name} would not run after the files there are", hint=hint)


def write_new(path: Path, text: str) -> None:
    """Write a file that must not be there yet: it appears whole, or not at all."""
    write_all([(path, text)])


def write_all(files: Sequence[tuple[Path, str]]) -> None:
    """Write files that must not be there yet: all of them appear, each whole, or none."""
    drafts: list[Path] = []
    made: list[Path] = []  # folders and files, in the order in which they came
    done = False
    try:
        for path, text in files:
            made += _folders(path)
            drafts.append(path.with_name(f".{path.name}.{os.getpid()}"))
            _draft(path, drafts[-1], text)
        for (path, _), draft in zip(files, drafts, strict=True):
            _place(path, draft)
            made.append(path)
        done = True
    finally:
        for draft in drafts:
            with contextlib.suppress(NotADirectoryError):
                draft.unlink(missing_ok=True)
        for path in [] if done else reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()


def _folders(path: Path) -> list[Path]:
    """Make the folders that a file needs; those that were not there."""
    missing = [folder for folder in reversed(path.parents) if not folder.exists()]
    try:
        for folder in missing:
            folder.mkdir()
    except OSError as error:
        raise _cannot(path, error) from None
    return missing


def _draft(path: Path, draft: Path, text: str) -> None:
    try:
        draft.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _cannot(path, error) from None


def _place(path: Path, draft: Path) -> None:
    try:
        path.hardlink_to(draft)  # fails where there is a file, which a rename would not
    except FileExistsError:
        raise UsageError(f"{path}: there is a file already", hint="no file is overwritten; name another") from None
    except OSError as error:
        raise _cannot(path, error) from None


def _cannot(path: Path, error: OSError) -> UsageError:
    reason = (error.strerror or str(error)).lower()
    return UsageError(f"{path}: cannot be written: {reason}", hint="may you write in this folder?")
