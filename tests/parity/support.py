"""Holds a built catalog against a server, in lines that a person can read."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform, start
from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import Platform as Known
from policytool.catalog.introspect.origin import platform_of
from policytool.catalog.parity import Difference, parity
from policytool.source.model import SqlFile

if TYPE_CHECKING:
    from policytool.catalog.objects import Catalog
    from policytool.postgres.server import Connection


def plain(major_version: int = 18) -> Platform:
    """Nothing but Postgres."""
    return Platform(name="postgres", exposed_schemas=(), major_version=major_version)


@functools.cache
def known() -> Known:
    """What a plain database holds before anything is run."""
    return platform_of("postgres", start(plain()).catalog("postgres"))


def built(sql: str, major_version: int = 18) -> Catalog:
    """The catalog after the statements."""
    return build([SqlFile(path="test.sql", text=sql)], plain(major_version)).catalog


def disagreements(connection: Connection, catalog: Catalog) -> list[str]:
    """Every field on which a built catalog and a plain server differ; empty when they agree."""
    if connection.info.transaction_status.name != "IDLE":
        connection.execute("commit")
    connection.execute("reset session authorization")
    observed = introspect(connection, platform=known())
    return [_line(difference) for difference in parity(catalog, observed) if not _of_another_test(difference)]


def _of_another_test(difference: Difference) -> bool:
    # Roles and their memberships belong to the whole server, which other tests use, too; they also make `postgres`.
    # Those whose names begin with pg_ are Postgres's own, more with every version.
    missing = difference.field == "existence" and not difference.built
    return difference.kind in ("role", "membership") and (
        missing or difference.identity.startswith(("postgres", "pg_"))
    )


def _line(difference: Difference) -> str:
    return (
        f"{difference.kind} {difference.identity}: {difference.field}: "
        f"server {difference.observed}, builder {difference.built}"
    )
