"""Where tests are tried: a throwaway server with the project's migrations on it, and fresh copies of that database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.postgres.entitled import Actors, actors, entitled
from policytool.postgres.observe import switched, template_of
from policytool.postgres.platform import MigrationFailed, apply_migrations, migrated_server
from policytool.postgres.providers import Embedded, Local
from policytool.postgres.results import ApplyError
from policytool.postgres.standins import standins_in

if TYPE_CHECKING:
    from policytool.catalog.build import Built
    from policytool.catalog.build.platform import Platform
    from policytool.postgres.providers import Provider
    from policytool.postgres.server import Server
    from policytool.source.model import Project


class Ground(Struct, frozen=True, kw_only=True):
    """A server that holds the migrated database `template`, never to be changed; of files that failed, the errors."""

    project: Project
    built: Built
    server: Server
    template: str
    failed: tuple[ApplyError, ...] = ()

    @contextmanager
    def clone(self) -> Iterator[str]:
        """A copy of the database, gone afterwards."""
        name = self.server.create_database(self.template, owner="postgres")
        try:
            yield name
        finally:
            self.server.drop_database(name)

    @contextmanager
    def actors(self) -> Iterator[Actors]:
        """A copy of the database, and whom one may become in it."""
        with self.clone() as database, entitled(self.server) as user:
            yield actors(self.server, database, user)

    @property
    def standins(self) -> tuple[str, ...]:
        """The extensions that the server lacks and SQL stands in for."""
        with self.server.administer(self.template) as connection:
            return standins_in(connection)


@contextmanager
def ground(
    project: Project,
    built: Built,
    provider: Provider,
    *,
    keep_going: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Ground]:
    """Start a server and run the project's files on it; where they ran before, the cache has the outcome.

    Raises MigrationFailed at the first file that fails, unless told to keep going.
    """
    platform, files = built.platform, tuple(switched(project.files, built.platform))
    progress(f"starting {provider.name} Postgres")
    if isinstance(provider, Embedded | Local):
        try:
            with migrated_server(platform.family, template_of(platform), files, provider.binaries()) as (server, name):
                yield Ground(project=project, built=built, server=server, template=name)
                return
        except MigrationFailed:
            if not keep_going:
                raise
    with _served(project, built, platform, provider, keep_going=keep_going) as found:
        yield found


@contextmanager
def _served(
    project: Project, built: Built, platform: Platform, provider: Provider, *, keep_going: bool
) -> Iterator[Ground]:
    with provider.serve(platform.family) as server:
        name = server.create_database(template_of(platform), owner="postgres")
        results = apply_migrations(server, name, list(switched(project.files, platform)), keep_going=keep_going)
        failed = tuple(result.error for result in results if result.error)
        if failed and not keep_going:
            error = failed[0]
            message = f"{error.path}:{error.line}:{error.column}: {error.sqlstate}: {error.message}"
            raise MigrationFailed(message, hint="`policytool apply` shows more")
        yield Ground(project=project, built=built, server=server, template=name, failed=failed)
