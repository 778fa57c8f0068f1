"""Other values that a column could be given: to see whether an actor may change it, and to what."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Final

from policytool.catalog.model import Column, Name
from policytool.postgres.seeding.constants import constants
from policytool.testing.running.bench import Bench
from policytool.testing.suites.lookup import USERS
from policytool.testing.suites.suite import Handle

MOST: Final = 8
_ELSE: Final[dict[str, str]] = {
    "uuid": str(uuid.UUID(int=0x0C0F5D0A8A0E4F559F0B5B0E6A1D7C42)),
    "jsonb": '{"changed": true}',
    "json": '{"changed": true}',
    "date": "2031-02-03",
    "timestamp with time zone": "2031-02-03 04:05:06+00",
    "timestamp without time zone": "2031-02-03 04:05:06",
    "time without time zone": "04:05:06",
    "interval": "3 days",
    "inet": "203.0.113.7",
    "bytea": "\\x00ff",
}
_NUMBERS: Final = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


def candidates(bench: Bench, table: Name, column: Column, handle: Handle, actor: str) -> list[str | None]:
    """Values that differ from the row's, the likeliest to be accepted first."""
    now = bench.world.row(handle)[column.name]
    found = dict.fromkeys(_candidates(bench, table, column, now, actor))
    return [value for value in found if value != now][:MOST]


def _candidates(bench: Bench, table: Name, column: Column, now: str | None, actor: str) -> Iterator[str | None]:
    if mine := own(bench, table, column.name, actor):
        yield mine
    yield from _listed(bench, table, column)
    yield from _elsewhere(bench, table, column.name)
    if not any(True for _ in _targets(bench, table, column.name)):
        yield from _changed(column, now)
    if not column.not_null:
        yield None


def own(bench: Bench, table: Name, column: str, actor: str) -> str | None:
    """The actor's own number, where the column holds numbers of people."""
    rows = bench.world.rows
    for target, far in _targets(bench, table, column):
        if (planted := rows.get(Handle(target, actor).key)) is not None:
            return planted.row[far]
        if target == USERS and bench.actor(actor).user:
            return bench.actor(actor).user
    return None


def _targets(bench: Bench, table: Name, column: str) -> Iterator[tuple[Name, str]]:
    """The columns that it refers to, directly or through others."""
    level, seen = [(table, column)], {(table, column)}
    while level:
        following: list[tuple[Name, str]] = []
        for name, near in level:
            found = bench.world.catalog.tables.get(name)
            for constraint in found.constraints if found else ():
                if (reference := constraint.reference) and near in constraint.columns:
                    far = ((reference.schema, reference.table), reference.columns[constraint.columns.index(near)])
                    if far not in seen:
                        seen.add(far)
                        following.append(far)
                        yield far
        level = following


def _listed(bench: Bench, table: Name, column: Column) -> Iterator[str]:
    """Labels of an enum, both booleans, what a check names."""
    if column.type == "boolean":
        yield from ("true", "false")
    schema, dot, name = column.type.rpartition(".")
    enum = bench.world.catalog.enums.get((schema if dot else "public", name))
    if enum is not None:
        yield from enum.labels
    for constraint in bench.world.table(table).constraints:
        if constraint.kind == "CHECK" and column.name in constraint.columns and constraint.expression:
            yield from constants(constraint.expression).choices


def _elsewhere(bench: Bench, table: Name, column: str) -> Iterator[str | None]:
    """What other rows hold, and what the rows are called that it may refer to."""
    for planted in bench.world.rows.values():
        if planted.table == table:
            yield planted.row[column]
    for target, far in _targets(bench, table, column):
        for planted in bench.world.rows.values():
            if planted.table == target:
                yield planted.row[far]


def _changed(column: Column, now: str | None) -> Iterator[str]:
    kind = column.type.partition("(")[0].strip()
    if kind in _NUMBERS:
        yield str(int(float(now)) + 1 if now else 1)
    elif kind in _ELSE:
        yield _ELSE[kind]
    elif kind in ("text", "character varying", "citext", "character"):
        yield f"{now or ''}x"
        yield "changed"
