"""A table, view or column in use gets another name, and whoever says the old one fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policytool.access.migrations import file_end
from policytool.catalog.history import Altered
from policytool.catalog.model import Column, Name
from policytool.finding import Finding, ObjectRef, Related, member_ref
from policytool.rule import Context, StatementRule, Step

_BODIES = frozenset(("sql", "plpgsql"))


class Rename(StatementRule):
    """A table, view or column in use gets another name, and whoever says the old one fails."""

    name = "rename"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """What was there before the file, and has no namesake when the file has run."""
        for change in step.changes:
            if change.kind in ("tables", "views") and change.old_key is not None and change.before is not None:
                yield from self._relation(step, change.kind, change.old_key, change.key, context)
        for altered in context.history.altered(step):
            yield from self._columns(step, altered, context)

    def _relation(self, step: Step, kind: str, old: Name, new: Name, context: Context) -> Iterator[Finding]:
        history = context.history
        item = history.before("tables" if kind == "tables" else "views", old, step)
        if item is None or item.origin is not None or old[0] == "pg_temp":
            return
        if history.born_in_file("tables" if kind == "tables" else "views", old, step) or _taken(step, old, context):
            return
        moved = f"moves {old[0]}.{old[1]} to schema {new[0]}" if old[0] != new[0] else ""
        noun = "table" if kind == "tables" else "materialized view" if item.materialized else "view"
        yield self.finding(
            ObjectRef(kind=noun, schema=old[0], name=old[1]),
            f"{moved or f'renames {old[0]}.{old[1]} to {new[1]}'}: whoever still uses the old name fails; "
            "leave a view of that name until nobody does",
            at=step.statement.location,
            because=tuple(_bodies(step, old, context)),
        )

    def _columns(self, step: Step, altered: Altered, context: Context) -> Iterator[Finding]:
        if altered.before.columns is altered.after.columns:
            return
        after = file_end(step, context.history, (altered.after.schema, altered.after.name))
        kept = {c.name for c in after.columns} if after is not None else set()
        files = {s.statement.file.path for s in context.history.same_file(step)}
        for column, new in _renamed(altered.before.columns, altered.after.columns):
            old = column.name
            added = column.made is not None and column.made.path in files
            if old not in kept and not column.inherited and not added:
                yield self.finding(
                    member_ref("column", altered.before, old),
                    f"renames column {old} of {altered.name} to {new}: whoever still uses the old name fails; "
                    "add a new column, and drop the old one when nobody does",
                    at=step.statement.location,
                )


def _renamed(before: tuple[Column, ...], after: tuple[Column, ...]) -> Iterator[tuple[Column, str]]:
    """The columns that kept all but their names, each with its new one."""
    names = {part.name for part in before}
    kept = {part.name for part in after}
    new = {part.made: part.name for part in after if part.name not in names and part.made is not None}
    for part in before:
        if part.name not in kept and part.made in new:
            yield part, new[part.made]


def _taken(step: Step, old: Name, context: Context) -> bool:
    """Whether at the end of the file another table or a view has the name."""
    last = context.history.same_file(step)[-1]
    return any(context.history.after(kind, old, last) is not None for kind in ("tables", "views"))


def _bodies(step: Step, old: Name, context: Context) -> Iterator[Related]:
    """Functions whose bodies say the old name to the end: a rename does not reach into them."""
    word = re.compile(rf"(?:from|join|into|update|table)\s+(?:{re.escape(old[0])}\.)?\"?{re.escape(old[1])}\b", re.I)
    if any(old in getattr(context.catalog, kind) for kind in ("tables", "views")):
        return
    for function in context.catalog.functions.values():
        own = function.origin is None and function.language in _BODIES and not function.atomic
        if own and old[1] in function.body and word.search(function.body):
            name = f"{function.schema}.{function.name}"
            yield Related(message=f"function {name} still says {old[1]}", location=function.body_at or function.made)
