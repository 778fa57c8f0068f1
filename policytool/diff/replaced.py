"""Which changes of an object ALTER cannot make, so that it has to be dropped and made again."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.users import words
from policytool.catalog.build.views import UNKNOWN
from policytool.catalog.model import (
    Argument,
    Column,
    Constraint,
    Function,
    Index,
    Policy,
    Sequence,
    Table,
    Trigger,
    View,
)
from policytool.catalog.objects import (
    Composite,
    Domain,
    Enum,
    EventTrigger,
    ForeignDataWrapper,
    ForeignServer,
    Other,
    Publication,
    Range,
)
from policytool.diff.same import SATELLITES, differing, same

# Kinds whose definition a server does not show in the words of the statement that made them.
_UNSAID = ("collation", "text search configuration", "text search dictionary", "text search parser",
           "text search template")  # fmt: skip


def replaced(before: Any, after: Any) -> bool:
    """Whether an object must go for its new version to come. Types that are in use are swapped instead."""
    match after:
        case Table():
            return _table(before, after)
        case View():
            return before.materialized != after.materialized or not _fits(before, after)
        case Function():
            return _function(before, after)
        case Sequence():
            return bool(before.identity != after.identity)
        case Enum() | Domain() | Composite() | Range():
            return remade_type(before, after)
        case EventTrigger():
            return (before.event, before.function, sorted(before.tags)) != (
                after.event,
                after.function,
                sorted(after.tags),
            )
        case Publication():
            return bool(before.all_tables != after.all_tables)
        case ForeignServer():
            return (before.wrapper, before.type) != (after.wrapper, after.type)
        case ForeignDataWrapper():
            return False
        case Other():
            return _other(before, after)
    return False


def _table(before: Table, after: Table) -> bool:
    partitions = (before.kind, before.partition_key) != (after.kind, after.partition_key)
    return partitions or before.server != after.server or _key_retyped(before, after)


def _key_retyped(before: Table, after: Table) -> bool:
    """Whether a column that rows are distributed by is of another type, which ALTER refuses."""
    if before.partition_key is None or before.columns is after.columns:
        return False
    used = words(before.partition_key)
    new = {c.name: (c.type, c.collation) for c in after.columns}
    return any(c.name in used and new.get(c.name) != (c.type, c.collation) for c in before.columns)


def _fits(before: View, after: View) -> bool:
    """Whether OR REPLACE makes the one of the other: columns may only be added at the end."""
    if after.materialized:
        return not {"definition", "columns"} & set(differing(before, after)) or _same_query(before, after)
    old, new = _shape(before.columns), _shape(after.columns)
    return new[: len(old)] == old or _same_query(before, after)


def _same_query(before: View, after: View) -> bool:
    if before.definition != after.definition or len(before.columns) != len(after.columns):
        return False
    # A server knows the type of every column; what a statement says may not tell it.
    pairs = zip(_shape(before.columns), _shape(after.columns), strict=True)
    return all(one == other or (one[0] == other[0] and UNKNOWN in (one[1], other[1])) for one, other in pairs)


def _shape(columns: tuple[Column, ...]) -> list[tuple[str, str, str | None]]:
    return [(c.name, c.type, c.collation) for c in columns]


def _function(before: Function, after: Function) -> bool:
    if (before.kind, before.returns) != (after.kind, after.returns) or before.definition != after.definition:
        return True
    if len(before.arguments) != len(after.arguments):
        return True
    return any(_argument(a, b) for a, b in zip(before.arguments, after.arguments, strict=True))


def _argument(before: Argument, after: Argument) -> bool:
    if (before.mode, before.type) != (after.mode, after.type):
        return True
    renamed = before.name != after.name and (before.name is not None or before.mode not in ("IN", "VARIADIC"))
    return renamed or (before.default is not None and after.default is None)


def remade_type(before: Any, after: Any) -> bool:
    """Whether a type has to be another: labels gone or moved, another base, attributes of other types."""
    match after:
        case Enum():
            kept = [label for label in after.labels if label in before.labels]
            return list(before.labels) != kept
        case Domain():
            return (before.type, before.collation) != (after.type, after.collation)
        case Composite():
            return not _attributes_fit(before.columns, after.columns)
    return not same(before, after)


def _attributes_fit(before: tuple[Column, ...], after: tuple[Column, ...]) -> bool:
    """Whether attributes are only dropped, and added at the end."""
    names = {column.name for column in after}
    kept = [c for c in _shape(before) if c[0] in names]
    return _shape(after)[: len(kept)] == kept


def _other(before: Other, after: Other) -> bool:
    if before.kind in _UNSAID and not (before.definition and after.definition):
        return False
    if any((f"{word} = " in before.definition) != (f"{word} = " in after.definition) for word in ("FROM", "COPY")):
        return False  # what the other was a copy of nobody knows
    return before.definition != after.definition and before.kind != "subscription"


# --- parts of tables ------------------------------------------------------------------------------------------------


def replaced_part(before: Any, after: Any, host: Any = None, new_host: Any = None) -> bool:
    """Whether a part of a table must be dropped for its new version."""
    match after:
        case Constraint():
            return _constraint(before, after, host, new_host)
        case Index():
            loose = {"options", "parent", "valid", "constraint", "clustered"}
            return not set(differing(before, after, SATELLITES | {"statistics"})) <= loose
        case Policy():
            return _policy(before, after)
        case Trigger():
            return not set(differing(before, after)) <= {"enabled", "inherited"}
    return not set(differing(before, after)) <= {"enabled"}


def _constraint(before: Constraint, after: Constraint, host: Any, new_host: Any) -> bool:
    changed = set(differing(before, after)) - {"inherited", "local"}
    if before.kind == "FOREIGN KEY":
        changed -= {"deferrable", "deferred"}
    if after.validated and not before.validated:
        changed -= {"validated"}
    return bool(changed) or not same(_index(host, before), _index(new_host, after), without=_LOOSE)


_LOOSE = frozenset({"comment", "name", "options", "parent", "valid", "constraint", "clustered", "statistics"})


def _index(host: Any, constraint: Constraint) -> Any:
    return next((i for i in getattr(host, "indexes", ()) if i.constraint == constraint.name), None)


def _policy(before: Policy, after: Policy) -> bool:
    if (before.command, before.permissive) != (after.command, after.permissive):
        return True
    lost = before.using is not None and after.using is None
    return lost or (before.with_check is not None and after.with_check is None)
