"""Where a plan commits: new labels before they are used, and by itself what refuses to share a transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from policytool.catalog.objects import Catalog, Enum
from policytool.catalog.transactions import refuses_transaction
from policytool.diff.simulator import Done, Simulator


def segmented(simulator: Simulator) -> tuple[tuple[Done, ...], tuple[Catalog, ...]]:
    """The statements in their segments, and what there is at each commit but the last.

    A commit that was made for new labels is left out where nothing after it speaks of them.
    """
    done, kept = simulator.done, list[Catalog]()
    number = {0: 0}
    for segment, (catalog, words) in enumerate(zip(simulator.boundaries, simulator.awaited, strict=True)):
        later = (one.sql for one in done if one.segment > segment)
        if words is None or speaks_of(later, words):
            kept.append(catalog)
        number[segment + 1] = len(kept)
    return tuple(replace(one, segment=number[one.segment]) for one in done), tuple(kept)


def speaks_of(texts: Iterable[str], words: Iterable[str]) -> bool:
    """Whether any of the words stands in a text, be it within a constant."""
    found = re.compile("|".join(rf"(?<!\w){re.escape(_quoted(word))}(?!\w)" for word in words))
    return any(found.search(text) for text in texts)


def _quoted(word: str) -> str:
    return word.replace("'", "''")


def alone(done: Done) -> bool:
    """Whether Postgres refuses to run the statement inside a transaction."""
    statement = done.statement
    return statement is not None and refuses_transaction(statement.kind, statement.node)


def in_order(stages: Sequence[Sequence[str]], simulator: Simulator) -> None:
    """Fold segments, with a commit between each two."""
    for stage in stages:
        start(simulator)
        simulator.run(stage)


def start(simulator: Simulator) -> None:
    """Begin a new segment, unless the present one is empty."""
    if simulator.done and simulator.done[-1].segment == simulator.segment:
        simulator.commit()


def awaited(name: str, before: Enum, after: Enum) -> frozenset[str]:
    """What speaks of the new labels of an enumerated type: themselves, and casts of a column that may hold them."""
    labels = frozenset(after.labels) - frozenset(before.labels)
    return labels | {f"{name} using", f"{name}[] using"} if labels else labels
