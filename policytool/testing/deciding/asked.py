"""A statement that somebody tried: its command, the relations that it names, and itself without what it only adds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from policytool.catalog.expression.deparse import deparse
from policytool.catalog.model import Function, Name, Table, View
from policytool.catalog.objects import Catalog
from policytool.syntax import raw
from policytool.syntax.fragments import parse_query
from policytool.syntax.node import kind_of, qualified, range_var, walk

Node = Mapping[str, Any]
PATH: Final = ("public", "extensions")
_COMMANDS: Final = {
    "SelectStmt": "SELECT",
    "InsertStmt": "INSERT",
    "UpdateStmt": "UPDATE",
    "DeleteStmt": "DELETE",
    "MergeStmt": "MERGE",
    "TruncateStmt": "TRUNCATE",
    "CallStmt": "EXECUTE",
}
_MERGED: Final = {"CMD_INSERT": "INSERT", "CMD_UPDATE": "UPDATE", "CMD_DELETE": "DELETE"}
_RETURNING: Final = re.compile(r"\breturning\b", re.IGNORECASE)


class Named(Struct, frozen=True, kw_only=True):
    """A table or view that a statement names, and by which commands it goes to it."""

    relation: Table | View
    commands: tuple[str, ...]


class Asked(Struct, frozen=True, kw_only=True):
    """A statement. `row` is what messages call the row it is about, `where` the condition that finds that row."""

    sql: str
    command: str
    named: tuple[Named, ...] = ()
    functions: tuple[Function, ...] = ()
    plain: str = ""  # without RETURNING and ON CONFLICT, where it has them
    where: str = ""
    row: str = ""

    @property
    def target(self) -> Table | View | None:
        """What it is about: the table that it writes, else the first that it reads."""
        return self.named[0].relation if self.named else None


def asked(sql: str, catalog: Catalog, *, command: str | None = None, where: str = "", row: str = "") -> Asked:
    """Read a statement. One that cannot be parsed names nothing."""
    tree = parse_query(sql) or {}
    kind, body = kind_of(tree)
    made = command if command not in (None, "SQL") else _COMMANDS.get(kind, "SQL")
    calls = tuple(_functions(tree, catalog))
    if kind == "SelectStmt" and "fromClause" not in body and calls:
        made = "EXECUTE"
    return Asked(
        sql=sql,
        command=made or "SQL",
        named=tuple(_named(tree, catalog)),
        functions=calls,
        plain=plain(sql),
        where=where or _where(kind, body),
        row=row,
    )


def _where(kind: str, body: Node) -> str:
    """The condition of a statement on one table; '' where it has none of its own."""
    single = kind in ("UpdateStmt", "DeleteStmt") or (kind == "SelectStmt" and len(body.get("fromClause", ())) == 1)
    others = {"usingClause", "withClause", "larg", "rarg"} | (set() if kind == "SelectStmt" else {"fromClause"})
    if not single or "whereClause" not in body or others & body.keys():
        return ""
    if kind == "SelectStmt" and "RangeVar" not in body["fromClause"][0]:
        return ""
    try:
        return deparse(body["whereClause"])
    except (NotImplementedError, KeyError):
        return ""


def plain(sql: str) -> str:
    """The statement without RETURNING and ON CONFLICT; '' where it has neither."""
    try:
        statements = raw.parse(sql)
    except raw.Unparsable:
        return ""
    if len(statements) != 1:
        return ""
    _, body = kind_of(statements[0].stmt)
    text = sql.encode()
    cuts = [len(text), len(text)]
    returned = body.get("returningClause", {}).get("exprs") or body.get("returningList") or ()
    places = [body["location"] for kind, body in walk(list(returned[:1])) if "location" in body]
    if places:
        before = text[: min(places)].decode()
        cuts[1] = len(before[: [m.start() for m in _RETURNING.finditer(before)][-1]].encode())
    conflict = body.get("onConflictClause")
    if conflict is None:
        return text[: cuts[1]].decode().rstrip() if places else ""
    cuts[0] = _before_conflict(text, conflict)
    return text[: min(cuts)].decode().rstrip()


def _before_conflict(text: bytes, conflict: Node) -> int:
    """Where ON CONFLICT begins; the parser tells but where its target stands."""
    at = conflict.get("location")
    if at is not None:
        return int(at)
    found = [m.start() for m in re.finditer(rb"\bon\s+conflict\b", text, re.IGNORECASE)]
    inside = [body["location"] for _, body in walk(dict(conflict)) if "location" in body]
    return max((f for f in found if not inside or f < min(inside)), default=len(text))


def relation(name: tuple[str | None, str], catalog: Catalog) -> Table | View | None:
    """The table or view that a name means."""
    for schema in (name[0],) if name[0] else PATH:
        key: Name = (schema or "", name[1])
        if (found := catalog.tables.get(key) or catalog.views.get(key)) is not None:
            return found
    return None


def function_of(call: Node, catalog: Catalog) -> tuple[Function, ...]:
    """The user's functions that a call may mean: those of its name that take so many arguments."""
    schema, name = qualified(call.get("funcname"))
    count = len(call.get("args", ()))
    found = [
        f
        for f in catalog.functions.values()
        if f.name == name and f.schema in ((schema,) if schema else PATH) and _takes(f, count)
    ]
    return tuple(found)


def _takes(function: Function, count: int) -> bool:
    inputs = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
    needed = [a for a in inputs if a.default is None and a.mode != "VARIADIC"]
    return len(needed) <= count and (count <= len(inputs) or any(a.mode == "VARIADIC" for a in inputs))


def _functions(tree: Node, catalog: Catalog) -> Iterator[Function]:
    for kind, body in walk(dict(tree)):
        if kind == "FuncCall" or (kind == "CallStmt" and "funccall" in body):
            yield from function_of(body.get("funccall", body), catalog)


def _named(tree: Node, catalog: Catalog) -> Iterator[Named]:
    """The relations, what is written first."""
    found: dict[tuple[str, str], tuple[Table | View, list[str]]] = {}
    local = {body.get("ctename") for kind, body in walk(dict(tree)) if kind == "CommonTableExpr"}
    for command, name in [*_written(tree), *_read(tree)]:
        item = None if name[0] is None and name[1] in local else relation(name, catalog)
        if item is not None:
            commands = found.setdefault((item.schema, item.name), (item, []))[1]
            commands += [command] if command not in commands else []
    return (Named(relation=item, commands=tuple(commands)) for item, commands in found.values())


def _written(tree: Node) -> Iterator[tuple[str, tuple[str | None, str]]]:
    for kind, body in walk(dict(tree)):
        if "relation" not in body and kind != "TruncateStmt":
            continue
        match kind:
            case "InsertStmt":
                yield "INSERT", range_var(body["relation"])
                if body.get("onConflictClause", {}).get("action") == "ONCONFLICT_UPDATE":
                    yield "UPDATE", range_var(body["relation"])
                if "onConflictClause" in body or "returningClause" in body:
                    yield "SELECT", range_var(body["relation"])
            case "UpdateStmt" | "DeleteStmt":
                yield _COMMANDS[kind], range_var(body["relation"])
                yield "SELECT", range_var(body["relation"])
            case "MergeStmt":
                for clause in body.get("mergeWhenClauses", ()):
                    done = clause.get("MergeWhenClause", {}).get("commandType", "")
                    if done in _MERGED:
                        yield _MERGED[done], range_var(body["relation"])
                yield "SELECT", range_var(body["relation"])
            case "TruncateStmt":
                for item in body.get("relations", ()):
                    yield "TRUNCATE", range_var(item)


def _read(tree: Node) -> Iterator[tuple[str, tuple[str | None, str]]]:
    for kind, body in walk(dict(tree)):
        if kind == "RangeVar":
            yield "SELECT", range_var(body)
        elif kind == "SelectStmt" and "lockingClause" in body:  # what is locked is met by the policies for UPDATE
            yield from (("UPDATE", range_var(n)) for item in body.get("fromClause", ()) for n in _ranges(item))


def _ranges(item: Node) -> Iterator[Node]:
    yield from (body for kind, body in walk(dict(item)) if kind == "RangeVar")
