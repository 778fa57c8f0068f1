"""Which lock each form of statement takes on which relation, as PostgreSQL's manual and source have it."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from policytool.catalog.model import Name, Table
from policytool.syntax.node import bool_of, names, options, range_var

if TYPE_CHECKING:
    from policytool.catalog.history import History, Step

Node = dict[str, Any]
Raw = tuple[tuple[str | None, str], "Lock"]  # a relation as written, and the lock


class Lock(enum.IntEnum):
    """The lock modes of a relation, the weakest first; what each one stops is said by `stops`."""

    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @property
    def words(self) -> str:
        """As the manual spells it."""
        return self.name.replace("_", " ")

    @property
    def stops(self) -> str:
        """What others cannot do to a table while it is held; empty where they can read and write."""
        if self is Lock.ACCESS_EXCLUSIVE:
            return "reads and writes"
        return "writes" if self >= Lock.SHARE else ""


class Taken(NamedTuple):
    """A lock that a statement takes on a relation that was there before it."""

    kind: str  # tables or views
    key: Name
    lock: Lock


_WEAK = (
    "AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions", "AT_ClusterOn", "AT_DropCluster", "AT_ValidateConstraint",
    "AT_AttachPartition", "AT_DetachPartitionFinalize",
)  # fmt: skip
_TRIGGERS = (
    "AT_EnableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_DisableTrig", "AT_EnableTrigAll",
    "AT_DisableTrigAll", "AT_EnableTrigUser", "AT_DisableTrigUser",
)  # fmt: skip
# Of ALTER TABLE; all that is not here takes ACCESS EXCLUSIVE.
ALTER_TABLE = dict.fromkeys(_WEAK, Lock.SHARE_UPDATE_EXCLUSIVE) | dict.fromkeys(_TRIGGERS, Lock.SHARE_ROW_EXCLUSIVE)
_STRONG_OPTIONS = frozenset(("user_catalog_table", "security_barrier", "security_invoker", "check_option"))
_ON_A_TABLE = frozenset(("OBJECT_POLICY", "OBJECT_TRIGGER", "OBJECT_RULE"))
_RENAMES = (
    frozenset(("OBJECT_TABLE", "OBJECT_COLUMN", "OBJECT_TABCONSTRAINT", "OBJECT_VIEW", "OBJECT_MATVIEW")) | _ON_A_TABLE
)
_RELATIONS = frozenset(("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"))


def taken(step: Step, history: History) -> tuple[Taken, ...]:
    """The strongest lock on each relation that the statement finds, from SHARE UPDATE EXCLUSIVE on.

    What the body of a DO block or a function takes is not said.
    """
    strongest: dict[tuple[str, Name], Lock] = {}
    for (schema, name), lock in _written(step, history):
        found = history.relation(step, schema, name)
        if found is not None:
            strongest[found] = max(lock, strongest.get(found, lock))
    return tuple(Taken(kind, key, lock) for (kind, key), lock in strongest.items())


def _written(step: Step, history: History) -> Iterator[Raw]:
    node, exclusive = step.statement.node, Lock.ACCESS_EXCLUSIVE
    match step.statement.kind:
        case "AlterTableStmt" if node.get("objtype", "OBJECT_TABLE") in _RELATIONS:
            yield from _alter_table(step, node, history)
        case "IndexStmt":
            yield range_var(node["relation"]), _less(node.get("concurrent"), Lock.SHARE)
        case "CreateTrigStmt":
            yield range_var(node["relation"]), Lock.SHARE_ROW_EXCLUSIVE
            if "constrrel" in node:
                yield range_var(node["constrrel"]), Lock.SHARE_ROW_EXCLUSIVE
        case "CreatePolicyStmt" | "AlterPolicyStmt" | "RuleStmt":
            yield range_var(node.get("table") or node["relation"]), exclusive
        case "TruncateStmt":
            yield from ((range_var(relation), exclusive) for relation in node.get("relations", ()))
        case "RenameStmt" | "AlterObjectSchemaStmt" if "relation" in node:
            if node.get("renameType", node.get("objectType")) in _RENAMES:
                yield range_var(node["relation"]), exclusive
        case "DropStmt":
            yield from _drop(step, node, history)
        case "CreateStmt":
            yield from _create(node)
        case _:
            yield from _maintenance(step.statement.kind, node)


def _less(concurrently: Any, lock: Lock) -> Lock:
    return Lock.SHARE_UPDATE_EXCLUSIVE if concurrently else lock


def _alter_table(step: Step, node: Node, history: History) -> Iterator[Raw]:
    relation = range_var(node["relation"])
    for item in node.get("cmds", ()):
        command: Node = item["AlterTableCmd"]
        definition: Node = command.get("def", {})
        subtype = command.get("subtype", "AT_AddColumn")
        lock = ALTER_TABLE.get(subtype, Lock.ACCESS_EXCLUSIVE)
        if subtype in ("AT_SetRelOptions", "AT_ResetRelOptions"):
            lock = _options(definition)
        elif "Constraint" in definition and definition["Constraint"].get("contype") == "CONSTR_FOREIGN":
            lock = Lock.SHARE_ROW_EXCLUSIVE
            yield range_var(definition["Constraint"]["pktable"]), lock
        elif "ColumnDef" in definition:
            yield from _column(definition["ColumnDef"])
        elif "PartitionCmd" in definition:
            concurrently = definition["PartitionCmd"].get("concurrent")
            partition = Lock.ACCESS_EXCLUSIVE
            if subtype == "AT_DetachPartition":
                lock = partition = _less(concurrently, Lock.ACCESS_EXCLUSIVE)
            yield range_var(definition["PartitionCmd"]["name"]), partition
        elif subtype == "AT_AddInherit" and "RangeVar" in definition:
            yield range_var(definition), Lock.SHARE_UPDATE_EXCLUSIVE
        elif subtype == "AT_DropConstraint":
            yield from _referenced(step, relation, history, command.get("name"))
        yield relation, lock


def _options(definition: Node) -> Lock:
    named = options(definition.get("List", {}).get("items"))
    return Lock.ACCESS_EXCLUSIVE if _STRONG_OPTIONS & named.keys() else Lock.SHARE_UPDATE_EXCLUSIVE


def _column(definition: Node) -> Iterator[Raw]:
    for item in definition.get("constraints", ()):
        if item["Constraint"].get("contype") == "CONSTR_FOREIGN":
            yield range_var(item["Constraint"]["pktable"]), Lock.SHARE_ROW_EXCLUSIVE


def _referenced(
    step: Step, relation: tuple[str | None, str], history: History, name: str | None = None
) -> Iterator[Raw]:
    """Dropping a foreign key drops triggers of the other table too."""
    found = history.relation(step, *relation)
    table: Table | None = history.before("tables", found[1], step) if found and found[0] == "tables" else None
    for constraint in table.constraints if table else ():
        if constraint.reference is not None and name in (None, constraint.name):
            yield (constraint.reference.schema, constraint.reference.table), Lock.ACCESS_EXCLUSIVE


def _drop(step: Step, node: Node, history: History) -> Iterator[Raw]:
    kind, exclusive = node.get("removeType"), Lock.ACCESS_EXCLUSIVE
    for item in node.get("objects", ()):
        parts = names(item.get("List", {}).get("items"))
        if not parts:
            continue
        schema, name = parts[-2] if len(parts) > 1 else None, parts[-1]
        if kind in _ON_A_TABLE and len(parts) > 1:
            yield (parts[-3] if len(parts) > 2 else None, parts[-2]), exclusive
        elif kind in _RELATIONS:
            yield (schema, name), exclusive
            yield from _referenced(step, (schema, name), history)
            found = history.relation(step, schema, name)
            table = history.before("tables", found[1], step) if found and found[0] == "tables" else None
            if table is not None and table.partition_of is not None:
                yield table.partition_of, exclusive
        elif kind == "OBJECT_INDEX" and (owner := history.owner_of_index(step, schema, name)) is not None:
            yield owner, _less(node.get("concurrent"), exclusive)


def _create(node: Node) -> Iterator[Raw]:
    """What CREATE TABLE locks of other tables: those it references, and those it is a part of."""
    for item in node.get("tableElts", ()):
        if "ColumnDef" in item:
            yield from _column(item["ColumnDef"])
        elif item.get("Constraint", {}).get("contype") == "CONSTR_FOREIGN":
            yield range_var(item["Constraint"]["pktable"]), Lock.SHARE_ROW_EXCLUSIVE
    lock = Lock.ACCESS_EXCLUSIVE if "partbound" in node else Lock.SHARE_UPDATE_EXCLUSIVE
    yield from ((range_var(parent), lock) for parent in node.get("inhRelations", ()))


def _maintenance(kind: str, node: Node) -> Iterator[Raw]:
    match kind:
        case "ReindexStmt" if node.get("kind") == "REINDEX_OBJECT_TABLE":
            named = options(node.get("params"))
            concurrently = "concurrently" in named and bool_of({"DefElem": named["concurrently"]}) is not False
            yield range_var(node["relation"]), _less(concurrently, Lock.SHARE)
        case "LockStmt":
            mode = node.get("mode", 0)
            if mode >= Lock.SHARE_UPDATE_EXCLUSIVE:
                yield from ((range_var(relation), Lock(mode)) for relation in node.get("relations", ()))
        case "ClusterStmt" if "relation" in node:
            yield range_var(node["relation"]), Lock.ACCESS_EXCLUSIVE
        case "VacuumStmt":
            lock = Lock.ACCESS_EXCLUSIVE if is_full(node) else Lock.SHARE_UPDATE_EXCLUSIVE
            for relation in node.get("rels", ()):
                if "relation" in relation["VacuumRelation"]:
                    yield range_var(relation["VacuumRelation"]["relation"]), lock
        case "RefreshMatViewStmt":
            yield range_var(node["relation"]), Lock.EXCLUSIVE if node.get("concurrent") else Lock.ACCESS_EXCLUSIVE
        case "CreateStatsStmt" | "CommentStmt":
            yield from _described(node)


def _described(node: Node) -> Iterator[Raw]:
    for relation in node.get("relations", ()):
        if "RangeVar" in relation:
            yield range_var(relation), Lock.SHARE_UPDATE_EXCLUSIVE
    if node.get("objtype") == "OBJECT_TABLE":
        parts = names(node["object"]["List"]["items"])
        yield (parts[-2] if len(parts) > 1 else None, parts[-1]), Lock.SHARE_UPDATE_EXCLUSIVE


def is_full(vacuum: Node) -> bool:
    """Whether a VACUUM is VACUUM FULL, which copies the table."""
    named = options(vacuum.get("options"))
    return "full" in named and bool_of({"DefElem": named["full"]}) is not False
