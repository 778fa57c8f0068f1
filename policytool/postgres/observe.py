"""What a real server holds after the same files: a clone of the platform's template, migrated and introspected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.build import Built, build
from policytool.catalog.build.platform import Platform, becomes_explicit
from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import platform_of
from policytool.catalog.objects import Catalog
from policytool.catalog.parity import Difference, Key, parity
from policytool.postgres.platform import apply_migrations
from policytool.postgres.process import SUPERUSER
from policytool.postgres.providers import Provider, choose
from policytool.postgres.results import FileResult
from policytool.source.bootstrap import profile_file
from policytool.source.model import Project, SqlFile


class Observed(Struct, frozen=True, kw_only=True):
    """The catalog of a server after the files, what became of each of them, and the server's version."""

    catalog: Catalog
    results: tuple[FileResult, ...]
    major_version: int


class Parity(Struct, frozen=True, kw_only=True):
    """A source's catalog as it was built and as a server shows it, and where the two differ.

    Of files that the server refused (`refused`) only what had taken effect by then is built. Indexes that the server
    could not be given (`left_out`, and FileResult) are no differences.
    """

    project: Project
    built: Built
    observed: Observed
    differences: tuple[Difference, ...]
    refused: tuple[FileResult, ...]
    left_out: frozenset[Key] = frozenset()


def compare(project: Project, platform: Platform, *, provider: Provider | None = None) -> Parity:
    """Build the catalog of the project's files, observe what a server holds after them, and compare the two."""
    observed = observe(project.files, platform, provider=provider)
    refused = tuple(result for result in observed.results if result.error is not None)
    kept = {result.path: result.kept for result in refused}
    files = [replace(file, text=file.text[: kept.get(file.path)]) for file in project.files]
    built = build(files, replace(platform, major_version=observed.major_version))
    differences = parity(built.catalog, observed.catalog)
    places = {(error.path, error.line) for result in observed.results for error in result.left_out}
    left_out = frozenset(_key(d) for d in differences if d.kind == "index" and _starts_at(d) in places)
    return Parity(
        project=project,
        built=built,
        observed=observed,
        differences=tuple(d for d in differences if _key(d) not in left_out),
        refused=refused,
        left_out=left_out,
    )


def _key(difference: Difference) -> Key:
    return difference.kind, difference.identity


def _starts_at(difference: Difference) -> tuple[str, int] | None:
    place = difference.location
    return (place.path, place.line) if place is not None and difference.field == "existence" else None


def observe(
    files: Sequence[SqlFile],
    platform: Platform,
    *,
    provider: Provider | None = None,
    keep_going: bool = True,
    strict: bool = False,
) -> Observed:
    """Apply the files to a throwaway server and read its catalog; `results` say which of them failed."""
    with (provider or choose()).serve(platform.family) as server:
        database = server.create_database(template_of(platform), owner="postgres")
        with server.administer(database) as connection:
            before = platform_of(platform.name, introspect(connection))
        results = apply_migrations(
            server, database, list(switched(files, platform)), keep_going=keep_going, strict=strict
        )
        with server.administer(database) as connection:
            catalog = introspect(connection, platform=before)
        if platform.family == "postgres":
            # The role that made the cluster is the launcher's, not the platform's.
            catalog = replace(catalog, roles={k: r for k, r in catalog.roles.items() if k != SUPERUSER})
        applied = {file.path for file in files}
        return Observed(
            catalog=catalog,
            results=tuple(result for result in results if result.path in applied),
            major_version=server.major,
        )


def template_of(platform: Platform) -> str:
    """The template that a new project of a platform starts from."""
    if platform.family == "postgres":
        return "postgres_plain"
    return "supabase_explicit" if platform.name == "supabase-explicit" else "supabase_legacy"


def switched(files: Sequence[SqlFile], platform: Platform) -> Iterator[SqlFile]:
    """The files, with the platform's change of default privileges where its timeline has it."""
    explicit = platform.name != "supabase"
    first = files[0].version if files else None
    for file in files:
        if not explicit and becomes_explicit(first or "", file.version or ""):
            explicit = True
            yield profile_file("supabase", "explicit")
        yield file
