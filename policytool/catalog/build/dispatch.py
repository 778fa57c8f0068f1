"""Which function folds which kind of statement, and what happens when one is refused or unknown."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from policytool.catalog.build.state import NotModelled, Refused, State

Node = dict[str, Any]
Handler = Callable[[State, Node], None]

# Each of these modules offers `HANDLERS`, a mapping of libpg_query's statement names to functions (state, node).
MODULES = (
    "tables", "alter_table", "alter_storage", "indexes", "sequences", "views", "functions", "triggers", "policies",
    "types", "schemas", "roles", "grants", "default_privileges", "extensions", "publications", "foreign", "rename",
    "owners", "drop", "comments", "settings", "blocks", "dml", "others",
)  # fmt: skip

# Statements that change nothing an audit looks at.
INERT = frozenset(
    {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "ExplainStmt", "VacuumStmt", "NotifyStmt",
     "ListenStmt", "UnlistenStmt", "LockStmt", "CheckPointStmt", "DiscardStmt", "CopyStmt", "TruncateStmt",
     "ReindexStmt", "PrepareStmt", "DeallocateStmt", "ConstraintsSetStmt", "LoadStmt",
     "RefreshMatViewStmt", "AlterSystemStmt", "AlterDatabaseStmt", "AlterDatabaseSetStmt",
     "ExecuteStmt", "FetchStmt", "VariableShowStmt", "DeclareCursorStmt", "ClosePortalStmt"}
)  # fmt: skip


@functools.cache
def handlers() -> Mapping[str, Handler]:
    """All handlers by statement kind."""
    found: dict[str, Handler] = {}
    for name in MODULES:
        found.update(import_module(f"policytool.catalog.build.{name}").HANDLERS)
    return found


def fold(state: State, kind: str, node: Node) -> None:
    """Give the model the effect of one statement; what cannot be modelled or would be refused is recorded.

    A refused statement has no effect at all.
    """
    mark = state.savepoint()
    try:
        execute(state, kind, node)
    except Refused as error:
        state.rollback(mark)
        state.record(f"Postgres would refuse this{_unless(state, error)}: {error.message}", kind="refused")
    except NotModelled as error:
        state.record(error.message, kind=kind, security=error.security)


def _unless(state: State, error: Refused) -> str:
    """What is in the way may not be there: a file with an error of its own is mostly undone as a whole."""
    made = error.made
    if made is None or state.at is None or made.path == state.at.path:
        return ""
    if not any(u.location.path == made.path and u.kind in ("refused", "syntax") for u in state.unmodelled):
        return ""
    return f", unless all of {made.path.rpartition('/')[2]} fails for its own error"


def execute(state: State, kind: str, node: Node) -> None:
    """Like `fold`, but lets Refused and NotModelled through: for SQL that a block runs."""
    handler = handlers().get(kind)
    if handler is not None:
        before = len(state.journal)
        handler(state, node)
        if len(state.journal) > before and any(trigger.origin is None for trigger in state.event_triggers.values()):
            import_module("policytool.catalog.build.plpgsql.events").fire(state, kind, before)
    elif kind not in INERT:
        raise NotModelled(f"{kind} is not modelled", security=False)
