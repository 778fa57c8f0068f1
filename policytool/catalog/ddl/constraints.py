"""Constraints of tables."""

from __future__ import annotations

from policytool.catalog.ddl import indexes, words
from policytool.catalog.model import Constraint, Index, Name, Reference, Table
from policytool.catalog.spelling import identifier, qualified


def add(table: Table, constraint: Constraint) -> str:
    """ALTER TABLE … ADD CONSTRAINT."""
    pending = constraint.enforced and not constraint.validated
    clause = definition(constraint, index_of(table, constraint))
    return f"alter table {qualified(table.schema, table.name)} add {clause}{' not valid' if pending else ''}"


def index_of(table: Table, constraint: Constraint) -> Index | None:
    """The index that serves a constraint."""
    return next((index for index in table.indexes if index.constraint == constraint.name), None)


def definition(constraint: Constraint, index: Index | None = None) -> str:
    """CONSTRAINT name and what it says; `index` is that of a key or an exclusion."""
    match constraint.kind:
        case "CHECK":
            body = f"check ({constraint.expression}){' no inherit' if constraint.no_inherit else ''}"
        case "FOREIGN KEY":
            assert constraint.reference is not None
            body = _foreign_key(constraint, constraint.reference)
        case "EXCLUDE":
            body = _exclusion(constraint, index)
        case _:
            body = _key(constraint, index)
    return f"constraint {identifier(constraint.name)} {body}{timing(constraint)}"


def timing(constraint: Constraint) -> str:
    """DEFERRABLE, INITIALLY DEFERRED, NOT ENFORCED."""
    text = ""
    if constraint.deferrable:
        text += " deferrable"
    if constraint.deferred:
        text += " initially deferred"
    return text if constraint.enforced else f"{text} not enforced"


def _foreign_key(constraint: Constraint, far: Reference) -> str:
    columns, keys = _with_period(constraint.columns, constraint), _with_period(far.columns, constraint)
    text = f"foreign key ({columns}) references {qualified(far.schema, far.table)}"
    text += f" ({keys})" if far.columns else ""
    if far.match != "SIMPLE":
        text += f" match {far.match.lower()}"
    if far.on_update != "NO ACTION":
        text += f" on update {far.on_update.lower()}"
    if far.on_delete != "NO ACTION":
        text += f" on delete {far.on_delete.lower()}"
    if far.delete_columns:
        text += f" ({words.listed(far.delete_columns)})"
    return text


def _with_period(names: tuple[str, ...], constraint: Constraint) -> str:
    if not constraint.period:
        return words.listed(names)
    return ", ".join([*(identifier(name) for name in names[:-1]), f"period {identifier(names[-1])}"])


def _key(constraint: Constraint, index: Index | None) -> str:
    nulls = " nulls not distinct" if index is not None and index.nulls_not_distinct else ""
    overlaps = " without overlaps" if constraint.period else ""
    text = f"{constraint.kind.lower()}{nulls} ({words.listed(constraint.columns)}{overlaps})"
    return text + (_index_parts(index) if index is not None else "")


def _exclusion(constraint: Constraint, index: Index | None) -> str:
    if index is None:
        return "exclude ()"
    elements = ", ".join(
        f"{indexes.key(key)} with {_operator(operator)}"
        for key, operator in zip(index.keys, constraint.operators, strict=True)
    )
    where = f" where ({index.predicate})" if index.predicate is not None else ""
    return f"exclude using {identifier(index.method)} ({elements}){_index_parts(index)}{where}"


def _operator(operator: str) -> str:
    schema, dot, name = operator.rpartition(".")
    return f"operator({identifier(schema)}.{name})" if dot else operator


def _index_parts(index: Index) -> str:
    text = f" include ({words.listed(index.include)})" if index.include else ""
    return text + (f" with {words.storage(index.options)}" if index.options else "")


def is_inherited(table: Table, constraint: Constraint) -> bool:
    """Whether a constraint comes by itself, from a parent. A partition is made whole before it is attached."""
    return constraint.inherited and not constraint.local and table.partition_of is None


def in_create(constraint: Constraint) -> bool:
    """Whether CREATE TABLE can make it: no foreign key, and nothing that is yet to be validated."""
    return constraint.kind != "FOREIGN KEY" and (constraint.validated or not constraint.enforced)


def shape(table: Table, constraint: Constraint) -> tuple[object, ...] | None:
    """What makes two keys of a table alike; None for what has no index."""
    index = index_of(table, constraint)
    if index is None:
        return None
    timing = (constraint.deferrable, constraint.deferred, constraint.operators)
    return (index.keys, index.include, index.predicate, index.method, index.nulls_not_distinct, *timing)


def key(table: Name, constraint: Constraint) -> tuple[str, ...]:
    """The key of a constraint's step."""
    return ("constraint", *table, constraint.name)
