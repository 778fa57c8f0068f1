"""The measured matrix of a source, with the predicted one beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.matrix import Cell
from policytool.testing.ground import ground
from policytool.testing.observed.compare import Compared, compare
from policytool.testing.observed.observe import Observation, observe

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.access.matrix import Item
    from policytool.catalog.build import Built
    from policytool.postgres.providers import Provider
    from policytool.source.model import Project
    from policytool.testing.observed.cells import Observed


class Measured(Struct, frozen=True, kw_only=True, dict=True):
    """What was observed, and of each cell that was predicted, whether it agrees."""

    label: str
    observation: Observation
    compared: tuple[Compared, ...]

    def verdict_of(self, cell: Observed) -> Compared | None:
        """What the prediction says of a cell."""
        return self._by_cell.get((cell.role, cell.table, cell.command))

    @functools.cached_property
    def _by_cell(self) -> dict[tuple[str, str, str], Compared]:
        return {(c.role, c.table, c.command): c for c in self.compared}


def measure(
    project: Project,
    built: Built,
    access: Access,
    provider: Provider,
    *,
    subjects: Sequence[Item],
    roles: Sequence[str],
    predicted: Sequence[Cell],
    keep_going: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Measured:
    """Run the project's files on a throwaway server, measure there, and hold the prediction against it."""
    with ground(project, built, provider, keep_going=keep_going, progress=progress) as found:
        seen = observe(found, access, subjects, roles, progress=progress)
    return Measured(label=project.label, observation=seen, compared=tuple(compare(predicted, seen.cells)))
