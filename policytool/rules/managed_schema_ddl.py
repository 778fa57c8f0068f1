"""A migration changes a schema that the platform manages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.access.lives import changed, life
from policytool.catalog.build.stores import Kind
from policytool.finding import Finding, ObjectRef, function_ref, table_ref, view_ref
from policytool.rule import Context, StatementRule, Step

SCHEMAS = frozenset({"auth", "storage", "realtime", "vault", "graphql", "supabase_functions", "pgsodium"})
KINDS: tuple[Kind, ...] = ("tables", "views", "functions", "sequences", "enums", "composites", "domains")
# Policies and triggers are the user's to put there; grants have a rule of their own.
THEIRS = frozenset(
    {"changed", "made", "comment", "policies", "triggers", "grants", "rls_at", "rls_enabled", "rls_forced"}
)


class ManagedSchemaDdl(StatementRule):
    """A migration changes a schema that the platform manages."""

    name = "managed-schema-ddl"
    severity = "warning"
    concern = "correctness"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """What is made, altered or dropped there, policies and triggers left out, if it stands at the end."""
        if context.access.profile.platform != "supabase" or not any(_managed(c.key) for c in step.changes):
            return
        for kind in KINDS:
            for change, before, after in changed(step, kind):
                item = after if after is not None else before
                if not _managed(change.key) or item is None or getattr(item, "origin", None) == "extension":
                    continue
                done = _done(before, after)
                end = life(context.history, kind, change.key, step).end
                if done is None or (end is None) != (after is None):
                    continue
                yield self.finding(
                    _ref(kind, item),
                    f"{done} {change.key[0]}.{change.key[1]}, in a schema that the platform manages: "
                    "its own migrations may fail on it or undo it, and it may refuse it",
                    at=step.statement.location,
                )


def _managed(key: Any) -> bool:
    return isinstance(key, tuple) and key[0] in SCHEMAS


def _done(before: Any, after: Any) -> str | None:
    """What was done to an object; None for what anybody may do."""
    if after is None:
        return None if before.origin is None else "drops"
    if before is None:
        return None if getattr(after, "assumed", False) else "makes"
    fields = [f for f in after.__struct_fields__ if f not in THEIRS]
    return "alters" if any(getattr(before, f) != getattr(after, f) for f in fields) else None


def _ref(kind: Kind, item: Any) -> ObjectRef:
    match kind:
        case "tables":
            return table_ref(item)
        case "views":
            return view_ref(item)
        case "functions":
            return function_ref(item)
    return ObjectRef(kind="sequence" if kind == "sequences" else "type", schema=item.schema, name=item.name)
