"""What may go wrong with each statement of a plan: data, locks, scans, and holes in what nobody tracks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog import locks as taking
from policytool.catalog.build.state import Change as Folded
from policytool.catalog.ddl.names import qualified_names
from policytool.catalog.history import History, Step
from policytool.catalog.model import Column, Function, Table, View
from policytool.catalog.rewrites import added, retyped
from policytool.catalog.spelling import qualified
from policytool.diff.changes import Hazard, Locked
from policytool.diff.plan import Plan
from policytool.diff.same import named
from policytool.diff.simulator import Done

NAMES: Final = (
    "DATA_LOSS", "ACCESS_EXCLUSIVE", "SHARE_LOCK", "TABLE_REWRITE", "FULL_SCAN", "INDEX_BUILD", "INDEX_DROPPED",
    "NON_TRANSACTIONAL", "COMMIT_BOUNDARY", "AUTHZ_WIDENED", "AUTHZ_NARROWED", "RLS_DISABLED", "DEFINER_NO_SEARCH_PATH",
    "UNTRACKED_DEPENDENCY", "EXTENSION_VERSION", "RENAME_GUESSED", "UNMODELLED", "ROLE_MISSING",
)  # fmt: skip
_COARSER: Final = {
    ("numeric", "integer"), ("numeric", "bigint"), ("numeric", "smallint"), ("double precision", "integer"),
    ("double precision", "bigint"), ("real", "integer"), ("double precision", "real"), ("numeric", "real"),
    ("timestamp with time zone", "date"), ("timestamp without time zone", "date"), ("numeric", "double precision"),
}  # fmt: skip


class Hazards:
    """The hazards of one plan's statements."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._used = _bodies(plan.after)
        steps = [
            Step(statement=one.statement, changes=one.changes, ordinal=n, root=one.statement.file, path=one.path)
            for n, one in enumerate(plan.statements)
            if one.statement is not None
        ]
        self._history = History(steps, plan.simulated)
        self._steps = {step.ordinal: step for step in steps}

    def locks(self, ordinal: int) -> tuple[Locked, ...]:
        """The locks on relations that were there before the plan."""
        step = self._steps.get(ordinal)
        if step is None:
            return ()
        return tuple(
            Locked(relation=qualified(*one.key), mode=one.lock.words, stops=one.lock.stops)
            for one in taking.taken(step, self._history)
            if one.key in getattr(self._plan.before, one.kind)
        )

    def of(self, ordinal: int, locks: tuple[Locked, ...]) -> tuple[Hazard, ...]:
        """The hazards of one statement, the worst first."""
        done = self._plan.statements[ordinal]
        found = {hazard.name: hazard for hazard in self._all(done, ordinal, locks)}
        return tuple(sorted(found.values(), key=lambda hazard: NAMES.index(hazard.name)))

    def _all(self, done: Done, ordinal: int, locks: tuple[Locked, ...]) -> Iterator[Hazard]:
        for change in done.changes:
            yield from self._lost(change)
            altered = change.kind == "tables" and change.before is not None and change.after is not None
            if altered and change.key in self._plan.before.tables:
                yield from self._altered(change.before, change.after)
            yield from _others(change)
        for lock in locks:
            if lock.mode == "ACCESS EXCLUSIVE":
                yield Hazard(name="ACCESS_EXCLUSIVE", message=f"nobody can read or write {lock.relation} meanwhile")
            elif lock.stops:
                yield Hazard(name="SHARE_LOCK", message=f"nobody can write to {lock.relation} meanwhile")
        yield from self._boundary(ordinal)

    def _boundary(self, ordinal: int) -> Iterator[Hazard]:
        statements = self._plan.statements
        if ordinal + 1 < len(statements) and statements[ordinal + 1].segment != statements[ordinal].segment:
            yield Hazard(
                name="COMMIT_BOUNDARY", message="what follows is another transaction: a failure there keeps this"
            )

    def _lost(self, change: Folded) -> Iterator[Hazard]:
        before, after = change.before, change.after
        if before is None or change.old_key is not None:
            return
        if after is None:
            if isinstance(before, Table) and before.kind != "foreign table":
                yield Hazard(name="DATA_LOSS", message=f"all rows of {_name(before)} are gone")
            yield from self._untracked(change.key)
        elif (
            isinstance(before, Table)
            and before.columns is not after.columns
            and len(before.columns) > len(after.columns)
        ):
            kept = named(after.columns)
            for column in before.columns:
                if column.name not in kept and not column.inherited and column.generated is None:
                    yield Hazard(name="DATA_LOSS", message=f"what {_name(before)}.{column.name} holds is gone")

    def _untracked(self, key: Any) -> Iterator[Hazard]:
        for name in sorted(self._used.get(key[:2], ())) if isinstance(key, tuple) else ():
            after = self._plan.after
            if not any(key in store for store in (after.tables, after.views, after.functions)):
                yield Hazard(name="UNTRACKED_DEPENDENCY", message=f"the body of {name}() still names it")

    def _altered(self, before: Table, after: Table) -> Iterator[Hazard]:
        relation = _name(before)
        if before.columns is not after.columns:
            old = named(before.columns)
            for column in after.columns:
                yield from self._column(relation, old.get(column.name), column)
        if (before.persistence, before.access_method) != (after.persistence, after.access_method):
            yield Hazard(name="TABLE_REWRITE", message=f"{relation} is copied")
        held = named(before.constraints)
        for constraint in after.constraints:
            was = held.get(constraint.name)
            fresh = was is None or (constraint.validated and not was.validated)
            if fresh and constraint.kind in ("CHECK", "FOREIGN KEY") and constraint.validated and constraint.enforced:
                yield Hazard(name="FULL_SCAN", message=f"every row of {relation} is checked")
        indexes = {index.name for index in before.indexes}
        now = {index.name for index in after.indexes}
        if now - indexes and not indexes - now:
            yield Hazard(name="INDEX_BUILD", message=f"an index is built over all rows of {relation}")
        if indexes - now and not now - indexes:
            lost = ", ".join(sorted(indexes - now))
            yield Hazard(name="INDEX_DROPPED", message=f"queries on {relation} can no longer use {lost}")
        if before.partition_of is None and after.partition_of is not None:
            yield Hazard(name="FULL_SCAN", message=f"every row of {relation} is checked against its bounds")
        if before.rls_enabled and not after.rls_enabled:
            yield Hazard(name="RLS_DISABLED", message=f"whoever has a grant on {relation} sees every row of it")

    def _column(self, relation: str, before: Column | None, after: Column) -> Iterator[Hazard]:
        domains, functions = self._plan.after.domains, self._history.functions
        if before is None:
            why = added(after, domains, functions)
            if why is not None:
                yield Hazard(name="TABLE_REWRITE", message=f"{relation} is copied: {why}")
            if after.not_null and after.default is None and after.identity is None and after.generated is None:
                message = f"it fails if {relation} has rows: {after.name} would be null in them"
                yield Hazard(name="FULL_SCAN", message=message)
            return
        if before.type != after.type:
            enums = {qualified(*key) for key in self._plan.after.enums}
            if retyped(before.type, after.type, domains, enums) in (True, None):
                yield Hazard(name="TABLE_REWRITE", message=f"{relation} is copied: {after.name} becomes {after.type}")
            if (_plain(before.type), _plain(after.type)) in _COARSER:
                message = f"{relation}.{after.name} keeps less of each value as {after.type}"
                yield Hazard(name="DATA_LOSS", message=message)
        if after.not_null and not before.not_null:
            yield Hazard(name="FULL_SCAN", message=f"every row of {relation} is looked at for nulls")


def _plain(kind: str) -> str:
    return kind.partition("(")[0] + (kind.partition(")")[2] if "(" in kind else "")


def _name(item: Table | View) -> str:
    return qualified(item.schema, item.name)


def _others(change: Folded) -> Iterator[Hazard]:
    after, before = change.after, change.before
    if isinstance(after, Function) and after.security_definer and after.origin is None:
        pinned = any(entry.startswith("search_path=") for entry in after.settings)
        fresh = before is None or (before.security_definer, before.settings) != (after.security_definer, after.settings)
        if fresh and not pinned:
            message = f"{after.name}() runs as its owner and looks names up where its caller says"
            yield Hazard(name="DEFINER_NO_SEARCH_PATH", message=message)
    if change.kind == "extensions" and before is not None and after is not None and before.version != after.version:
        yield Hazard(name="EXTENSION_VERSION", message=f"{after.name} goes from {before.version} to {after.version}")
    if change.kind == "extensions" and after is None and before is not None:
        yield Hazard(name="DATA_LOSS", message=f"all that {before.name} made is gone, with columns of its types")


def _bodies(catalog: Any) -> dict[Any, set[str]]:
    """The functions whose bodies name something, by its name: no dependency keeps it from being dropped."""
    found: dict[Any, set[str]] = {}
    for function in catalog.functions.values():
        if function.origin is None and not function.atomic:
            for name in qualified_names(function.body):
                found.setdefault(name, set()).add(qualified(function.schema, function.name))
    return found
