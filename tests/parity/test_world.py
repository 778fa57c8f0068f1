"""Something of every kind, on every version of PostgreSQL that the machine has: built and observed are one catalog."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from policytool.errors import NoPostgres
from policytool.postgres.binaries import Binaries, embedded, version_of
from policytool.postgres.server import throwaway
from tests.catalog.build.support import run
from tests.parity.support import built, disagreements

WORLD = (Path(__file__).parent / "world.sql").read_text(encoding="utf-8")


def installed() -> Iterator[Binaries]:
    """The suite's own server, Debian's, and what POLICYTOOL_TEST_POSTGRES names (folders of programs, as in PATH)."""
    with suppress(NoPostgres):
        yield embedded()
    named = os.environ.get("POLICYTOOL_TEST_POSTGRES", "").split(":")
    for folder in [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, filter(None, named))]:
        yield Binaries(provider="local", bin=folder, version=version_of(folder))


@pytest.mark.server
@pytest.mark.parametrize("binaries", tuple(installed()), ids=lambda binaries: binaries.version)
def test_world_is_the_same_built_and_observed(binaries: Binaries) -> None:
    """Each field of each object, whatever a version calls its system columns and however it spells expressions."""
    with throwaway(binaries) as server, server.connect(server.create_database()) as connection:
        assert run(connection, WORLD) == []
        catalog = built(WORLD, binaries.major)
        assert catalog.unmodelled == ()
        differing = disagreements(connection, catalog)
    # Before 15, the schema public belonged to whoever made the cluster, and everybody could create in it.
    assert [line for line in differing if binaries.major >= 15 or " public: " not in line] == []


def test_world_holds_every_kind() -> None:
    """What the model can hold and the world does not would not be compared."""
    catalog = built(WORLD)
    missing = {"buckets", "unmodelled", "platform", "live"}
    assert [f for f in catalog.__struct_fields__ if f not in missing and not getattr(catalog, f)] == []
