"""What an answer says of rows, and whose rows a person makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policytool.postgres.session import Answer
from policytool.testing.observed.people import Person
from policytool.testing.observed.probes import Probe
from policytool.testing.observed.stage import Item, Stage
from policytool.testing.outcomes import Outcome

if TYPE_CHECKING:
    from policytool.catalog.model import Table

MOST: Final = 24  # rows that are tried one by one where all together fail


def own_values(person: Person, stage: Stage, table: Table) -> dict[str, str | None]:
    """The columns that say whose a row of a table is, as the person's."""
    ties = stage.worlds.ties.get((table.schema, table.name))
    if ties is None:
        return {}
    kinds = {c.name: c.type for c in table.columns}
    found: dict[str, str | None] = {c: person.email if "email" in c else person.number(kinds[c]) for c in ties.users}
    for key in ties.keys:
        if key.table in stage.worlds.ties and stage.worlds.ties[key.table].single:
            rows = [i for i in stage.items(key.table) if i.people == {person.name}]
            found |= {c: rows[0].row.get(far) for c, far in zip(key.columns, key.far, strict=True) if rows}
    return found


def of_itself(answer: Answer, table: Table) -> bool:
    """Whether the privilege that is missing is one on the table, and not on what its policies read."""
    return answer.message.endswith((f" for table {table.name}", f" for schema {table.schema}"))


def entered(said: Outcome) -> bool:
    """Whether grants and policies let a new row in; with ON CONFLICT it may then meet the one that is there."""
    return said.passed_policies or said.kind == "filtered"


def stopped_by_project(said: Outcome) -> bool:
    """Whether something of the project's own refused it, so that policies had no say or were passed."""
    return said.by == "trigger" or (said.kind == "error" and not said.by)


def samples(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The rows that are copied: all of the worlds', and some of nobody's."""
    owned = [item for item in items if item.world or item.people]
    rest = [item for item in items if not item.world and not item.people]
    return (*owned[:MOST], *rest[: max(2, 6 - len(owned))])


def seen(answer: Answer, probe: Probe, items: tuple[Item, ...]) -> frozenset[str]:
    if not answer.ran:
        return frozenset()
    if not probe.reads:
        known = {item.id for item in items}
        return frozenset(row[0] for row in answer.values if row and row[0] in known and row[0])
    by_values: dict[tuple[str | None, ...], list[str]] = {}
    for item in items:
        by_values.setdefault(tuple(item.row.get(c) for c in probe.reads), []).append(item.id)
    found: set[str] = set()
    for values in answer.values:
        left = by_values.get(values)
        if left:
            found.add(left.pop())
    return frozenset(found)
