"""A new value of an enumeration is used in the transaction that adds it: the migration fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.catalog.model import Name
from policytool.catalog.spelling import qualified as spelled
from policytool.finding import Finding, ObjectRef, Related
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.node import qualified, range_var, walk

Node = dict[str, Any]


class EnumValueInUse(StatementRule):
    """A new value of an enumeration is used in the transaction that adds it: the migration fails."""

    name = "enum-value-in-use"
    severity = "error"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """ALTER TYPE … ADD VALUE, then a constant of that value where the type is meant."""
        if step.statement.kind != "AlterEnumStmt" or "newVal" not in step.statement.node:
            return
        if "oldVal" in step.statement.node or not (unit := context.history.unit(step)).transaction:
            return
        key = next((c.key for c in step.changes if c.kind == "enums"), None)
        # A type that the transaction itself has made may be used at once.
        maker = context.history.born("enums", key, step) if key is not None else None
        if key is None or (maker is not None and maker in unit.steps):
            return
        value = step.statement.node["newVal"]
        user = next((s for s in context.history.later(step) if _uses(s, key, value, context)), None)
        if user is not None:
            yield self.finding(
                ObjectRef(kind="type", schema=key[0], name=key[1]),
                f"'{value}' of {'.'.join(key)} cannot be used in the transaction that adds it, and {unit.why}: "
                "add it in a file before",
                at=user.statement.location,
                because=(Related(message="the value is added here", location=step.statement.location),),
                key=value,
            )


def _uses(step: Step, key: Name, value: str, context: Context) -> bool:
    """Whether the constant stands where a value of the type is read."""
    node = {step.statement.kind: step.statement.node}
    if not any(k == "A_Const" and b.get("sval", {}).get("sval") == value for k, b in walk(node)):
        return False
    for kind, body in walk(node):
        if kind == "TypeCast":
            constant = body.get("arg", {}).get("A_Const", {}).get("sval", {}).get("sval")
            named = qualified(body.get("typeName", {}).get("names"))
            if constant == value and named[1] == key[1] and named[0] in (None, key[0]):
                return True
    return any(_has(step, relation, key, context) for relation in _relations(step))


def _relations(step: Step) -> Iterator[Node]:
    node = step.statement.node
    yield from (node[part] for part in ("relation", "table") if part in node)
    yield from (body for kind, body in walk(node) if kind == "RangeVar")


def _has(step: Step, relation: Node, key: Name, context: Context) -> bool:
    """Whether the table has a column of the type."""
    found = context.history.relation(step, *range_var(relation))
    item = context.history.before(found[0], found[1], step) if found is not None else None
    return item is not None and any(c.type.removesuffix("[]") == spelled(*key) for c in item.columns)
