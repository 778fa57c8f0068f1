"""Types of a server: enumerations, domains, composite types, ranges and base types."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.domains import check_text
from policytool.catalog.introspect.columns import Columns, collation
from policytool.catalog.introspect.parts import check
from policytool.catalog.introspect.reading import Reading
from policytool.catalog.introspect.server import Row
from policytool.catalog.introspect.texts import Expressions
from policytool.catalog.model import Constraint, Name
from policytool.catalog.objects import BaseType, Composite, Domain, Enum, Range


def enums(reading: Reading) -> dict[Name, Enum]:
    """All enumerated types by name."""
    return {_key(row): Enum(labels=tuple(row["labels"]), **_owned(reading, row)) for row in _of(reading, "e")}


def composites(reading: Reading, columns: Columns) -> dict[Name, Composite]:
    """All free-standing composite types by name."""
    return {
        _key(row): Composite(columns=columns.of(row["relation"]), **_owned(reading, row)) for row in _of(reading, "c")
    }


def base_types(reading: Reading) -> dict[Name, BaseType]:
    """All base and shell types by name."""
    return {_key(row): BaseType(**_owned(reading, row)) for row in _of(reading, "b")}


def ranges(reading: Reading) -> dict[Name, Range]:
    """All range types by name."""
    return {_key(row): _range(reading, row) for row in _of(reading, "r")}


def _range(reading: Reading, row: Row) -> Range:
    options = {
        "subtype_opclass": row["subtype_opclass"],
        "collation": row["range_collation"],
        "canonical": row["canonical"],
        "subtype_diff": row["subtype_diff"],
    }
    spelled = (f"{name}={value.removeprefix('pg_catalog.')}" for name, value in options.items() if value is not None)
    return Range(
        subtype=row["subtype"],
        multirange=row["multirange"] or "",
        options=tuple(sorted(spelled)),
        **_owned(reading, row),
    )


def domains(reading: Reading) -> dict[Name, Domain]:
    """All domains by name."""
    checks: dict[int, list[Row]] = {}
    for row in reading.rows["constraints"]:
        if row["domain"] is not None:
            checks.setdefault(row["domain"], []).append(row)
    rows = _of(reading, "d")
    texts = [row["default"] for row in rows] + [row["expression"] for each in checks.values() for row in each]
    expressions = Expressions(reading.names, texts)
    return {_key(row): _domain(reading, row, checks.get(row["oid"], []), expressions) for row in rows}


def _domain(reading: Reading, row: Row, checks: list[Row], expressions: Expressions) -> Domain:
    return Domain(
        type=row["base"],
        not_null=row["not_null"],
        default=expressions.canonical(row["default"], expected=row["base"]),
        collation=collation(row),
        constraints=tuple(_check(reading, each, row["base"], expressions) for each in checks),
        **_owned(reading, row),
    )


def _check(reading: Reading, row: Row, kind: str, expressions: Expressions) -> Constraint:
    nodes = expressions.nodes(row["expression"])
    text = check_text(nodes[0], reading.names, kind) if nodes else row["expression"]
    return Constraint(**check(reading, row, text))


def _of(reading: Reading, kind: str) -> list[Row]:
    return [row for row in reading.rows["types"] if row["kind"] == kind]


def _key(row: Row) -> Name:
    return (row["schema"], row["name"])


def _owned(reading: Reading, row: Row) -> dict[str, Any]:
    return {"schema": row["schema"], **reading.owned("pg_type", row)}
