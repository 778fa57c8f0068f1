"""The catalog of a throwaway server that ran a project's files, with the places of the statements behind it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from policytool.catalog.build import Built
from policytool.catalog.graft import grafted
from policytool.catalog.objects import Unmodelled
from policytool.postgres.apply import never_made
from policytool.postgres.observe import Observed, observe
from policytool.postgres.platform import MigrationFailed
from policytool.postgres.providers import Provider
from policytool.postgres.results import ApplyError
from policytool.source.model import Note, Project, SqlFile
from policytool.syntax.location import Location

# What the replay leaves out, as any server would.
_STILL_OPEN = frozenset({"psql"})


def on_a_server(
    project: Project, built: Built, provider: Provider, *, keep_going: bool = False, strict: bool = False
) -> tuple[Project, Built]:
    """Run the files, and take the catalog from the server. What the builder could not follow is known then.

    Raises MigrationFailed at the first file that fails, unless told to keep going: then each is a note, and its
    statement stands among those that could not be analysed.
    """
    observed = observe(project.files, built.platform, provider=provider, keep_going=keep_going, strict=strict)
    failed = [result.error for result in observed.results if result.error is not None]
    if failed and not keep_going:
        raise _failure(project, observed, failed[0])
    left_out = {(error.path, error.line) for result in observed.results for error in result.left_out}
    catalog = grafted(observed.catalog, built.catalog, left_out)
    open_ = (*_open(project, built, observed), *map(_refused, failed))
    catalog = replace(catalog, unmodelled=open_)
    platform = replace(built.platform, major_version=observed.major_version)
    project = replace(project, notes=(*project.notes, *_notes(project, observed, failed)))
    return project, replace(built, catalog=catalog, platform=platform)


def _failure(project: Project, observed: Observed, error: ApplyError) -> MigrationFailed:
    missing = never_made(project, observed.results)
    why = f"; history starts on the dashboard: no migration makes {', '.join(missing)}" if missing else ""
    return MigrationFailed(
        f"{error.path}:{error.line}:{error.column}: {error.sqlstate}: {error.message}{why}",
        hint="with --keep-going what the other files make is audited; without --apply the SQL is only read",
    )


def _open(project: Project, built: Built, observed: Observed) -> Iterator[Unmodelled]:
    """What is still not known: of files that failed everything, of the others what no server was given."""
    failed = {result.path for result in observed.results if result.error is not None}
    paths = {path for file in project.files if file.path in failed for path in _paths(file)}
    reached = {result.path for result in observed.results}
    paths |= {path for file in project.files if file.path not in reached for path in _paths(file)}
    for item in built.catalog.unmodelled:
        if item.kind in _STILL_OPEN or item.location.path in paths:
            yield item


def _paths(file: SqlFile) -> Iterator[str]:
    yield file.path
    for include in file.includes:
        yield from _paths(include.file)


def _refused(error: ApplyError) -> Unmodelled:
    place = Location(
        path=error.path, line=error.line, column=error.column, end_line=error.line, end_column=error.column + 1
    )
    message = f"the server refused this, and the rest of the file with it: {error.message} ({error.sqlstate})"
    return Unmodelled(location=place, kind="refused", message=message)


def _notes(project: Project, observed: Observed, failed: list[ApplyError]) -> Iterator[Note]:
    ran = len(project.files) - len(failed)
    yield Note(
        message=f"{ran} of {len(project.files)} files ran on a throwaway PostgreSQL {observed.major_version}, "
        "and the catalog is what they left there"
    )
    for error in failed:
        yield Note(path=error.path, line=error.line, column=error.column, message=f"{error.sqlstate}: {error.message}")
    if missing := never_made(project, observed.results):
        yield Note(
            message=f"history starts on the dashboard: no migration makes {', '.join(missing)}",
            hint="`supabase db pull` writes what is missing",
        )
    if observed.standins:
        yield Note(message=f"stand-ins for extensions, made of SQL alone: {', '.join(observed.standins)}")
