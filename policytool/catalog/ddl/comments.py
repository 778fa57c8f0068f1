"""COMMENT ON an object and on its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.catalog.ddl import described
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.model import Table, View
from policytool.catalog.objects import Composite, Domain, Extension
from policytool.catalog.spelling import identifier, literal, qualified


def steps(item: Any, before: Any = None) -> Iterator[Step]:
    """The comments that differ from those of the object as it was."""
    if isinstance(item, Extension) and item.comment is None:
        return  # it has its own
    old = dict(texts(before)) if before is not None else {}
    new = dict(texts(item))
    sql = [
        comment(target, new.get(target)) for target in dict.fromkeys([*new, *old]) if new.get(target) != old.get(target)
    ]
    if sql:
        yield step(Phase.COMMENTS, ("comments", described.full(item)), *sql, schema=described.schema_of(item))


def comment(target: str, text: str | None) -> str:
    """COMMENT ON."""
    return f"comment on {target} is {'null' if text is None else literal(text)}"


def texts(item: Any) -> Iterator[tuple[str, str]]:
    """Each thing of an object that has a comment, with it."""
    if item.comment is not None:
        yield described.full(item), item.comment
    if isinstance(item, (Table, View, Composite)):
        name = qualified(item.schema, item.name)
        for column in item.columns:
            if column.comment is not None:
                yield f"column {name}.{identifier(column.name)}", column.comment
    if isinstance(item, (Table, View)):
        yield from _parts(item)
    if isinstance(item, (Table, Domain)):
        on = "domain " if isinstance(item, Domain) else ""
        for constraint in item.constraints:
            if constraint.comment is not None:
                target = f"constraint {identifier(constraint.name)} on {on}{qualified(item.schema, item.name)}"
                yield target, constraint.comment


def _parts(item: Table | View) -> Iterator[tuple[str, str]]:
    name = qualified(item.schema, item.name)
    for index in item.indexes:
        if index.comment is not None:
            yield f"index {qualified(item.schema, index.name)}", index.comment
    policies = item.policies if isinstance(item, Table) else ()
    for noun, parts in (("policy", policies), ("trigger", item.triggers), ("rule", item.rules)):
        for part in parts:
            if part.comment is not None:
                yield f"{noun} {identifier(part.name)} on {name}", part.comment
