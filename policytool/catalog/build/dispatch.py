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
    "tables", "alter_table", "indexes", "sequences", "views", "functions", "triggers", "policies", "types", "schemas",
    "roles", "grants", "default_privileges", "extensions", "publications", "foreign", "rename", "owners", "drop",
    "comments", "settings", "blocks", "dml", "others",
)  # fmt: skip

# Statements that change nothing an audit looks at.
INERT = frozenset(
    {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "ExplainStmt", "VacuumStmt", "NotifyStmt",
     "ListenStmt", "UnlistenStmt", "LockStmt", "CheckPointStmt", "DiscardStmt", "CopyStmt", "TruncateStmt",
     "ReindexStmt", "ClusterStmt", "PrepareStmt", "DeallocateStmt", "ConstraintsSetStmt", "LoadStmt",
     "RefreshMatViewStmt", "AlterSystemStmt", "AlterDatabaseStmt", "AlterDatabaseSetStmt", "SecLabelStmt",
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
        state.record(f"Postgres would refuse this: {error.message}", kind="refused", security=True)
    except NotModelled as error:
        state.record(error.message, kind=kind, security=error.security)


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
