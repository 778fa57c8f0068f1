"""What hangs on objects: owners first, then privileges, comments and defaults, from what is simulated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policytool.catalog.ddl import about, everything, privileges
from policytool.catalog.ddl.order import ordered
from policytool.catalog.ddl.step import Step
from policytool.catalog.ddl.world import World
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import literal
from policytool.diff.simulator import Simulator

STORES: Final = (
    "roles", "schemas", "extensions", "tables", "views", "sequences", "functions", "enums", "domains", "composites",
    "ranges", "base_types", "event_triggers", "publications", "wrappers", "servers", "others",
)  # fmt: skip


def settle(simulator: Simulator, world: World) -> None:
    """Owners, then what they may give and what is said of their objects, then the defaults of objects to come."""
    # A REVOKE on a table takes away what was granted on its columns, so that there may be a third round.
    for wanted in ("owner", None, None):
        steps = [one for one in _about(world, simulator.catalog()) if wanted in (None, one.key[0])]
        simulator.run(sql for one in ordered(steps) for sql in one.sql)
    old, new = simulator.catalog().default_privileges, world.catalog.default_privileges
    steps = list(privileges.default_steps(world, old, new))
    simulator.run(sql for one in ordered(steps) for sql in one.sql)
    last = [
        *everything.event_triggers(world, simulator.catalog()),
        *everything.buckets(simulator.catalog(), world.catalog),
    ]
    simulator.run(sql for one in ordered(last) for sql in one.sql)
    simulator.run(list(_buckets(simulator.catalog(), world.catalog)))


def _buckets(before: Catalog, after: Catalog) -> Iterator[str]:
    """Whose files anybody may read from now on, and whose no longer; what is in a bucket goes by the storage's API."""
    for name, bucket in sorted(before.buckets.items()):
        now = after.buckets.get(name)
        if now is None:
            yield f"-- bucket {name} is left as it is: delete its files and itself by the storage's API"
        elif now.public != bucket.public:
            yield f"update storage.buckets set public = {str(now.public).lower()} where id = {literal(name)}"


def _about(world: World, before: Catalog) -> Iterator[Step]:
    for store in STORES:
        old, new = getattr(before, store), getattr(world.catalog, store)
        for key, item in new.items():
            was = old.get(key)
            if was is not None and was is not item and getattr(item, "origin", None) != "extension":
                yield from about.steps(world, was, item)
