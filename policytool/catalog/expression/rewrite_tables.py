"""Canonical FROM: tables qualified and named as Postgres names them, and the columns that they bring in sight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.catalog.expression import functions
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.rewrite import Body, rewrite, untyped, value
from policytool.catalog.expression.rewrite_calls import called
from policytool.catalog.expression.rewrite_values import spelled_type
from policytool.catalog.expression.scope import Columns, Entry, Scope, unnamed

Seen = list[tuple[Entry, str]] | None  # the columns that `*` stands for; None where they are not known


def reference_of(node: Node) -> list[str]:
    """The names by which the tables of a FROM item are called, in order."""
    match node:
        case {"JoinExpr": join}:
            inner = [*reference_of(join["larg"]), *reference_of(join["rarg"])]
            return [*inner, join["alias"]["aliasname"]] if "alias" in join else inner
        case {"RangeTableSample": sample}:
            return reference_of(sample["relation"])
        case {"RangeVar": body}:
            return [_alias(body) or body["relname"]]
        case {"RangeSubselect": body}:
            values = "valuesLists" in body["subquery"].get("SelectStmt", {})
            return [_alias(body) or ("*VALUES*" if values else "unnamed_subquery")]
        case {"RangeFunction": body}:
            return [_alias(body) or _function_name(body)]
    ((_, body),) = node.items()
    return [_alias(body) or "unnamed"]


def _alias(body: Body) -> str | None:
    alias = body.get("alias")
    return None if alias is None else str(alias["aliasname"])


def _function_name(body: Body) -> str:
    call = body["functions"][0]["List"]["items"][0]
    return str(call["FuncCall"]["funcname"][-1]["String"]["sval"]) if "FuncCall" in call else "unnamed"


class Tables:
    """Rewrites the FROM items of one level; their names are claimed before anything in them is read."""

    def __init__(self, items: list[Node], scope: Scope) -> None:
        self.items = items
        self.scope = scope
        references = [name for item in items for name in reference_of(item)]
        self._names: Iterator[tuple[str, str]] = iter([(name, scope.claim(name)) for name in references])

    def rewrite(self) -> tuple[list[Node], Seen]:
        """The items, and what `*` stands for."""
        seen: Seen = []
        nodes = []
        for item in self.items:
            node, columns = self._item(item)
            nodes.append(node)
            seen = None if seen is None or columns is None else seen + columns
        return nodes, seen

    def _item(self, node: Node) -> tuple[Node, Seen]:
        match node:
            case {"RangeVar": body}:
                return self.relation(body)
            case {"JoinExpr": body}:
                return self._join(body)
            case {"RangeSubselect": body}:
                return self._subselect(body)
            case {"RangeFunction": body}:
                return self._function(body)
            case {"RangeTableSample": body}:
                inner, seen = self._item(body["relation"])
                rest = {key: untyped(item, self.scope) for key, item in body.items() if key != "relation"}
                return {"RangeTableSample": {**rest, "relation": inner}}, seen
        ((kind, body),) = node.items()
        reference, name = next(self._names)
        self.scope.entries.append(Entry(reference, name, ()))
        return {kind: untyped(body, self.scope)}, None

    def relation(self, body: Body) -> tuple[Node, Seen]:
        """A table, view or WITH query."""
        reference, name = next(self._names)
        schema, relname = body.get("schemaname"), body["relname"]
        made = {"relname": relname, "inh": body.get("inh", False)}
        columns = self.scope.cte(relname) if schema is None else None
        relation, complete = None, True
        if columns is None:
            found = self.scope.names.relation(schema, relname)
            schema = schema if found is None else found.schema
            relation = None if schema is None else (schema, relname)
            columns = () if found is None else found.columns
            complete = found is None or found.complete
        if schema is not None:
            made["schemaname"] = schema
        entry = self._enter(body, reference, name, columns, relation)
        entry.open = entry.open or not complete
        if name != relname or "alias" in body:
            made["alias"] = {"aliasname": name, **_renaming(body, columns)}
        return {"RangeVar": made}, all_columns(entry)

    def _enter(self, body: Body, reference: str, name: str, columns: Columns, relation: Any = None) -> Entry:
        entry = Entry(reference, name, _renamed(body, columns), relation)
        self.scope.entries.append(entry)
        return entry

    def _subselect(self, body: Body) -> tuple[Node, Seen]:
        from policytool.catalog.expression.rewrite_query import query

        reference, name = next(self._names)
        lateral = bool(body.get("lateral"))
        parent = self.scope if lateral else Scope(self.scope.names, self.scope.parent)
        parent.ctes = self.scope.ctes
        node, columns = query(body["subquery"], parent, frozenset(self.scope.taken))
        entry = self._enter(body, reference, name, columns)
        made: Body = {"subquery": node, "alias": {"aliasname": name, **_renaming(body, columns)}}
        if lateral:
            made["lateral"] = True
        return {"RangeSubselect": made}, all_columns(entry)

    def _function(self, body: Body) -> tuple[Node, Seen]:
        reference, name = next(self._names)
        calls: list[Node] = []
        columns: Columns | None = ()
        for function in body["functions"]:
            call, definitions = function["List"]["items"]
            node, more = self._call(call, reference, definitions or None)
            calls.append({"List": {"items": [node, untyped(definitions, self.scope)]}})
            columns = None if columns is None or more is None else columns + more
        made: Body = {"functions": calls}
        if "coldeflist" in body:
            made["coldeflist"] = untyped(body["coldeflist"], self.scope)
            columns = self._defined(body["coldeflist"])
        for key in ("ordinality", "is_rowsfrom"):
            if key in body:
                made[key] = True
        if "ordinality" in body and columns is not None:
            columns = (*columns, ("ordinality", "bigint"))
        entry = self._enter(body, reference, name, columns or ())
        entry.scalar = len(calls) == 1 and columns is not None and len(columns) == 1
        renaming = _renaming(body, columns or ())
        if name != _function_name(body) or renaming or "coldeflist" in body:
            made["alias"] = {"aliasname": name, **renaming}
        return {"RangeFunction": made}, all_columns(entry)

    def _call(self, call: Node, reference: str, definitions: Node | None) -> tuple[Node, Columns | None]:
        node, own = rewrite(call, self.scope)
        if definitions is not None:
            return node, self._defined(definitions["List"]["items"])
        if "FuncCall" not in call:
            return node, ((reference, own),)
        arity = len(call["FuncCall"].get("args", ()))
        schema, function = called(call["FuncCall"]["funcname"], arity, self.scope)
        if function == "unnest" and arity > 1:
            return node, tuple(("unnest", None) for _ in range(arity))
        if not schema:
            return node, functions.COLUMNS.get(function, ((reference, own),))
        columns = self.scope.facts.columns((schema, function), arity)
        return node, ((reference, own),) if columns == () else columns

    def _defined(self, definitions: list[Node]) -> Columns:
        bodies = [node["ColumnDef"] for node in definitions]
        return tuple((body["colname"], spelled_type(body["typeName"], self.scope)) for body in bodies)

    def _join(self, body: Body) -> tuple[Node, Seen]:
        start = len(self.scope.entries)
        left, left_seen = self._item(body["larg"])
        middle = len(self.scope.entries)
        right, right_seen = self._item(body["rarg"])
        made: Body = {"jointype": body["jointype"], "larg": left, "rarg": right}
        shared = [part["String"]["sval"] for part in body.get("usingClause", ())]
        if body.get("isNatural"):
            shared = [c for _, c in left_seen or () if c in {c for _, c in right_seen or ()}]
            if left_seen is None or right_seen is None:
                made["isNatural"] = True
            elif shared:
                made["usingClause"] = [{"String": {"sval": column}} for column in shared]
        first = self.scope.entries[middle:] if body["jointype"] == "JOIN_RIGHT" else self.scope.entries[start:middle]
        for column in shared:
            owner = next((entry for entry in first if column in entry.types), None)
            if owner is not None and body["jointype"] == "JOIN_FULL":
                # Neither side's column: whichever of the two is there.
                owner = unnamed([(column, owner.types[column])])
            if owner is not None:
                self.scope.merged[column] = owner
        if "quals" in body:
            made["quals"] = value(body["quals"], self.scope)
        for key in ("usingClause", "join_using_alias"):
            if key in body:
                made[key] = body[key]
        seen = self._joined(left_seen, right_seen, shared)
        return ({"JoinExpr": made}, seen) if "alias" not in body else self._aliased(body, made, seen, start)

    def _joined(self, left: Seen, right: Seen, shared: list[str]) -> Seen:
        if left is None or right is None:
            return None
        rest = [pair for pair in left + right if pair[1] not in shared]
        return [(self.scope.merged[column], column) for column in shared if column in self.scope.merged] + rest

    def _aliased(self, body: Body, made: Body, seen: Seen, start: int) -> tuple[Node, Seen]:
        reference, name = next(self._names)
        columns = tuple((column, entry.type_of(column)) for entry, column in seen or ())
        made["alias"] = {"aliasname": name, **_renaming(body, columns)}
        del self.scope.entries[start:]
        entry = self._enter(body, reference, name, columns)
        return {"JoinExpr": made}, all_columns(entry)


def all_columns(entry: Entry) -> Seen:
    """What `t.*` stands for."""
    return None if entry.open else [(entry, column) for column, _ in entry.columns]


def _given(body: Body) -> list[str]:
    return [part["String"]["sval"] for part in body.get("alias", {}).get("colnames", ())]


def _renamed(body: Body, columns: Columns) -> Columns:
    given = _given(body)
    if not columns:
        return tuple((name, None) for name in given)
    return tuple((given[i] if i < len(given) else name, own) for i, (name, own) in enumerate(columns))


def _renaming(body: Body, columns: Columns) -> dict[str, Any]:
    """The column aliases, where they change a name."""
    given = _given(body)
    if not given or (columns and given == [name for name, _ in columns][: len(given)]):
        return {}
    full = [name for name, _ in _renamed(body, columns)]
    return {"colnames": [{"String": {"sval": name}} for name in full]}
