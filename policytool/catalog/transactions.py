"""Which statements commit together, and which refuse to share a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from policytool.source.model import SqlFile
from policytool.source.sending import Sending, sending, tool
from policytool.syntax.node import bool_of, options
from policytool.syntax.statement import Statement

Node = dict[str, Any]
Span = tuple[int, int, str]  # from, to (exclusive), and why they commit together; "" for a statement by itself

BEGIN = frozenset(("TRANS_STMT_BEGIN", "TRANS_STMT_START"))
COMMIT = frozenset(("TRANS_STMT_COMMIT", "TRANS_STMT_PREPARE"))
END = COMMIT | {"TRANS_STMT_ROLLBACK"}
_ALWAYS_ALONE = frozenset(
    ("CreatedbStmt", "DropdbStmt", "CreateTableSpaceStmt", "DropTableSpaceStmt", "AlterSystemStmt")
)
_REINDEX_ALONE = frozenset(("REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"))


def refuses_transaction(kind: str, node: Node) -> bool:
    """Whether Postgres refuses to run the statement inside a transaction block (SQLSTATE 25001)."""
    match kind:
        case "IndexStmt" | "DropStmt":
            return bool(node.get("concurrent"))
        case "ReindexStmt":
            named = options(node.get("params"))
            concurrently = "concurrently" in named and bool_of({"DefElem": named["concurrently"]}) is not False
            return concurrently or node.get("kind", "REINDEX_OBJECT_INDEX") in _REINDEX_ALONE
        case "VacuumStmt":
            return bool(node.get("is_vacuumcmd"))
        case "ClusterStmt":
            return "relation" not in node
        case "AlterTableStmt":
            return any(_detaches_concurrently(c["AlterTableCmd"]) for c in node.get("cmds", ()))
        case "CreateSubscriptionStmt":
            return _makes_slot(options(node.get("options")))
    return kind in _ALWAYS_ALONE


def _detaches_concurrently(command: Node) -> bool:
    partition: Node = command.get("def", {}).get("PartitionCmd", {})
    return command.get("subtype") == "AT_DetachPartition" and bool(partition.get("concurrent"))


def _makes_slot(named: dict[str, Node]) -> bool:
    return all(bool_of({"DefElem": named[n]}) is not False for n in ("connect", "create_slot") if n in named)


def transactional(file: SqlFile) -> Sending:
    """How the file is sent to the server."""
    return sending(file.layout, transaction=file.transaction)


def spans(file: SqlFile, statements: Sequence[Statement]) -> Iterator[Span]:
    """The transactions that the statements of a file run in, in their order; every statement is in exactly one."""
    manner = transactional(file)
    if manner != "statement" and _alone(file, manner, statements):
        manner = "statement"
    around = "" if manner == "statement" else f"{tool(file.layout)} runs the file in one transaction"
    start, why = 0, around  # of the open transaction; no reason where none is open
    clear = manner == "pipeline"  # nothing has been sent yet that a COMMIT has not ended
    for position, statement in enumerate(statements):
        kind = statement.node.get("kind") if statement.kind == "TransactionStmt" else None
        if kind in BEGIN and not why:
            start, why = position, "they stand between BEGIN and COMMIT"
        elif kind in END and why:
            yield start, position + 1, why
            start, why = position + 1, around if manner in ("message", "pipeline") else ""
            clear = manner == "pipeline"
            if statement.node.get("chain"):
                why = "they stand between COMMIT AND CHAIN and COMMIT"
        elif not why or (clear and refuses_transaction(statement.kind, statement.node)):
            yield position, position + 1, ""  # what comes first in a pipeline is in no block yet
            start = position + 1
            clear = False
        else:
            clear = False
    if start < len(statements):
        yield start, len(statements), why


def _alone(file: SqlFile, manner: Sending, statements: Sequence[Statement]) -> bool:
    """Whether the tool runs the file outside of a transaction because of what is in it."""
    if file.layout == "flyway":  # it looks for such statements, and refuses a file that holds others besides
        return bool(statements) and all(refuses_transaction(s.kind, s.node) for s in statements)
    # A message or a pipeline of one statement is no transaction block to the server.
    return manner != "transaction" and len(statements) == 1
