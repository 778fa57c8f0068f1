"""Sequences, and which column owns one."""

from __future__ import annotations

from typing import Final

from policytool.catalog.ddl.names import relation_key
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.model import Sequence
from policytool.catalog.spelling import identifier, qualified

_LIMITS: Final = {
    "smallint": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}


def create(sequence: Sequence) -> str:
    """CREATE SEQUENCE."""
    unlogged = "unlogged " if sequence.persistence == "unlogged" else ""
    head = f"create {unlogged}sequence {qualified(sequence.schema, sequence.name)}"
    return " ".join([head, *options(sequence, of="bigint")])


def options(sequence: Sequence, *, of: str) -> list[str]:
    """The parameters that are not what a sequence of the type `of` has by default."""
    low, high = _LIMITS[sequence.type]
    ascending = sequence.increment > 0
    minimum, maximum = (1, high) if ascending else (low, -1)
    found = [f"as {sequence.type}"] if sequence.type != of else []
    if sequence.increment != 1:
        found.append(f"increment by {sequence.increment}")
    if sequence.minimum != minimum:
        found.append(f"minvalue {sequence.minimum}")
    if sequence.maximum != maximum:
        found.append(f"maxvalue {sequence.maximum}")
    if sequence.start != (sequence.minimum if ascending else sequence.maximum):
        found.append(f"start with {sequence.start}")
    if sequence.cache != 1:
        found.append(f"cache {sequence.cache}")
    return [*found, "cycle"] if sequence.cycle else found


def steps(sequence: Sequence) -> list[Step]:
    """The sequence, unless it comes with an identity column, and the column that owns it."""
    if sequence.identity:
        return []
    name = (sequence.schema, sequence.name)
    found = [step(Phase.SEQUENCES, relation_key(name), create(sequence), schema=sequence.schema)]
    if sequence.owned_by is not None:
        schema, table, column = sequence.owned_by
        owner = f"{qualified(schema, table)}.{identifier(column)}"
        sql = f"alter sequence {qualified(*name)} owned by {owner}"
        found.append(step(Phase.OWNED, ("owned", *name), sql, schema=sequence.schema))
    return found
