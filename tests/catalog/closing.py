"""Catalogs in a form that can be compared, and what another observer, pg_dump, says of a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform
from policytool.postgres.dump import entries
from policytool.postgres.platform import apply_migrations
from policytool.postgres.replay import replay
from policytool.postgres.results import FileResult
from policytool.source.model import SqlFile
from tests.roles import same_roles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policytool.catalog.objects import Catalog
    from policytool.postgres.server import Connection, Server

HARD = Path(__file__).parent / "hard"
EVIDENCE = ("made", "changed", "by_default", "sweeping")
# Parts whose order says nothing: Postgres names them, and fires triggers by name.
UNORDERED = ("constraints", "indexes", "policies", "triggers", "rules", "grants", "memberships", "default_privileges")


def hard_cases(family: str) -> list[str]:
    """The names of the hard catalogs of a platform."""
    return sorted(path.stem for path in (HARD / family).glob("*.sql"))


def hard_case(family: str, name: str) -> str:
    """The SQL of a hard catalog."""
    return (HARD / family / f"{name}.sql").read_text(encoding="utf-8")


def platform(family: str, major_version: int = 18) -> Platform:
    """A platform as the server of the suite is."""
    return Platform(name=family, exposed_schemas=("public",), major_version=major_version)


def built(sql: str, family: str, major_version: int = 18) -> Catalog:
    """The catalog of one text."""
    return build([SqlFile(path="test.sql", text=sql)], platform(family, major_version)).catalog


def comparable(catalog: Catalog) -> dict[str, Any]:
    """A catalog without places, without `by_default`, and with its unordered parts in one order."""
    fields = {name: _clean(getattr(catalog, name)) for name in catalog.__struct_fields__ if name != "unmodelled"}
    return fields | {name: _sorted(fields[name]) for name in UNORDERED if name in fields}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(value[key]) for key in sorted(value)}
    if isinstance(value, tuple):
        return tuple(_clean(part) for part in value)
    if not isinstance(value, Struct):
        return value
    fields = {name: _clean(getattr(value, name)) for name in value.__struct_fields__}
    fields |= {name: None for name in fields if name in EVIDENCE or name.endswith("_at")}
    return structs.replace(value, **fields | {name: _sorted(fields[name]) for name in UNORDERED if name in fields})


def _sorted(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(parts, key=repr))


def dumped(server: Server, files: Sequence[SqlFile], template: str | None) -> list[str]:
    """What pg_dump says of a new database after these files, one entry for each object."""
    with same_roles(server):
        name = server.create_database(template, owner="postgres")
        try:
            results = apply_migrations(server, name, files) if template else as_superuser(server, name, files)
            assert [result.error for result in results if result.error] == []
            return entries(server, name)
        finally:
            server.drop_database(name)


def as_superuser(
    server: Server, database: str, files: Sequence[SqlFile], watch: Callable[[Connection], None] = lambda _: None
) -> tuple[FileResult, ...]:
    """The hard cases of plain Postgres make what only a superuser may; their text is the suite's own."""
    with server.connect() as connection:
        connection.execute("alter role postgres superuser")
        try:
            return replay(server, database, files, user="postgres", watch=watch)
        finally:
            connection.execute("alter role postgres nosuperuser")
