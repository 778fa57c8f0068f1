"""A project's migrations on a throwaway server: what became of each file, and what stood in for the real thing."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from policytool.catalog.build.platform import Platform
from policytool.postgres.observe import switched, template_of
from policytool.postgres.platform import apply_migrations
from policytool.postgres.providers import Provider
from policytool.postgres.results import ApplyError, FileResult
from policytool.postgres.server import Server
from policytool.postgres.standins import standins_in
from policytool.source.model import Project

# Undefined table, schema, object and function: what a history lacks that does not begin at the beginning.
_MISSING = frozenset({"42P01", "3F000", "42704", "42883"})
_NAMED = re.compile(r'(?:relation|schema|type|function|role) "?(?P<name>[^"(]+)"?(?:\(.*\))? does not exist')


class Applied(Struct, frozen=True, kw_only=True):
    """A server with a project's migrations on it; `missing` are objects that files need and no file makes."""

    project: Project
    platform: Platform
    provider: str
    version: str
    database: str
    results: tuple[FileResult, ...]
    standins: tuple[str, ...]
    missing: tuple[str, ...]
    server: Server

    @property
    def failed(self) -> tuple[ApplyError, ...]:
        """The errors, one for each file that failed."""
        return tuple(result.error for result in self.results if result.error)

    @property
    def connect(self) -> str:
        """How to reach the database with psql; without the password, if there is one."""
        words = self.server.address_words()
        return shlex.join(["psql", *words, "-U", "postgres", self.database])

    @property
    def other_major(self) -> int | None:
        """The project's own major version, if the server's is another."""
        told = self.project.config.major_version if self.project.config else None
        return told if told not in (None, self.server.major) else None


@contextmanager
def applied(
    project: Project,
    platform: Platform,
    provider: Provider,
    *,
    keep_going: bool = False,
    strict: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Applied]:
    """Apply a project's files; the server lives as long as the `with` block."""
    progress(f"starting {provider.name} Postgres")
    with provider.serve(platform.family) as server:
        database = server.create_database(template_of(platform), owner="postgres")
        own = {file.path for file in project.files}
        files = list(switched(project.files, platform))

        def say(result: FileResult) -> None:
            progress(f"applied {result.path}")

        results = apply_migrations(server, database, files, keep_going=keep_going, strict=strict, progress=say)
        with server.administer(database) as connection:
            standins = standins_in(connection)
        yield Applied(
            project=project,
            platform=platform,
            provider=server.provider,
            version=server.version,
            database=database,
            results=tuple(result for result in results if result.path in own),
            standins=standins,
            missing=never_made(project, results),
            server=server,
        )


def never_made(project: Project, results: tuple[FileResult, ...]) -> tuple[str, ...]:
    """The objects that statements failed for and that no file creates: they were made on the dashboard."""
    names: dict[str, None] = {}
    for result in results:
        error = result.error
        found = _NAMED.search(error.message) if error and error.sqlstate in _MISSING else None
        if found and not _is_created(project, found["name"].rsplit(".", 1)[-1]):
            names[found["name"]] = None
    return tuple(names)


def _is_created(project: Project, name: str) -> bool:
    quoted = rf'[\w".]*?\b{re.escape(name)}\b(?!"?\s*\.)'
    kinds = "table|view|schema|type|domain|sequence|function|procedure|role|extension"
    creates = re.compile(rf"\bcreate\s+(?:\w+\s+){{0,3}}(?:{kinds})\s+(?:if\s+not\s+exists\s+)?{quoted}", re.IGNORECASE)
    renames = re.compile(rf"\brename\s+to\s+{quoted}", re.IGNORECASE)
    return any(creates.search(file.text) or renames.search(file.text) for file in project.files)
