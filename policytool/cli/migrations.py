"""Where `policytool diff -o` puts a migration: a new file, or as many as the tool that runs them needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from policytool.cli.options import target
from policytool.errors import PolicytoolError, UsageError

if TYPE_CHECKING:
    from policytool.diff.run import Diff
    from policytool.source.model import Project

NEXT = ""  # -o without a name


class Outputs(NamedTuple):
    """Reports by format, which may be written again and again, and migrations, of which none is overwritten."""

    reports: list[tuple[str, Path | None]]
    migrations: list[str]


def sort_out(form: str, outputs: tuple[str, ...], formats: tuple[str, ...], *, chosen: bool) -> Outputs:
    """What is a migration: SQL in a file, whatever is to go into a folder, and -o without a name."""
    reports: list[tuple[str, Path | None]] = []
    migrations: list[str] = []
    for output in outputs:
        found, path = target(form, output, formats)
        named = output != (str(path) if path is not None else "")
        if output == NEXT or (path is not None and path.is_dir()):
            if output != NEXT and (named or chosen) and found != "sql":
                raise UsageError(f"{path} is a folder", hint="a report goes into a file; a folder gets the migration")
            migrations.append(str(path) if output else NEXT)
        elif path is not None and (found == "sql" or (not named and not chosen and path.suffix == ".sql")):
            migrations.append(str(path))
        else:
            reports.append((found, path))
    return Outputs(reports or ([] if outputs else [(form, None)]), migrations)


def write_migrations(found: Diff, where: str, begins: str, name: str, *, as_tool: bool, quiet: bool) -> None:
    """Write the next migrations and say which. `begins` is the source that the plan begins with."""
    from policytool.report import diff_files
    from policytool.source.new_file import write_all

    if found.changes and len(found.withheld) == len(found.changes):
        click.echo(
            "nothing is written: all that differs throws rows away, and is not run without --allow-drops", err=True
        )
        return
    path = Path(where) if where != NEXT else None
    if path is not None and not path.is_dir():
        new = diff_files.files(found, _around(path, as_tool=as_tool), name, output=path)
    elif found.problems and found.changes:
        click.echo("nothing is written: this plan is not good", err=True)
        return
    else:
        new = diff_files.files(found, _project(begins if path is None else where, as_tool=as_tool), name)
    write_all(new)
    if not quiet:
        for file, _ in new:
            click.echo(f"{file}: written")
        if not new:
            click.echo("nothing is written: nothing differs")


def _project(source: str, *, as_tool: bool) -> Project:
    from policytool.source.database import is_database
    from policytool.source.read import read

    if is_database(source) or source == "empty" or source.lower().endswith(".json"):
        raise UsageError(f"{source} is no folder of migrations", hint="-o FOLDER names one, -o FILE a file of its own")
    return read(source, as_tool=as_tool)


def _around(path: Path, *, as_tool: bool) -> Project:
    """The project in whose folder a file is to be; its tool decides what the file has to look like."""
    from policytool.source.model import Project
    from policytool.source.read import read

    alone = Project(label=str(path), layout="file", files=())
    for folder in list(path.absolute().parents)[:2]:  # Prisma and Hasura have a folder for each migration
        if folder.is_dir():
            try:
                found = read(str(folder), as_tool=as_tool)
            except PolicytoolError:
                continue
            if found.root is not None and Path(found.root).absolute() == folder:
                nested = found.layout in ("prisma", "hasura")
                return found if nested == (folder != path.absolute().parent) else alone
    return alone
