"""A change of a column's type copies a whole table in use, while nobody can read or write it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from policytool.access.migrations import DYNAMIC
from policytool.catalog.model import Column
from policytool.catalog.rewrites import retyped
from policytool.finding import Finding, member_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.node import names

Node = dict[str, Any]


class ColumnTypeChange(StatementRule):
    """A change of a column's type copies a whole table in use, while nobody can read or write it."""

    name = "column-type-change"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Columns whose new type is stored otherwise than the old one, or whose values are worked out anew."""
        if step.statement.kind not in DYNAMIC | {"AlterTableStmt"} or _renames_type(step):
            return
        for altered in context.history.altered(step):
            if altered.before.columns is altered.after.columns or altered.before.kind == "foreign table":
                continue
            after = {c.name: c for c in altered.after.columns}
            for old in altered.before.columns:
                new = after.get(old.name)
                if new is None or new is old or new.inherited or new.made != old.made:
                    continue
                verdict = _verdict(step, old, new, context)
                if verdict:
                    condition = ", unless the session is in UTC" if verdict == "time zone" else ""
                    change = f"goes from {old.type} to {new.type}" if old.type != new.type else "is worked out anew"
                    yield self.finding(
                        member_ref("column", altered.after, new.name),
                        f"nobody can read or write {altered.name} while it is copied: {new.name} {change}{condition}",
                        at=step.statement.location,
                        confidence="medium" if condition else "high",
                    )


def _renames_type(step: Step) -> bool:
    return any(change.old_key is not None and change.kind in ("enums", "domains") for change in step.changes)


def _verdict(step: Step, old: Column, new: Column, context: Context) -> bool | Literal["time zone"] | None:
    command = _command(step, new.name)
    if command is None and old.type == new.type:
        return None
    if command is not None and _computed(command):
        return True
    verdict = retyped(old.type, new.type, context.catalog.domains, context.history.enums)
    # The platform's sessions are in UTC.
    return None if verdict == "time zone" and context.access.profile.platform == "supabase" else verdict


def _command(step: Step, column: str) -> Node | None:
    for item in step.statement.node.get("cmds", ()) if step.statement.kind == "AlterTableStmt" else ():
        command: Node = item["AlterTableCmd"]
        if command.get("subtype") == "AT_AlterColumnType" and command.get("name") == column:
            return command
    return None


def _computed(command: Node) -> bool:
    """Whether USING does more than cast the column to its new type."""
    definition: Node = command.get("def", {}).get("ColumnDef", {})
    using: Node = definition.get("raw_default", {})
    if "TypeCast" in using and _type(using["TypeCast"].get("typeName")) == _type(definition.get("typeName")):
        using = using["TypeCast"].get("arg", {})
    if not using:
        return False
    fields = using.get("ColumnRef", {}).get("fields")
    return not fields or names(fields)[-1] != command.get("name")


def _type(node: Node | None) -> Node:
    """A type without its place in the text."""
    body = (node or {}).get("TypeName", node or {})
    name = names(body.get("names"))[-1:]
    modifiers = [m.get("A_Const", {}).get("ival") for m in body.get("typmods", ())]
    return {"name": name, "modifiers": modifiers, "array": len(body.get("arrayBounds", ()))}
