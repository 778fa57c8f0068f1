"""Rows to measure policies by: those of a table, put aside, and others that differ in one column from one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from policytool.catalog.expression.references import references
from policytool.catalog.model import Column, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, literal, qualified
from policytool.postgres.seeding.constants import constants
from policytool.postgres.session import Session

_MOST_VALUES: Final = 8
MOST_ROWS: Final = 600
_DAYS: Final = ("1990-01-01", "2990-01-01")
_NUMBERS: Final = ("integer", "bigint", "smallint", "numeric", "real", "double")


class Sample(Struct, frozen=True, kw_only=True):
    """Rows of a table in a temporary one: those that are there, and each with one column changed."""

    table: Table
    stored: str  # the temporary table, as SQL names it
    rows: tuple[tuple[str, str, str], ...]  # number, the row it was made from, what differs


class Sampler:
    """Makes samples in one session. `users` are the numbers of the persons who act."""

    def __init__(self, session: Session, users: Sequence[str]) -> None:
        self._session = session
        self._users = tuple(dict.fromkeys(user for user in users if user))

    def sample(self, catalog: Catalog, table: Table, name: str) -> Sample | None:
        """Put rows aside in a temporary table of this name; they stay until the transaction or savepoint ends."""
        on, stored = qualified(table.schema, table.name), f"pg_temp.{name}"
        columns = ", ".join(identifier(c.name) for c in table.columns)
        sql = (
            f"create temp table {name} as select (row_number() over ())::integer as policytool_row, "
            f"ctid::text as policytool_from, ''::text as policytool_as, {columns} from {on} limit {MOST_ROWS // 4}; "
            f"grant select on {stored} to public"
        )
        if not self._session.bypass(sql, keep=True).ran:
            return None
        for column in self._varied(table):
            self._session.bypass(self._variation(catalog, table, column, stored), keep=True)
        for condition in _impossible(catalog, table, stored):
            self._session.bypass(f"delete from {stored} where policytool_as <> '' and {condition}", keep=True)
        columns = "policytool_row, policytool_from, policytool_as"
        answer = self._session.bypass(f"select {columns} from {stored} order by 1 limit {MOST_ROWS}")
        rows = tuple((r[0] or "", r[1] or "", r[2] or "") for r in answer.values)
        return Sample(table=table, stored=stored, rows=rows)

    def _varied(self, table: Table) -> Iterator[Column]:
        """The columns that policies look at."""
        named = {c for text in _said(table) for c in references(text).own_columns}
        yield from (c for c in table.columns if c.name in named)

    def _variation(self, catalog: Catalog, table: Table, column: Column, stored: str) -> str:
        """Each row that is there, with another value in one column."""
        name, number = identifier(column.name), f"(select max(policytool_row) from {stored})"
        here = f"(select distinct {name} as v from {stored} where policytool_as = '' limit {_MOST_VALUES})"
        others = [f"{literal(v)}::{column.type}" for v in self._values(catalog, table, column, stored)]
        others += [] if column.not_null else ["null"]
        values = " union select ".join([here, *others])
        columns = ", ".join("v.v" if c is column else f"r.{identifier(c.name)}" for c in table.columns)
        spelled = f"{literal(column.name + ' = ')} || coalesce(v.v::text, 'null')"
        return (
            f"insert into {stored} "
            f"select {number} + (row_number() over ())::integer, r.policytool_from, {spelled}, {columns} "
            f"from {stored} r cross join (select v from ({values}) as x (v)) as v "
            f"where r.policytool_as = '' and v.v is distinct from r.{name} limit {MOST_ROWS // 4}"
        )

    def _values(self, catalog: Catalog, table: Table, column: Column, stored: str) -> Iterator[str]:
        """Values that policies may look for: persons, all labels of an enum, both booleans, what policies spell out."""
        schema, _, name = column.type.rpartition(".")
        enum = catalog.enums.get((schema, name))
        if enum is not None:
            yield from enum.labels[:_MOST_VALUES]
        elif column.type == "boolean":
            yield from ("true", "false")
        elif column.type == "uuid":
            yield from self._users
        elif column.type.startswith(("timestamp", "date")):
            yield from _DAYS
        elif column.type.startswith(_NUMBERS):
            yield from list(dict.fromkeys(_beside(_said(table))))[:_MOST_VALUES]
        elif column.type.startswith(("text", "character varying")):
            found = dict.fromkeys(value for text in _said(table) for value in constants(text).texts)
            yield from [*list(found)[:_MOST_VALUES], *self._others(column, stored)]

    def _others(self, column: Column, stored: str) -> Iterator[str]:
        """What names a person, as in the path of a file, as if it named another."""
        name = identifier(column.name)
        there = self._session.bypass(f"select distinct {name} from {stored} where policytool_as = '' limit {MOST_ROWS}")
        for (value,) in there.values:
            for user in (u for u in self._users if value is not None and u in value):
                yield from (str(value).replace(user, other) for other in self._users if other != user)


def _said(table: Table) -> list[str]:
    """The expressions of a table's policies."""
    return [t for p in table.policies for t in (p.using, p.with_check) if t is not None]


def _beside(texts: list[str]) -> Iterator[str]:
    """The whole numbers that expressions name, and those next to them."""
    for number in (int(n) for text in texts for n in constants(text).numbers if n.lstrip("-").isdigit()):
        yield from (str(number - 1), str(number), str(number + 1))


def _impossible(catalog: Catalog, table: Table, stored: str) -> Iterator[str]:
    """Conditions that rows fulfil which a constraint forbids: such a row can never be there."""
    alias = identifier(table.name)
    for constraint in table.constraints:
        if constraint.kind == "CHECK" and constraint.expression:
            wrong = f"select policytool_row from {stored} as {alias} where not ({constraint.expression})"
            yield f"policytool_row in ({wrong})"
        if constraint.kind in ("PRIMARY KEY", "UNIQUE"):
            on = qualified(table.schema, table.name)
            same = " and ".join(f"far.{identifier(c)} = {stored}.{identifier(c)}" for c in constraint.columns)
            yield f"exists (select from {on} as far where {same} and far.ctid::text <> {stored}.policytool_from)"
        reference = constraint.reference
        if reference is not None:
            far = qualified(reference.schema, reference.table)
            pairs = zip(constraint.columns, reference.columns, strict=True)
            joined = " and ".join(f"far.{identifier(f)} = {stored}.{identifier(n)}" for n, f in pairs)
            known = " and ".join(f"{stored}.{identifier(n)} is not null" for n in constraint.columns)
            yield f"{known} and not exists (select from {far} as far where {joined})"
    yield from _orphaning(catalog, table, stored)


def _orphaning(catalog: Catalog, table: Table, stored: str) -> Iterator[str]:
    """Rows whose key is another than that of the row they were made from, to which others refer."""
    on = qualified(table.schema, table.name)
    for other in catalog.tables.values():
        for constraint in other.constraints:
            reference = constraint.reference
            if reference is None or (reference.schema, reference.table) != (table.schema, table.name):
                continue
            pairs = list(zip(constraint.columns, reference.columns, strict=True))
            refers = " and ".join(f"far.{identifier(n)} = own.{identifier(f)}" for n, f in pairs)
            moved = " or ".join(f"own.{identifier(f)} is distinct from {stored}.{identifier(f)}" for _, f in pairs)
            far = qualified(other.schema, other.name)
            same = f"own.ctid::text = {stored}.policytool_from and ({moved})"
            yield f"exists (select from {on} as own join {far} as far on {refers} where {same})"
