"""The measured matrix of a source, with the predicted one beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from policytool.access import Access
from policytool.access.matrix import Cell, Item
from policytool.catalog.graft import grafted
from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import platform_of
from policytool.postgres.observe import template_of
from policytool.postgres.results import ApplyError
from policytool.testing.ground import Ground, ground
from policytool.testing.observed.compare import Compared, asks_more, compare, is_shared
from policytool.testing.observed.observe import Observation, observe

if TYPE_CHECKING:
    from policytool.catalog.build import Built
    from policytool.postgres.providers import Provider
    from policytool.source.model import Project
    from policytool.testing.observed.cells import Observed
    from policytool.testing.observed.switches import Switches


class Measured(Struct, frozen=True, kw_only=True, dict=True):
    """What was observed, and of each cell that was predicted, whether it agrees."""

    label: str
    observation: Observation
    compared: tuple[Compared, ...]
    failed: tuple[ApplyError, ...] = ()  # files without which it was measured

    def verdict_of(self, cell: Observed) -> Compared | None:
        """What the prediction says of a cell."""
        return self._by_cell.get((cell.role, cell.table, cell.command))

    @functools.cached_property
    def _by_cell(self) -> dict[tuple[str, str, str], Compared]:
        return {(c.role, c.table, c.command): c for c in self.compared}


class Question(Struct, frozen=True, kw_only=True):
    """What is to be measured of a catalog, and what is predicted of it."""

    access: Access
    subjects: tuple[Item, ...]
    roles: tuple[str, ...]
    predicted: tuple[Cell, ...]


def measure(
    project: Project,
    built: Built,
    provider: Provider,
    ask: Callable[[Built], Question],
    *,
    keep_going: bool = False,
    also: Switches | None = None,
    leaks: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Measured:
    """Run the project's files on a throwaway server, measure there, and hold the prediction against it.

    Where a file failed, what is asked about is what the server holds.
    """
    with ground(project, built, provider, keep_going=keep_going, progress=progress) as found:
        question = ask(_held(found) if found.failed else built)
        seen = observe(
            found, question.access, question.subjects, question.roles, leaks=leaks, also=also, progress=progress
        )
        failed = found.failed
    further, shared = functools.partial(asks_more, question.access), functools.partial(is_shared, seen.worlds)
    compared = tuple(compare(question.predicted, seen.cells, further, shared))
    return Measured(label=project.label, observation=seen, compared=compared, failed=failed)


def _held(found: Ground) -> Built:
    """The catalog that the files left on the server, with the places of the statements."""
    platform = found.built.platform
    with found.server.administer(template_of(platform)) as connection:
        known = platform_of(platform.name, introspect(connection))
    with found.server.administer(found.template) as connection:
        catalog = introspect(connection, platform=known)
    return replace(found.built, catalog=grafted(catalog, found.built.catalog, set()))
