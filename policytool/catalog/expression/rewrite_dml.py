"""Canonical INSERT, UPDATE and DELETE, as rules and functions of standard SQL hold them."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.names import Node
from policytool.catalog.expression.rewrite import Body, Rewriter, Typed, rewrite, untyped, value
from policytool.catalog.expression.rewrite_casts import fit
from policytool.catalog.expression.rewrite_query import expanded, query, with_queries
from policytool.catalog.expression.rewrite_tables import Tables
from policytool.catalog.expression.scope import Columns, Entry, Scope


class Change:
    """Rewrites one INSERT, UPDATE or DELETE."""

    def __init__(self, body: Body, parent: Scope, more: str) -> None:
        self.body = body
        self.scope = Scope(parent.names, parent, frozenset(parent.taken))
        tables = Tables([{"RangeVar": body["relation"]}, *body.get(more, ())], self.scope)
        self.made: Body = {}
        if "withClause" in body:
            self.made["withClause"] = with_queries(body["withClause"], self.scope)
        nodes, self.seen = tables.rewrite()
        self.made["relation"] = nodes[0]["RangeVar"]
        self.target: Entry = self.scope.entries[0]
        if len(nodes) > 1:
            self.made[more] = nodes[1:]

    def finish(self) -> Body:
        """What INSERT, UPDATE and DELETE have in common."""
        if "whereClause" in self.body:
            self.made["whereClause"] = value(self.body["whereClause"], self.scope)
        targets = returned(self.body)
        if targets:
            outputs = [t for node in targets for t in expanded(node["ResTarget"], self.scope, self.seen)]
            spelled = [output.node(True) for output in outputs]
            key = "returningList" if "returningList" in self.body else "returningClause"
            self.made[key] = spelled if key == "returningList" else {**self.body[key], "exprs": spelled}
        return self.made

    def assignments(self, targets: list[Node]) -> list[Node]:
        """The SET list, each value without the cast to the type of its column."""
        return [{"ResTarget": self._assigned(node["ResTarget"])} for node in targets]

    def _assigned(self, target: Body) -> Body:
        source = target["val"].get("MultiAssignRef")
        if source is not None:
            return {**target, "val": {"MultiAssignRef": {**source, "source": value(source["source"], self.scope)}}}
        own = self.target.types.get(target["name"]) if "indirection" not in target else None
        return {**target, "val": fit(rewrite(target["val"], self.scope), own)}


def returned(body: Body) -> list[Node]:
    """The items of RETURNING."""
    found: list[Node] = body.get("returningList") or body.get("returningClause", {}).get("exprs", [])
    return found


def returning(body: Body, scope: Scope) -> Columns:
    """The columns that RETURNING puts out."""
    targets = returned(body)
    if not targets:
        return ()
    change = Change(body, scope, "usingClause" if "usingClause" in body else "fromClause")
    outputs = [t for node in targets for t in expanded(node["ResTarget"], change.scope, change.seen)]
    return tuple((output.name, output.item[1]) for output in outputs)


def insert(body: Body, scope: Scope) -> Typed:
    """INSERT, with its columns named."""
    change = Change(body, scope, "none")
    names = [node["ResTarget"]["name"] for node in body.get("cols", ())] or [name for name, _ in change.target.columns]
    source = body.get("selectStmt")
    if source is not None:
        change.made["selectStmt"] = _source(source, change, names)
        width = _width(source)
        listed = names[:width] if width and "cols" not in body else names
        change.made["cols"] = body.get("cols") or [{"ResTarget": {"name": name}} for name in listed]
        if not change.made["cols"]:
            del change.made["cols"]
    if "override" in body:
        change.made["override"] = body["override"]
    if "onConflictClause" in body:
        change.made["onConflictClause"] = _on_conflict(body["onConflictClause"], change)
    return {"InsertStmt": change.finish()}, None


def _width(source: Node) -> int:
    rows = source.get("SelectStmt", {}).get("valuesLists")
    return len(rows[0]["List"]["items"]) if rows else 0


def _source(source: Node, change: Change, names: list[str]) -> Node:
    rows = source.get("SelectStmt", {}).get("valuesLists")
    if not rows:
        return query(source, _without(change.scope), frozenset(change.scope.taken), named=False)[0]
    types = [change.target.types.get(name) for name in names]
    made = []
    for row in rows:
        items = row["List"]["items"]
        wanted = [*types, *[None] * len(items)]
        pairs = zip(items, wanted, strict=False)
        made.append({"List": {"items": [fit(rewrite(node, change.scope), own) for node, own in pairs]}})
    return {"SelectStmt": {**source["SelectStmt"], "valuesLists": made}}


def _without(scope: Scope) -> Scope:
    """The surroundings of a level without the tables of that level."""
    outer = Scope(scope.names, scope.parent)
    outer.ctes = scope.ctes
    return outer


def _on_conflict(body: Body, change: Change) -> Body:
    made: dict[str, Any] = dict(body)
    if "infer" in body:
        made["infer"] = untyped(body["infer"], change.scope)
    seen = change.scope
    excluded = Entry("excluded", "excluded", change.target.columns)
    seen.entries.append(excluded)
    if "targetList" in body:
        made["targetList"] = change.assignments(body["targetList"])
    if "whereClause" in body:
        made["whereClause"] = value(body["whereClause"], seen)
    seen.entries.remove(excluded)
    return made


def update(body: Body, scope: Scope) -> Typed:
    """UPDATE."""
    change = Change(body, scope, "fromClause")
    change.made["targetList"] = change.assignments(body["targetList"])
    return {"UpdateStmt": change.finish()}, None


def delete(body: Body, scope: Scope) -> Typed:
    """DELETE."""
    return {"DeleteStmt": Change(body, scope, "usingClause").finish()}, None


def statement_result(body: Body, scope: Scope) -> Typed:
    """RETURN of a function of standard SQL."""
    return {"ReturnStmt": {"returnval": value(body["returnval"], scope)}}, None


REWRITERS: Final[dict[str, Rewriter]] = {
    "InsertStmt": insert,
    "UpdateStmt": update,
    "DeleteStmt": delete,
    "ReturnStmt": statement_result,
}
