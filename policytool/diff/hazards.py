"""What may go wrong with each statement of a plan: data, locks, scans, and holes in what nobody tracks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.build.state import Change as Folded
from policytool.catalog.ddl.names import qualified_names
from policytool.catalog.history import History, Step
from policytool.catalog.model import Function, Table, View
from policytool.catalog.objects import Bucket, Catalog
from policytool.catalog.spelling import qualified
from policytool.diff.changes import Hazard, Locked, joined
from policytool.diff.costs import Costs, merged, name_of
from policytool.diff.plan import Plan
from policytool.diff.same import named
from policytool.diff.segments import alone
from policytool.diff.simulator import Done
from policytool.diff.waits import waits

_NOT_UNDONE: Final = {
    "crea": "if it fails, an index that is not valid is left behind: drop it before the next try",
    "drop": "if it fails, the index may be left behind, not valid: drop it again",
}
NAMES: Final = (
    "DATA_LOSS", "ACCESS_EXCLUSIVE", "SHARE_LOCK", "TABLE_REWRITE", "FULL_SCAN", "INDEX_BUILD", "INDEX_DROPPED",
    "NON_TRANSACTIONAL", "COMMIT_BOUNDARY", "AUTHZ_WIDENED", "AUTHZ_NARROWED", "RLS_DISABLED", "DEFINER_NO_SEARCH_PATH",
    "UNTRACKED_DEPENDENCY", "EXTENSION_VERSION", "RENAME_GUESSED", "UNMODELLED", "ROLE_MISSING",
)  # fmt: skip


class Hazards:
    """The hazards of one plan's statements."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._used, self._names = _bodies(plan.after), _names(plan.after)
        steps = [
            Step(statement=one.statement, changes=one.changes, ordinal=n, root=one.statement.file, path=one.path)
            for n, one in enumerate(plan.statements)
            if one.statement is not None
        ]
        self._history = History(steps, plan.simulated)
        self._steps = {step.ordinal: step for step in steps}
        self._costs = Costs(plan.before, plan.after, self._history.functions)
        self._born: set[tuple[str, Any]] = set()
        self._assumed = {
            u.message.removeprefix("role ").partition(" is assumed")[0]
            for u in plan.after.unmodelled
            if u.kind == "assumed"
        }

    def locks(self, ordinal: int) -> tuple[Locked, ...]:
        """The locks on relations that were there before the plan; to be asked in the order of the statements."""
        step = self._steps.get(ordinal)
        if step is None:
            return ()
        return tuple(
            Locked(relation=qualified(*one.key), mode=one.lock.words, stops=one.lock.stops)
            for one in waits(self._plan.statements[ordinal], step, self._history, self._plan.before)
            if (one.kind, one.key) not in self._born
        )

    def of(self, ordinal: int, locks: tuple[Locked, ...]) -> tuple[Hazard, ...]:
        """The hazards of one statement, the worst first."""
        done = self._plan.statements[ordinal]
        return tuple(sorted(merged(self._all(done, ordinal, locks)), key=lambda hazard: NAMES.index(hazard.name)))

    def _all(self, done: Done, ordinal: int, locks: tuple[Locked, ...]) -> Iterator[Hazard]:
        for change in joined(done.changes):
            yield from self._lost(change)
            if change.before is None:
                self._born.add((change.kind, change.key))
                yield from self._made(change) if change.kind == "tables" else ()
            elif (change.kind, change.key) not in self._born:
                yield from self._costs.of(done, change)
                if isinstance(change.before, Table) and isinstance(change.after, Table):
                    yield from self._altered(change.before, change.after)
            yield from _others(change)
            yield from self._missing(change)
        yield from _waits(locks)
        if alone(done):
            yield Hazard(name="NON_TRANSACTIONAL", message=_NOT_UNDONE.get(done.sql[:4], "it cannot be rolled back"))
        yield from self._boundary(ordinal)

    def _missing(self, change: Folded) -> Iterator[Hazard]:
        if change.kind == "roles" and change.before is None and change.key in self._assumed:
            message = f"nothing that was read makes the role {change.key}: leave this out where the server has it"
            yield Hazard(name="ROLE_MISSING", message=message)

    def _boundary(self, ordinal: int) -> Iterator[Hazard]:
        statements = self._plan.statements
        if ordinal + 1 < len(statements) and statements[ordinal + 1].segment != statements[ordinal].segment:
            yield Hazard(
                name="COMMIT_BOUNDARY", message="what follows is another transaction: a failure there keeps this"
            )

    def _lost(self, change: Folded) -> Iterator[Hazard]:
        before, after = change.before, change.after
        if before is None:
            return
        if change.old_key is not None:
            yield from self._untracked(change.old_key, "")
        elif after is None:
            if isinstance(before, Table) and before.kind != "foreign table":
                yield Hazard(name="DATA_LOSS", message=f"all rows of {name_of(before)} are gone")
            yield from self._untracked(change.key, "")
        elif isinstance(before, Table | View) and before.columns is not after.columns:
            yield from self._without(change)

    def _without(self, change: Folded) -> Iterator[Hazard]:
        """Columns that are there no more, with what they held, or under another name."""
        before, after = change.before, change.after
        kept = named(after.columns)
        dropped = len(before.columns) > len(after.columns) and isinstance(before, Table)
        for column in before.columns:
            if column.name not in kept:
                if dropped and not column.inherited and column.generated is None:
                    yield Hazard(name="DATA_LOSS", message=f"what {name_of(before)}.{column.name} holds is gone")
                yield from self._untracked(change.key, column.name)

    def _untracked(self, key: Any, column: str) -> Iterator[Hazard]:
        """The functions whose bodies name what has gone: no dependency keeps it from going."""
        if not isinstance(key, tuple) or (not column and key[:2] in self._names):
            return
        for function in self._used.get(key[:2], ()):
            if not column or re.search(rf"(?<!\w){re.escape(column)}(?!\w)", function.body):
                name = qualified(function.schema, function.name)
                what = f"a column {column} of it" if column else "it"
                yield Hazard(name="UNTRACKED_DEPENDENCY", message=f"the body of {name}() still names {what}")

    def _altered(self, before: Table, after: Table) -> Iterator[Hazard]:
        if before.rls_enabled and not after.rls_enabled:
            yield Hazard(name="RLS_DISABLED", message=f"whoever has a grant on {name_of(after)} sees every row of it")

    def _made(self, change: Folded) -> Iterator[Hazard]:
        """A table that is dropped and made again must not lose its row level security in between."""
        old, new = self._plan.before.tables.get(change.key), self._plan.after.tables.get(change.key)
        if isinstance(change.after, Table) and old is not None and old.rls_enabled and not (new and new.rls_enabled):
            message = f"{name_of(change.after)} had row level security, and is made again without"
            yield Hazard(name="RLS_DISABLED", message=message)


def _waits(locks: tuple[Locked, ...]) -> Iterator[Hazard]:
    """Who has to wait until the transaction ends."""
    for lock in locks:
        if lock.mode == "ACCESS EXCLUSIVE":
            yield Hazard(name="ACCESS_EXCLUSIVE", message=f"nobody can read or write {lock.relation} until it commits")
        elif lock.stops:
            yield Hazard(name="SHARE_LOCK", message=f"nobody can write to {lock.relation} until it commits")


def _others(change: Folded) -> Iterator[Hazard]:
    after, before = change.after, change.before
    if isinstance(after, Function) and after.security_definer and after.origin is None:
        pinned = any(entry.startswith("search_path=") for entry in after.settings)
        fresh = before is None or (before.security_definer, before.settings) != (after.security_definer, after.settings)
        if fresh and not pinned:
            message = f"{after.name}() runs as its owner and looks names up where its caller says"
            yield Hazard(name="DEFINER_NO_SEARCH_PATH", message=message)
    if isinstance(after, Bucket):
        if after.public and not (before is not None and before.public):
            yield Hazard(name="AUTHZ_WIDENED", message=f"anybody can read every file in bucket {after.id}")
        elif before is not None and before.public and not after.public:
            yield Hazard(name="AUTHZ_NARROWED", message=f"files in bucket {after.id} are read by policies only")
    if change.kind == "extensions" and before is not None and after is not None and before.version != after.version:
        yield Hazard(name="EXTENSION_VERSION", message=f"{after.name} goes from {before.version} to {after.version}")
    if change.kind == "extensions" and after is None and before is not None:
        yield Hazard(name="DATA_LOSS", message=f"all that {before.name} made is gone, with columns of its types")


def _bodies(catalog: Catalog) -> dict[Any, dict[Function, None]]:
    """The functions whose bodies name something, by its name."""
    found: dict[Any, dict[Function, None]] = {}
    for function in catalog.functions.values():
        if function.origin is None and not function.atomic:
            for name in qualified_names(function.body):
                found.setdefault(name, {})[function] = None
    return found


def _names(catalog: Catalog) -> set[Any]:
    """The names there are in the end, whatever they name."""
    stores: tuple[Any, ...] = (
        catalog.tables, catalog.views, catalog.sequences, catalog.functions, catalog.enums, catalog.domains,
        catalog.composites, catalog.ranges, catalog.base_types,
    )  # fmt: skip
    return {key[:2] for store in stores for key in store}
