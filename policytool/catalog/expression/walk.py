"""A walk over canonical trees that knows what each name in them means, and may put others in their places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from policytool.catalog.expression.figure import figure
from policytool.catalog.expression.functions import OF_RELATION
from policytool.catalog.expression.names import Node
from policytool.catalog.model import Name
from policytool.catalog.spelling import qualified

Body = dict[str, Any]

_TARGETS: Final = ("targetList", "returningList")


class Level:
    """The tables of one level of a query: what their names there mean, and the names that they have after the walk."""

    __slots__ = ("frozen", "parent", "renamed", "tables")

    def __init__(self, parent: Level | None) -> None:
        self.parent = parent
        self.frozen: frozenset[str] = frozenset()  # tables whose columns keep their names, by an alias for each
        self.tables: dict[str, Name | None] = {}
        self.renamed: dict[str, str] = {}

    def find(self, reference: str) -> tuple[Name | None, str] | None:
        """The table of that name and its name after the walk; None where it is no table of the query."""
        level: Level | None = self
        while level is not None:
            if reference in level.tables:
                table = None if reference in level.frozen else level.tables[reference]
                return table, level.renamed[reference]
            level = level.parent
        return None

    def taken(self, name: str) -> bool:
        """Whether a table here or further out has that name after the walk."""
        return name in self.renamed.values() or (self.parent is not None and self.parent.taken(name))


class Walk:
    """Walks a tree and makes a new one. What it does with names is up to those who derive from it."""

    def __init__(self) -> None:
        self._handlers: dict[str, Callable[[Body, Level | None], Node]] = {
            "ColumnRef": self._column_ref,
            "RangeVar": self._range_var,
            "FuncCall": self._func_call,
            "TypeCast": self._type_cast,
            "SubLink": self._sub_link,
            "SelectStmt": lambda body, level: {"SelectStmt": self.select(body, level, True)},
            "InsertStmt": lambda body, level: {"InsertStmt": self._change(body, level)},
            "UpdateStmt": lambda body, level: {"UpdateStmt": self._change(body, level)},
            "DeleteStmt": lambda body, level: {"DeleteStmt": self._change(body, level)},
        }

    def column(self, table: Name | None, name: str, own: bool) -> str:
        """A column, of a table of the query or of the one that the text belongs to."""
        return name

    def relation(self, name: Name) -> Name:
        """A table or view that is read or written, or a sequence."""
        return name

    def function(self, name: Name) -> Name:
        """A function that is not built in."""
        return name

    def type(self, name: Name) -> Name:
        """A type that is not built in."""
        return name

    def qualifier(self, name: str) -> str:
        """The name of the text's own table before a column in a sub-query."""
        return name

    def node(self, item: Any, level: Level | None) -> Any:
        """Any part of a tree."""
        if isinstance(item, list):
            return [self.node(each, level) for each in item]
        if not isinstance(item, dict):
            return item
        if len(item) == 1:
            ((kind, body),) = item.items()
            handler = self._handlers.get(kind)
            return handler(body, level) if handler is not None else {kind: self.node(body, level)}
        return {
            key: self._type_name(value) if key == "typeName" else self.node(value, level)
            for key, value in item.items()
            if key != "location"
        }

    def _column_ref(self, body: Body, level: Level | None) -> Node:
        fields = body["fields"]
        last = fields[-1]["String"]["sval"] if "String" in fields[-1] else None
        if len(fields) == 1:
            if level is not None or last is None:
                return {"ColumnRef": body}
            return {"ColumnRef": {"fields": [_string(self.column(None, last, True))]}}
        reference = fields[-2]["String"]["sval"]
        found = level.find(reference) if level is not None else None
        if found is None and len(fields) > 2:
            return {"ColumnRef": body}
        table, name = found or (None, self.qualifier(reference))
        tail = fields[-1] if last is None else _string(self.column(table, last, found is None))
        return {"ColumnRef": {"fields": [_string(name), tail]}}

    def _range_var(self, body: Body, level: Level | None) -> Node:
        return {"RangeVar": self._table(body, level)}

    def _table(self, body: Body, level: Level | None) -> Body:
        made = {key: value for key, value in body.items() if key not in ("location", "alias")}
        old, alias = body["relname"], body.get("alias", {})
        if "schemaname" in body:
            made["schemaname"], made["relname"] = self.relation((body["schemaname"], old))
        printed = alias.get("aliasname", old)
        name = level.renamed.get(printed, printed) if level is not None else printed
        if name != made["relname"] or alias:
            made["alias"] = {**alias, "aliasname": name}
        if level is not None and printed in level.frozen:
            made["alias"] = {"aliasname": name, **self.kept_columns()}
        return made

    def kept_columns(self) -> Body:
        """The column aliases of a frozen table."""
        return {}

    def _enter(self, item: Node, level: Level) -> None:
        """Learn the names of a FROM item."""
        match item:
            case {"JoinExpr": join}:
                self._enter(join["larg"], level)
                self._enter(join["rarg"], level)
                if "alias" in join:
                    self._claim(join["alias"]["aliasname"], None, level)
            case {"RangeTableSample": sample}:
                self._enter(sample["relation"], level)
            case {"RangeVar": body}:
                self._enter_table(body, level)
            case {"RangeFunction": body} if "alias" not in body:
                call = body["functions"][0]["List"]["items"][0].get("FuncCall")
                if call is not None:
                    self._claim(call["funcname"][-1]["String"]["sval"], None, level)
            case _:
                ((_, body),) = item.items()
                if "alias" in body:
                    self._claim(body["alias"]["aliasname"], None, level)

    def _enter_table(self, body: Body, level: Level) -> None:
        old = body["relname"]
        table = (body["schemaname"], old) if "schemaname" in body else None
        printed = body.get("alias", {}).get("aliasname", old)
        new = old if table is None or ("alias" in body and printed == old) else self.relation(table)[1]
        # posts_1 is what Postgres calls a second posts, so it follows the table's name.
        numbered = re.fullmatch(re.escape(old) + r"(_\d+)", printed)
        name = new if printed == old else f"{new}{numbered[1]}" if numbered and new != old else printed
        number = 0
        while new != old and printed == old and level.taken(name):
            number += 1
            name = f"{new}_{number}"
        self._claim(printed, table, level, name)

    def _claim(self, printed: str, table: Name | None, level: Level, name: str | None = None) -> None:
        level.tables[printed] = table
        level.renamed[printed] = name or printed

    def _func_call(self, body: Body, level: Level | None) -> Node:
        made = self.node(body, level) if len(body) > 1 else {}
        parts = [part["String"]["sval"] for part in body["funcname"]]
        if len(parts) > 1 and parts[-2] != "pg_catalog":
            parts = list(self.function((parts[-2], parts[-1])))
        elif parts[-1] in OF_RELATION and "args" in body:
            made["args"] = [self._named_relation(made["args"][0]), *made["args"][1:]]
        return {"FuncCall": {**made, "funcname": [_string(part) for part in parts]}}

    def _named_relation(self, node: Node) -> Node:
        """A table or sequence whose name is in a string."""
        parts = _split(node.get("A_Const", {}).get("sval", {}).get("sval", ""))
        return node if parts is None else {"A_Const": {"sval": {"sval": qualified(*self.relation(parts))}}}

    def _type_cast(self, body: Body, level: Level | None) -> Node:
        arg = self.node(body["arg"], level)
        if [part["String"]["sval"] for part in body["typeName"]["names"]] == ["regclass"]:
            arg = self._named_relation(arg)
        return {"TypeCast": {"arg": arg, "typeName": self._type_name(body["typeName"])}}

    def _type_name(self, body: Body) -> Body:
        parts = [part["String"]["sval"] for part in body["names"]]
        if len(parts) == 2 and parts[0] != "pg_catalog":
            return {**body, "names": [_string(part) for part in self.type((parts[0], parts[1]))]}
        return body

    def _sub_link(self, body: Body, level: Level | None) -> Node:
        made = {key: self.node(value, level) for key, value in body.items() if key not in ("location", "subselect")}
        inner = body["subselect"]
        made["subselect"] = (
            {"SelectStmt": self.select(inner["SelectStmt"], level, False)}
            if "SelectStmt" in inner
            else self.node(inner, level)
        )
        return {"SubLink": made}

    def select(self, body: Body, parent: Level | None, named: bool) -> Body:
        """A query; `named` says that the names of its output columns matter, so that no rename may change them."""
        level = Level(parent)
        for item in body.get("fromClause", ()):
            self._enter(item, level)
        level.frozen = self.joined(body.get("fromClause", ()))
        made: Body = {}
        for key, value in body.items():
            if key in ("larg", "rarg"):
                made[key] = self.select(value, level, named and key == "larg")
            elif key == "targetList":
                made[key] = [self._target(item, level, named) for item in value]
            elif key == "lockingClause":
                made[key] = [self._locking(item, level) for item in value]
            elif key != "location":
                made[key] = self.node(value, level)
        return made

    def _locking(self, item: Node, level: Level) -> Node:
        body = item["LockingClause"]
        names = [level.renamed.get(t["RangeVar"]["relname"], "") for t in body.get("lockedRels", ())]
        return {"LockingClause": {**body, "lockedRels": [{"RangeVar": {"relname": n, "inh": True}} for n in names]}}

    def joined(self, items: list[Node]) -> frozenset[str]:
        """Called with the FROM items of a level; names the tables whose columns are to keep their names."""
        return frozenset()

    def _target(self, item: Node, level: Level, named: bool) -> Node:
        before = item["ResTarget"]
        value = self.node(before["val"], level)
        name = before.get("name")
        if name is None and named and "A_Star" not in before["val"].get("ColumnRef", {}).get("fields", [{}])[-1]:
            name = figure(before["val"])
        return {"ResTarget": {"val": value} if name is None or name == figure(value) else {"name": name, "val": value}}

    def _change(self, body: Body, parent: Level | None) -> Body:
        """An INSERT, UPDATE or DELETE."""
        level = Level(parent)
        self._enter_table(body["relation"], level)
        printed = body["relation"].get("alias", {}).get("aliasname", body["relation"]["relname"])
        table = level.tables[printed]
        for item in (*body.get("fromClause", ()), *body.get("usingClause", ())):
            self._enter(item, level)
        if "onConflictClause" in body:
            self._claim("excluded", table, level)
        made = {key: self.node(value, level) for key, value in body.items() if key not in ("relation", "location")}
        made["relation"] = self._table(body["relation"], level)
        for key in ("cols", "targetList"):
            if key in made:
                made[key] = [self._set(item, table) for item in made[key]]
        conflict = made.get("onConflictClause")
        if conflict is not None and "targetList" in conflict:
            conflict["targetList"] = [self._set(item, table) for item in conflict["targetList"]]
        if conflict is not None and "indexElems" in conflict.get("infer", ()):
            conflict["infer"]["indexElems"] = [self._key(item, table) for item in conflict["infer"]["indexElems"]]
        return made

    def _set(self, item: Node, table: Name | None) -> Node:
        target = item["ResTarget"]
        return {"ResTarget": {**target, "name": self.column(table, target["name"], False)}}

    def _key(self, item: Node, table: Name | None) -> Node:
        body = item["IndexElem"]
        return {"IndexElem": {**body, "name": self.column(table, body["name"], False)} if "name" in body else body}


def _string(text: str) -> Node:
    return {"String": {"sval": text}}


def _split(text: str) -> Name | None:
    found = re.fullmatch(r'(?:"((?:[^"]|"")+)"|([a-z_][\w$]*))\.(?:"((?:[^"]|"")+)"|([a-z_][\w$]*))', text)
    if found is None:
        return None
    quoted_schema, schema, quoted_name, name = found.groups()
    return (schema or quoted_schema.replace('""', '"')), (name or quoted_name.replace('""', '"'))
