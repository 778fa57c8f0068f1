"""The order of steps: what is needed comes first, and otherwise phase by phase."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from policytool.catalog.ddl.step import Key, Phase, Step


class Tangled(Exception):
    """Steps that need one another in a circle."""

    def __init__(self, keys: tuple[Key, ...]) -> None:
        super().__init__(" needs ".join(".".join(key) for key in keys))
        self.keys = keys


def ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps in an order that works; raises Tangled where there is none."""
    by_key = {step.key: step for step in steps}
    maker = {made: step.key for step in by_key.values() for made in (step.key, *step.makes)}
    before = _edges(by_key, maker)
    ranks = _ranks(by_key, before)
    sorter = TopologicalSorter(before)
    sorter.prepare()
    heap: list[tuple[int, int, Key]] = []
    found: list[Step] = []
    while sorter.is_active():
        for key in sorter.get_ready():
            heapq.heappush(heap, (ranks[key], by_key[key].phase, key))
        _, _, key = heapq.heappop(heap)
        found.append(by_key[key])
        sorter.done(key)
    return tuple(found)


def _edges(steps: dict[Key, Step], maker: dict[Key, Key]) -> dict[Key, set[Key]]:
    """What comes before each step; wishes that make a circle are given up."""
    hard = {key: {maker[n] for n in step.needs if n in maker} - {key} for key, step in steps.items()}
    soft = {key: {maker[n] for n in step.wants if n in maker} - {key} for key, step in steps.items()}
    while True:
        edges = {key: hard[key] | soft[key] for key in steps}
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            cycle: list[Key] = error.args[1]
            wishes = [(a, b) for a, b in pairwise(cycle) if a in soft[b] - hard[b]]
            if not wishes:
                raise Tangled(tuple(cycle)) from None
            for wanted, key in wishes:
                soft[key].discard(wanted)
        else:
            return edges


def _ranks(steps: dict[Key, Step], before: dict[Key, set[Key]]) -> dict[Key, Phase]:
    """The phase in which each step comes: its own, or that of the first that needs it."""
    ranks = {key: step.phase for key, step in steps.items()}
    for key in reversed(list(TopologicalSorter(before).static_order())):
        for needed in before[key]:
            ranks[needed] = min(ranks[needed], ranks[key])
    return ranks
