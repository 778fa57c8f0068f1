"""What a real server holds after the same files: a clone of the platform's template, migrated and introspected."""

from __future__ import annotations

import re
from collections import Counter
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
from policytool.postgres.standins import standins_in
from policytool.source.bootstrap import profile_file
from policytool.source.model import Project, SqlFile

# `geography(point,4326)`: a server says what a function of an extension's library says.
_SHAPE = re.compile(r"(\b(?:geometry|geography))\([^)]*\)")


class Observed(Struct, frozen=True, kw_only=True):
    """The catalog of a server after the files, what became of each of them, its version, and what stands in there."""

    catalog: Catalog
    results: tuple[FileResult, ...]
    major_version: int
    standins: tuple[str, ...] = ()


class Parity(Struct, frozen=True, kw_only=True):
    """A source's catalog as it was built and as a server shows it, and where the two differ.

    Of files that the server refused (`refused`) only what had taken effect by then is built. What a server with
    stand-ins cannot hold (`left_out`) is no difference.
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
    left_out = frozenset(_not_held(differences, observed))
    return Parity(
        project=project,
        built=built,
        observed=observed,
        differences=tuple(d for d in differences if (d.kind, d.identity) not in left_out),
        refused=refused,
        left_out=left_out,
    )


def _not_held(differences: Sequence[Difference], observed: Observed) -> Iterator[Key]:
    """What a server with stand-ins cannot hold: some indexes, and what is in brackets behind the name of a type."""
    places = {(error.path, error.line) for result in observed.results for error in result.left_out}
    whole = Counter((d.kind, d.identity) for d in differences)
    for d in differences:
        place = d.location
        if d.kind == "index" and d.field == "existence" and place and (place.path, place.line) in places:
            yield d.kind, d.identity
        elif d.field == "type" and whole[d.kind, d.identity] == 1 and "postgis" in observed.standins:
            built, shown = (_SHAPE.sub(r"\1", str(value)) for value in (d.built, d.observed))
            if built == shown:
                yield d.kind, d.identity


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
            standins = standins_in(connection)
        if platform.family == "postgres":
            # The role that made the cluster is the launcher's, not the platform's.
            catalog = replace(catalog, roles={k: r for k, r in catalog.roles.items() if k != SUPERUSER})
        applied = {file.path for file in files}
        return Observed(
            catalog=catalog,
            results=tuple(result for result in results if result.path in applied),
            major_version=server.major,
            standins=standins,
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
