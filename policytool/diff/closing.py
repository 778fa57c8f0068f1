"""What takes access away comes before all that may give some: REVOKE, and row level security that is turned on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.ddl import privileges
from policytool.catalog.ddl.order import ordered
from policytool.catalog.ddl.policies import security
from policytool.catalog.ddl.step import Step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Table
from policytool.catalog.objects import Catalog
from policytool.diff.replaced import replaced
from policytool.diff.simulator import Simulator

_STORES: Final = ("schemas", "tables", "views", "functions", "sequences")


def close(simulator: Simulator, world: World) -> None:
    """Revoke and enable on objects that stay; what is refused for now is left to the end."""
    before = simulator.catalog()
    enable = [text for text in _security(before, world.catalog) if " enable " in text or " force " in text]
    revoke = [text for one in ordered(_privileges(before, world)) for text in one.sql if text.startswith("revoke ")]
    for text in (*enable, *revoke):
        count = len(simulator.done)
        simulator.run([text])
        if simulator.done[count:] and simulator.done[-1].refused is not None:
            simulator.done.pop()


def _staying(before: Catalog, after: Catalog, store: str) -> Iterator[tuple[Any, Any]]:
    new = getattr(after, store)
    for key, item in getattr(before, store).items():
        now = new.get(key)
        if now is not None and now is not item and now.origin != "extension" and not replaced(item, now):
            yield item, now


def _security(before: Catalog, after: Catalog) -> Iterator[str]:
    for old, new in _staying(before, after, "tables"):
        if isinstance(new, Table):
            yield from security(new, enabled=old.rls_enabled, forced=old.rls_forced)


def _privileges(before: Catalog, world: World) -> Iterator[Step]:
    for store in _STORES:
        for old, new in _staying(before, world.catalog, store):
            if old.owner == new.owner and old.grants != new.grants:
                yield from privileges.steps(world, new, old.grants)
