"""One side of a diff as a database on a throwaway server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.catalog import ddl
from policytool.catalog.build.platform import Platform
from policytool.catalog.ddl.order import Tangled
from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import Platform as Known
from policytool.catalog.introspect.origin import platform_of
from policytool.catalog.objects import Catalog
from policytool.errors import PolicytoolError
from policytool.postgres.dump import dump
from policytool.postgres.lent import lent
from policytool.postgres.observe import switched, template_of
from policytool.postgres.platform import apply_migrations
from policytool.postgres.providers import Provider
from policytool.postgres.results import FileResult
from policytool.postgres.server import Server
from policytool.source.model import SqlFile

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

    Watch = Callable[[Connection], None]

Apply = Callable[[Server, str, Sequence[SqlFile], "Watch", bool], Sequence[FileResult]]


class Side(Struct, frozen=True, kw_only=True):
    """A catalog, and the files that made it; without any it is made from its own statements."""

    label: str
    catalog: Catalog
    files: tuple[SqlFile, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """A database that holds a side. `known` is what was there before it."""

    server: Server
    database: str
    platform: Platform
    known: Known
    from_files: bool
    borrowed: bool  # of `lent`
    notes: tuple[str, ...] = ()

    def catalog(self, database: str | None = None) -> Catalog:
        """What the server shows of this database, or of a copy of it."""
        with self.server.administer(database or self.database) as connection:
            return introspect(connection, platform=self.known)

    def observed(self, database: str | None = None) -> Observed:
        """The same, and what pg_dump says."""
        name = database or self.database
        return Observed(catalog=self.catalog(name), dump=dump(self.server, name))


class Observed(Struct, frozen=True, kw_only=True):
    """What two observers see of a database."""

    catalog: Catalog
    dump: tuple[str, ...]


class CannotStand(PolicytoolError):
    """A side cannot be made on a server."""

    exit_code = 1


def as_project(
    server: Server, database: str, files: Sequence[SqlFile], watch: Watch, borrowed: bool
) -> Sequence[FileResult]:
    """Run files as the project's own role, as migrations are run."""
    return apply_migrations(server, database, files, watch=watch, borrowed=borrowed)


@contextmanager
def standing(
    side: Side, platform: Platform, provider: Provider, apply: Apply = as_project, *, without_files: bool = False
) -> Iterator[Standing]:
    """A server for one side: from its files, and where these do not run from the statements of its catalog.

    Raises CannotStand where neither runs.
    """
    said: list[str] = []
    for from_files in (True, False):
        if from_files and (without_files or not side.files):
            continue
        with provider.serve(platform.family) as server, lent(server) as borrowed:
            database = server.create_database(template_of(platform), owner="postgres")
            with server.administer(database) as connection:
                known = platform_of(platform.name, introspect(connection))
            why = _failure(apply(server, database, _files(side, platform, from_files), _nothing, borrowed))
            if why is None:
                yield Standing(
                    server=server,
                    database=database,
                    platform=platform,
                    known=known,
                    from_files=from_files,
                    borrowed=borrowed,
                    notes=tuple(f"{one}; it was made from its catalog instead" for one in said),
                )
                return
        whose = f"the files of {side.label}" if from_files else f"the statements that make {side.label}"
        said.append(f"{whose} do not run on the server: {why}")
    raise CannotStand("; ".join(said), hint="`policytool apply` shows where the files fail")


def _files(side: Side, platform: Platform, from_files: bool) -> list[SqlFile]:
    if from_files:
        return list(switched(side.files, platform))
    try:
        text = ddl.script(side.catalog, platform)
    except Tangled as tangled:
        raise CannotStand(f"{side.label} cannot be written as statements: {tangled}") from None
    return [SqlFile(path=f"{side.label}.sql", text=text)]


def _failure(results: Sequence[FileResult]) -> str | None:
    error = next((result.error for result in results if result.error is not None), None)
    return None if error is None else f"{error.path}:{error.line}: {error.message} ({error.sqlstate})"


def _nothing(_: Connection) -> None:
    return
