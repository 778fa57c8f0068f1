"""Canonical queries: SELECT, VALUES, set operations, WITH, and sub-queries in expressions."""

from __future__ import annotations

from typing import Final

from policytool.catalog.expression.figure import figure
from policytool.catalog.expression.kinds import array_of
from policytool.catalog.expression.literals import number
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.rewrite import Body, Rewriter, Typed, rewrite, untyped, value
from policytool.catalog.expression.rewrite_casts import constant_of, fit, unify, wrapped
from policytool.catalog.expression.rewrite_tables import Seen, Tables, all_columns
from policytool.catalog.expression.scope import STAR, Columns, Scope


class Target:
    """One output column: its name, its value and its type."""

    __slots__ = ("item", "name")

    def __init__(self, name: str, item: Typed) -> None:
        self.name = name
        self.item = item

    def node(self, named: bool) -> Node:
        """The column as the query writes it; its name where the value would not get that by itself."""
        node = self.item[0]
        if named and self.name != STAR and self.name != figure(node):
            return {"ResTarget": {"name": self.name, "val": node}}
        return {"ResTarget": {"val": node}}


def query(node: Node, scope: Scope, taken: frozenset[str] | None = None, named: bool = True) -> tuple[Node, Columns]:
    """A query inside `scope`, and the columns that it puts out. `taken` are names that its tables may not have."""
    ((kind, body),) = node.items()
    if kind == "SelectStmt":
        made, targets = Select(body, scope, taken, named).rewrite()
        return {"SelectStmt": made}, tuple((target.name, target.item[1]) for target in targets)
    from policytool.catalog.expression.rewrite_dml import returning

    return rewrite(node, scope)[0], returning(body, scope)


class Select:
    """Rewrites one SELECT; `named` says that the names of its output columns matter."""

    def __init__(self, body: Body, parent: Scope, taken: frozenset[str] | None, named: bool) -> None:
        self.body = body
        self.named = named
        self.scope = Scope(parent.names, parent, frozenset(parent.taken) if taken is None else taken)
        self.made: Body = {}
        self.targets: list[Target] = []
        self.leaves: list[Select] = [self]

    def rewrite(self) -> tuple[Body, list[Target]]:
        """The query, and its output columns."""
        tables = Tables(self.body.get("fromClause", []), self.scope)
        if "withClause" in self.body:
            self.made["withClause"] = with_queries(self.body["withClause"], self.scope)
        if self.body.get("op", "SETOP_NONE") != "SETOP_NONE":
            self._set_operation()
        elif "valuesLists" in self.body:
            self._values()
        else:
            self._simple(tables)
        for key in ("limitCount", "limitOffset"):
            if key in self.body:
                self._limit(key)
        for key in ("limitOption", "intoClause"):
            if key in self.body:
                self.made[key] = self.body[key]
        if "lockingClause" in self.body:
            self.made["lockingClause"] = [c for node in self.body["lockingClause"] for c in self._locks(node)]
        return self.made, self.targets

    def _limit(self, key: str) -> None:
        node = fit(rewrite(self.body[key], self.scope), None)
        if "isnull" not in node.get("A_Const", ()):
            self.made[key] = node

    def _locks(self, node: Node) -> list[Node]:
        """FOR UPDATE and its like, one for each table."""
        body = node["LockingClause"]
        given = [each["RangeVar"]["relname"] for each in body.get("lockedRels", ())]
        entries = [e for e in self.scope.entries if (e.reference in given if given else e.relation is not None)]
        tables = [{"RangeVar": {"relname": entry.name, "inh": True}} for entry in entries]
        return [{"LockingClause": {**body, "lockedRels": [table]}} for table in tables]

    def _simple(self, tables: Tables) -> None:
        body, made, scope = self.body, self.made, self.scope
        if "fromClause" in body:
            made["fromClause"], seen = tables.rewrite()
            scope.learn([body.get(key) for key in ("targetList", "whereClause", "fromClause")])
        else:
            seen = []
        for node in body.get("targetList", ()):
            self.targets.extend(expanded(node["ResTarget"], scope, seen))
        self.spell_targets()
        for key in ("whereClause", "havingClause"):
            if key in body:
                made[key] = value(body[key], scope)
        if "windowClause" in body:
            made["windowClause"] = untyped(body["windowClause"], scope)
        if "groupClause" in body:
            made["groupClause"] = [self._grouped(node) for node in body["groupClause"]]
        if "groupDistinct" in body:
            made["groupDistinct"] = True
        if "distinctClause" in body:
            made["distinctClause"] = [self._ordered(node) if node else node for node in body["distinctClause"]]
        if "sortClause" in body:
            made["sortClause"] = [self._sorted(node) for node in body["sortClause"]]

    def spell_targets(self) -> None:
        """Write down the output columns."""
        if self.targets:
            self.made["targetList"] = [target.node(self.named) for target in self.targets]

    def _grouped(self, node: Node) -> Node:
        if "GroupingSet" in node:
            content = [self._grouped(item) for item in node["GroupingSet"].get("content", ())]
            return {"GroupingSet": {**node["GroupingSet"], "content": content}}
        name = _plain_name(node)
        if name is not None and any(name in entry.types for entry in self.scope.entries):
            return value(node, self.scope)
        return self._ordered(node)

    def _ordered(self, node: Node) -> Node:
        """The value that a position or the name of an output column stands for, or the expression itself."""
        position: int | None = node.get("A_Const", {}).get("ival", {}).get("ival")
        if position is not None and 1 <= position <= len(self.targets):
            return self.targets[position - 1].item[0]
        name = _plain_name(node)
        for target in self.targets:
            if name is not None and target.name == name:
                return target.item[0]
        return value(node, self.scope)

    def _sorted(self, node: Node) -> Node:
        made = rewrite({"SortBy": {**node["SortBy"], "node": {"A_Const": {"isnull": True}}}}, self.scope)[0]
        made["SortBy"]["node"] = self._ordered(node["SortBy"]["node"])
        return made

    def _set_operation(self) -> None:
        # The columns of the whole are called as those of its first part.
        first = Select(self.body["larg"], self.scope, None, self.named)
        sides = [first, Select(self.body["rarg"], self.scope, None, False)]
        bodies = [side.rewrite()[0] for side in sides]
        self.leaves = [leaf for side in sides for leaf in side.leaves]
        self.targets = [Target(target.name, target.item) for target in sides[0].targets]
        self._agree(sides)
        self.made |= {"op": self.body["op"], "larg": bodies[0], "rarg": bodies[1]}
        if self.body.get("all"):
            self.made["all"] = True
        if "sortClause" in self.body:
            self.made["sortClause"] = [self._by_position(node) for node in self.body["sortClause"]]

    def _agree(self, sides: list[Select]) -> None:
        """Take the casts off constants that the other side of a set operation brings on."""
        widths = {len(leaf.targets) for leaf in self.leaves}
        if len(widths) != 1:
            return
        for number_, target in enumerate(self.targets):
            column = [leaf.targets[number_] for leaf in self.leaves]
            nodes, own = unify([each.item for each in column])
            for each, node in zip(column, nodes, strict=False):
                each.item = (node, own if each.item[1] is None else each.item[1])
            target.item = (nodes[0], own)
        for leaf in self.leaves:
            if "valuesLists" not in leaf.body:
                leaf.spell_targets()

    def _by_position(self, node: Node) -> Node:
        made = rewrite({"SortBy": {**node["SortBy"], "node": {"A_Const": {"isnull": True}}}}, self.scope)[0]
        inner = node["SortBy"]["node"]
        name = _plain_name(inner)
        names = [target.name for target in self.targets]
        made["SortBy"]["node"] = number(str(names.index(name) + 1)) if name in names else value(inner, self.scope)
        return made

    def _values(self) -> None:
        rows = [[rewrite(item, self.scope) for item in row["List"]["items"]] for row in self.body["valuesLists"]]
        columns = [unify(column) for column in zip(*rows, strict=False)]
        self.targets = [Target(f"column{i}", (n[0], own)) for i, (n, own) in enumerate(columns, 1)]
        lists = zip(*(nodes for nodes, _ in columns), strict=False)
        self.made["valuesLists"] = [{"List": {"items": list(row)}} for row in lists]


def _plain_name(node: Node) -> str | None:
    fields = node.get("ColumnRef", {}).get("fields", ())
    return str(fields[0]["String"].get("sval", "")) if len(fields) == 1 and "String" in fields[0] else None


def expanded(body: Body, scope: Scope, seen: Seen) -> list[Target]:
    """The output columns that one item of a SELECT list makes: one, or those of a star."""
    node = body["val"]
    fields = node.get("ColumnRef", {}).get("fields", ())
    if fields and "A_Star" in fields[-1]:
        columns = seen
        if len(fields) > 1:
            entry = scope.entry(fields[-2]["String"]["sval"])
            columns = all_columns(entry) if entry is not None else None
        if columns is not None:
            return [Target(c, (scope.written(entry, c), entry.type_of(c))) for entry, c in columns]
    item = rewrite(node, scope)
    written, own = item
    if fields:
        own = column_type(fields, scope) or own
    inner = written.get("ColumnRef", {}).get("fields", ())
    if inner and "A_Star" in inner[-1] and not (fields and "A_Star" in fields[-1]) and own is not None:
        # The row as one value; without the cast it would be read as all its columns.
        written = wrapped(written, own, own)
    elif constant_of(written) is not None:
        written, own = fit(item, "text") if own is None or own == "text" else written, own or "text"
    star = bool(fields) and "A_Star" in fields[-1]
    return [Target(STAR if star else body.get("name") or figure(node), (written, own))]


def column_type(fields: list[Node], scope: Scope) -> str | None:
    """The type of a column as its table declares it, be it a domain."""
    names = [field["String"].get("sval", "") for field in fields if "String" in field]
    entry = scope.column(names[0]) if len(names) == 1 else scope.entry(names[-2]) if len(names) == len(fields) else None
    return None if entry is None else entry.types.get(names[-1])


def with_queries(body: Body, scope: Scope) -> Body:
    """WITH: each query sees those before it, and itself if recursive."""
    made = []
    for node in body["ctes"]:
        cte = node["CommonTableExpr"]
        given = [part["String"]["sval"] for part in cte.get("aliascolnames", ())]
        if body.get("recursive"):
            scope.ctes[cte["ctename"]] = _first_columns(cte["ctequery"], given, scope)
        outer = Scope(scope.names, scope.parent)
        outer.ctes = scope.ctes
        inner, columns = query(cte["ctequery"], outer, frozenset(scope.taken))
        scope.ctes[cte["ctename"]] = _called(columns, given)
        made.append({"CommonTableExpr": {**cte, "ctequery": inner}})
    return {**body, "ctes": made}


def _first_columns(node: Node, given: list[str], scope: Scope) -> Columns:
    """The columns of a recursive query, from the part that is not."""
    body = node.get("SelectStmt", {})
    if "larg" not in body:
        return tuple((name, None) for name in given)
    outer = Scope(scope.names, scope.parent)
    outer.ctes = dict(scope.ctes)
    return _called(query({"SelectStmt": body["larg"]}, outer)[1], given)


def _called(columns: Columns, given: list[str]) -> Columns:
    if not columns:
        return tuple((name, None) for name in given)
    return tuple((given[i] if i < len(given) else name, own) for i, (name, own) in enumerate(columns))


def select(body: Body, scope: Scope) -> Typed:
    """A query where an expression might stand."""
    return query({"SelectStmt": body}, scope)[0], None


def sub_link(body: Body, scope: Scope) -> Typed:
    """A sub-query in an expression; the names of its columns do not matter."""
    kind = body["subLinkType"]
    subselect = body["subselect"]
    if kind == "EXISTS_SUBLINK":
        inner = query(_existence(subselect), scope, named=False)[0]
        return {"SubLink": {"subLinkType": kind, "subselect": inner}}, "boolean"
    node, columns = query(subselect, scope, named=False)
    made: Body = {"subLinkType": kind, "subselect": node}
    own = columns[0][1] if columns else None
    if kind == "EXPR_SUBLINK":
        return {"SubLink": made}, own
    if kind == "ARRAY_SUBLINK":
        return {"SubLink": made}, array_of(own)
    made["testexpr"] = fit(rewrite(body["testexpr"], scope), own)
    names = body.get("operName")
    if names and not (kind == "ANY_SUBLINK" and names[-1]["String"]["sval"] == "="):
        made["operName"] = names[-1:]
    return {"SubLink": made}, "boolean"


_PLAIN: Final = frozenset(("ColumnRef", "A_Const"))


def _existence(node: Node) -> Node:
    """What EXISTS asks, with SELECT 1 for whatever columns are named: a server would list all that `*` stands for."""
    body = node.get("SelectStmt", {})
    targets = [target["ResTarget"]["val"] for target in body.get("targetList", ())]
    bare = [t["TypeCast"]["arg"] if "TypeCast" in t else t for t in targets]
    if "op" not in body or body["op"] != "SETOP_NONE" or "valuesLists" in body:
        return node
    if not all(_PLAIN & target.keys() for target in bare):
        return node
    return {"SelectStmt": {**body, "targetList": [{"ResTarget": {"val": number("1")}}]}}


REWRITERS: Final[dict[str, Rewriter]] = {"SelectStmt": select, "SubLink": sub_link}
