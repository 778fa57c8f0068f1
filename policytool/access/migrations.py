"""What a statement did to the parts of a table that others are using, and how messages speak of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from policytool.catalog.build.assume import UNKNOWN
from policytool.catalog.history import Altered, History, Step
from policytool.catalog.model import Column, Constraint, Index, Name, Table
from policytool.finding import ObjectRef
from policytool.syntax.node import names, range_var, walk

Node = dict[str, Any]
Part = TypeVar("Part", Column, Constraint, Index)
# Of these the body may have done anything, so what a statement did is seen by its effect only.
DYNAMIC = frozenset(("DoStmt", "CallStmt", "SelectStmt", "ExecuteStmt"))
_EVERY_FILE = frozenset(("migration.sql", "up.sql"))
_SEED = re.compile(r"(?:^|[._/-])(?:seeds?|seeding|fixtures?|sample|samples|demo|mock|dummy|test[_-]?data)(?:[._/-]|$)")


def fresh(before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
    """The parts that are new, not those that got a new name."""
    named = {part.name: part for part in before}
    kept = {part.name for part in after}
    renamed = {part.made for part in before if part.name not in kept and part.made is not None}
    return [
        part
        for part in after
        if (part.name not in named and part.made not in renamed)
        or (part.name in named and part.made is not None and part.made != named[part.name].made)
    ]


def gone(before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
    """The parts that are no longer there under any name; one that was dropped and made again is gone too."""
    named = {part.name for part in before}
    kept = {part.name: part for part in after}
    renamed = {part.made for part in after if part.name not in named and part.made is not None}
    return [
        part
        for part in before
        if (part.name not in kept and part.made not in renamed)
        or (part.name in kept and part.made is not None and part.made != kept[part.name].made)
    ]


def fresh_columns(altered: Altered, step: Step) -> list[Column]:
    """The new columns that the statement gave to this very table, not to the one it inherits from, as they were added.

    A column of an assumed table is not new because a statement names it.
    """
    new = fresh(altered.before.columns, altered.after.columns)
    new = [c for c in new if c.local and not c.inherited and c.type != UNKNOWN]
    return [_first(c, step) for c in new] if step.statement.kind in DYNAMIC else new


def _first(column: Column, step: Step) -> Column:
    """The column as the first of several commands in a body made it."""
    tables = (c.after for c in step.changes if c.kind == "tables" and c.after is not None)
    made = (c for table in tables for c in table.columns if c.name == column.name and c.made == column.made)
    return next(made, column)


def using_index(altered: Altered, constraint: Constraint) -> bool:
    """Whether the constraint took over an index that was there."""
    known = {index.made for index in altered.before.indexes if index.made is not None}
    return any(i.constraint == constraint.name and i.made in known for i in altered.after.indexes)


def file_ref(step: Step) -> ObjectRef:
    """The reference to the file that was run; its folder too where every file has the same name."""
    folder, _, name = step.root.path.rpartition("/")
    return ObjectRef(
        kind="file", name=f"{folder.rpartition('/')[2]}/{name}" if name in _EVERY_FILE and folder else name
    )


def seeds(step: Step) -> bool:
    """Whether the file holds data for trying things out, by its name."""
    name = step.root.path.lower().rpartition("/")
    return bool(_SEED.search(f"{name[0].rpartition('/')[2]}/{name[2]}"))


def in_use(step: Step, history: History, relation: Node) -> Name | None:
    """The user's table that a statement names, if others may be using it."""
    found = history.relation(step, *range_var(relation))
    if found is None or found[0] != "tables" or found[1][0] == "pg_temp":
        return None
    table = history.before("tables", found[1], step)
    return found[1] if table.origin is None and not history.born_in_file("tables", found[1], step) else None


def unbounded(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """TRUNCATE, and UPDATE and DELETE with their bodies that have no condition, with the relation they write."""
    for kind, body in walk(node):
        if kind == "TruncateStmt":
            yield from (("truncate", relation["RangeVar"], body) for relation in body.get("relations", ()))
        elif kind in ("UpdateStmt", "DeleteStmt"):
            yield kind.removesuffix("Stmt").lower(), body["relation"], body


def emptied(step: Step, history: History, key: Name) -> bool:
    """Whether an earlier statement of the file took all rows out of the table."""
    for earlier in history.same_file(step):
        if earlier.ordinal >= step.ordinal:
            break
        if earlier.statement.kind in ("TruncateStmt", "DeleteStmt"):
            for verb, relation, body in unbounded({earlier.statement.kind: earlier.statement.node}):
                found = history.relation(earlier, *range_var(relation))
                if found is not None and found[1] == key and (verb == "truncate" or "whereClause" not in body):
                    return True
    return False


def copied(step: Step, history: History, key: Name) -> bool:
    """Whether an earlier statement of the file copied rows of the table into another."""
    for earlier in history.same_file(step):
        if earlier.ordinal >= step.ordinal:
            break
        node = earlier.statement.node
        source = node.get("selectStmt") if earlier.statement.kind == "InsertStmt" else node.get("query")
        named = source and key[1] in earlier.statement.sql
        if earlier.statement.kind in ("InsertStmt", "CreateTableAsStmt") and named and _reads(source or {}, key):
            return True
    return False


def _reads(query: Node, key: Name) -> bool:
    return any(
        kind == "RangeVar" and body.get("relname") == key[1] and body.get("schemaname", key[0]) == key[0]
        for kind, body in walk(query)
    )


def read_by_update(step: Step, history: History, key: Name, column: str) -> bool:
    """Whether an earlier UPDATE of the file reads the column, as one does that moves its values elsewhere."""
    for earlier in history.same_file(step):
        if earlier.ordinal >= step.ordinal:
            break
        if earlier.statement.kind not in ("UpdateStmt", "InsertStmt") or column not in earlier.statement.sql:
            continue
        node = earlier.statement.node
        own = range_var(node["relation"])[1] == key[1] if earlier.statement.kind == "UpdateStmt" else False
        if own or _reads(node, key):
            values = [node.get("selectStmt"), [t.get("ResTarget", {}).get("val") for t in node.get("targetList", ())]]
            if any(k == "ColumnRef" and names(_fields(b))[-1:] == (column,) for k, b in walk(values)):
                return True
    return False


def _fields(column: Node) -> list[Node]:
    return [field for field in column.get("fields", ()) if "String" in field]


def file_end(step: Step, history: History, key: Name) -> Table | None:
    """The table of this name when the file has run."""
    table: Table | None = history.after("tables", key, history.same_file(step)[-1])
    return table


def slow_work(step: Step, history: History) -> tuple[str, bool] | None:
    """What a statement does to all rows of a table in use, as the end of a sentence; None for what is soon done.

    And whether it is work on data, which may go anywhere, rather than what another rule wants in a file of its own.
    """
    kind, node = step.statement.kind, step.statement.node
    match kind:
        case "UpdateStmt" | "DeleteStmt" if "whereClause" not in node and in_use(step, history, node["relation"]):
            verb = "changes" if kind == "UpdateStmt" else "deletes"
            return f"the transaction {verb} every row of {_named(node['relation'])}", True
        case "InsertStmt" if (source := _source(step, history, node)) is not None:
            return f"the transaction copies rows of {'.'.join(source)}", True
        case "RefreshMatViewStmt" if not node.get("skipData") and history.relation(step, *range_var(node["relation"])):
            return f"{_named(node['relation'])} is refreshed", True
        case "IndexStmt" if step.changes and not node.get("concurrent") and in_use(step, history, node["relation"]):
            return f"an index of {_named(node['relation'])} is built", False
        case "AlterTableStmt":
            return next(((work, False) for altered in history.altered(step) if (work := _checked(altered))), None)
    return None


def _checked(altered: Altered) -> str | None:
    """What ALTER TABLE has to look at in every row."""
    pending = {c.name for c in altered.before.constraints if not c.validated}
    columns = {c.name for c in fresh(altered.before.columns, altered.after.columns)}
    for constraint in fresh(altered.before.constraints, altered.after.constraints):
        old = not columns.issuperset(constraint.columns) and constraint.validated
        if old and constraint.kind in ("CHECK", "FOREIGN KEY"):
            return f"{constraint.name} checks every row of {altered.name}"
        if old and not using_index(altered, constraint):
            return f"the index of {constraint.name} is built"
    done = [c.name for c in altered.after.constraints if c.validated and c.name in pending]
    return f"{done[0]} checks every row of {altered.name}" if done else None


def _source(step: Step, history: History, node: Node) -> Name | None:
    """The table in use that INSERT … SELECT reads, without any condition."""
    query: Node = node.get("selectStmt", {}).get("SelectStmt", {})
    if "whereClause" in query or "limitCount" in query:
        return None
    for item in query.get("fromClause", ()):
        relation = item.get("RangeVar")
        if relation is not None and (key := in_use(step, history, relation)) is not None:
            return key
    return None


def _named(relation: Node) -> str:
    schema, name = range_var(relation)
    return name if schema is None else f"{schema}.{name}"
