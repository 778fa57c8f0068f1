"""SQL in a body: queries into variables, statements run as they are, texts run by EXECUTE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from policytool.catalog.build.plpgsql import effects
from policytool.catalog.build.plpgsql.frame import Frame
from policytool.catalog.build.plpgsql.machine import Machine, Signal
from policytool.catalog.build.plpgsql.parsing import query_of, statements
from policytool.catalog.build.plpgsql.rows import Rows
from policytool.catalog.build.plpgsql.values import NotKnown, Unknown, Value, unknown
from policytool.catalog.build.state import Refused
from policytool.syntax.node import names

Node = dict[str, Any]
_DATA: Final = frozenset(("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))
_RETURNED: Final = "rows that a data statement returns"
_MOST_TEXT: Final = 1_000_000


# --- statements that stand in the body ------------------------------------------------------------------------------


def static(machine: Machine, node: Node) -> Signal | None:
    """A statement of SQL."""
    text = node["sqlstmt"]["PLpgSQL_expr"]["query"]
    for kind, tree in statements(text):
        if kind == "SelectStmt" and "intoClause" not in tree:
            if not node.get("into"):
                raise Refused("42601", "query has no destination for result data")
            _into(machine, node, tree)
        elif kind in _DATA:
            data(machine, kind, tree, text)
            if node.get("into"):
                machine.assign_row(node["target"], (), None, _RETURNED)
        elif kind == "CreateTableAsStmt":
            _create_as(machine, tree, text, dynamic=False)
        else:
            machine.ddl(kind, tree, text)
    return None


def _create_as(machine: Machine, tree: Node, text: str, *, dynamic: bool) -> None:
    """CREATE TABLE AS; what a temporary one holds is remembered for the queries after it."""
    into = tree["into"]["rel"]
    rows: Rows | None = None
    if into.get("relpersistence") == "t" and "SelectStmt" in tree["query"]:
        try:
            rows = machine.rows(tree["query"]["SelectStmt"])
        except NotKnown:
            rows = None
    machine.ddl("CreateTableAsStmt", substituted(machine, tree), text, dynamic=dynamic)
    if rows is not None:
        machine.temporary[into["relname"]] = rows


def _into(machine: Machine, node: Node, tree: Node) -> None:
    try:
        rows = machine.rows(tree)
        _give(machine, node, rows)
    except NotKnown as error:
        _not_given(machine, node, tree, error)


def _give(machine: Machine, node: Node, rows: Rows) -> None:
    try:
        row = rows.first()
    except NotKnown as error:
        machine.assign_row(node["target"], rows.names, None, error.reason)
        machine.found(True if rows.never is None and rows.sure() else unknown(error))
        return
    count = len(rows.values)
    if node.get("strict") and count != 1:
        raise Refused(
            "P0002" if count == 0 else "P0003", "query returned no rows" if not count else "more than one row"
        )
    machine.assign_row(node["target"], rows.names, row)
    machine.found(count > 0)
    machine.frame.row_count = min(count, 1)


def _not_given(machine: Machine, node: Node, tree: Node, error: NotKnown) -> None:
    if effects.changing_call(machine, tree):
        machine.report(f"what this query calls is not known: {error.reason}")
    machine.assign_row(node["target"], (), None, error.reason)
    machine.found(unknown(error))


def data(machine: Machine, kind: str, tree: Node, text: str, *, dynamic: bool = False) -> None:
    """A data statement: only what it does to storage buckets is in the model."""
    machine.temporary.pop(tree.get("relation", {}).get("relname", ""), None)
    machine.found(Unknown("how many rows a statement touched"))
    machine.frame.row_count = Unknown("how many rows a statement touched")
    if effects.on_buckets(tree):
        machine.ddl(kind, substituted(machine, tree), text, dynamic=dynamic)
    elif effects.changing_call(machine, tree):
        machine.report("a data statement calls a function that may change the catalog")


def substituted(machine: Machine, tree: Any) -> Any:
    """A tree with the variables in it replaced by their values, where these are known."""
    if isinstance(tree, list):
        return [substituted(machine, item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    value: Value = _MISSING
    if "ColumnRef" in tree:
        value = _variable(machine, names(tree["ColumnRef"]["fields"]))
    elif "ParamRef" in tree:
        try:
            value = machine.parameter(tree["ParamRef"]["number"])
        except KeyError:
            value = _MISSING
    constant = _constant(value)
    if constant is not None:
        return constant
    return {key: substituted(machine, item) for key, item in tree.items()}


_MISSING: Final = object()


def _variable(machine: Machine, parts: Sequence[str]) -> Value:
    try:
        return machine.variable(parts)
    except (KeyError, NotKnown):
        return _MISSING


def _constant(value: Value) -> Node | None:
    if value is None:
        return {"A_Const": {"isnull": True}}
    if isinstance(value, bool):
        return {"A_Const": {"boolval": {"boolval": value} if value else {}}}
    if isinstance(value, int):
        return {"A_Const": {"ival": {"ival": value}}}
    if isinstance(value, str):
        return {"A_Const": {"sval": {"sval": str(value)}}}
    return None


# --- PERFORM, CALL, RETURN QUERY ------------------------------------------------------------------------------------


def perform(machine: Machine, node: Node) -> Signal | None:
    """PERFORM."""
    holder = node["expr"]["PLpgSQL_expr"]
    tree = query_of(holder["query"], holder.get("parseMode", 0))
    try:
        if effects.changing_call(machine, tree) or _calls_user(tree):
            machine.found(_any(machine.rows(tree)))
        else:
            machine.found(machine.exists(tree))
    except NotKnown as error:
        machine.found(unknown(error))
        if effects.changing_call(machine, tree):
            machine.report(f"what this calls is not known: {error.reason}")
    return None


def _calls_user(tree: Node) -> bool:
    return "fromClause" not in tree


def _any(rows: Rows) -> Value:
    if rows.sure():
        return True
    doubt = next((d for _, d in rows if d is not None), None)
    return False if doubt is None else Unknown(doubt.reason)


def call(machine: Machine, node: Node) -> Signal | None:
    """CALL, and DO inside a body."""
    text = node["expr"]["PLpgSQL_expr"]["query"]
    for kind, tree in statements(text):
        if kind != "CallStmt":
            machine.ddl(kind, tree, text)
            continue
        select = {"targetList": [{"ResTarget": {"val": {"FuncCall": tree["funccall"]}}}], "op": "SETOP_NONE"}
        try:
            machine.rows(select)
        except NotKnown as error:
            machine.report(f"what this calls is not known: {error.reason}")
        if "target" in node:
            machine.assign_row(node["target"], (), None, "what a procedure returns")
    return None


def return_query(machine: Machine, node: Node) -> Signal | None:
    """RETURN QUERY."""
    reason = "rows that a function returns"
    try:
        if "dynquery" in node:
            text, parameters = text_of(machine, {"query": node["dynquery"], "params": node.get("params", ())})
            execute(machine, text, parameters)
        else:
            machine.frame.results += rows_of(machine, node["query"]["PLpgSQL_expr"]).certain()
            return None
    except NotKnown as error:
        reason = error.reason
    machine.frame.results.append([Unknown(reason)])
    return None


def rows_of(machine: Machine, holder: Node) -> Rows:
    """The rows of the statement in a PLpgSQL_expr; a data statement with RETURNING is run, and its rows not known."""
    ((kind, tree),) = statements(holder["query"])
    if kind in _DATA:
        data(machine, kind, tree, holder["query"])
        raise NotKnown(_RETURNED)
    return machine.rows(query_of(holder["query"], 0))


# --- EXECUTE --------------------------------------------------------------------------------------------------------


def dynamic(machine: Machine, node: Node) -> Signal | None:
    """EXECUTE."""
    try:
        text, parameters = text_of(machine, node)
    except NotKnown as error:
        machine.frame.row_count = unknown(error)
        if not effects.harmless_text(node["query"]["PLpgSQL_expr"]["query"]):
            machine.report(f"EXECUTE of a text that is not known: {error.reason}")
        rows: Rows | None = None
    else:
        rows = execute(machine, text, parameters)
    if node.get("into"):
        if rows is None:
            machine.assign_row(node["target"], (), None, "what EXECUTE gives")
        else:
            _give(machine, node, rows)
    return None


def text_of(machine: Machine, node: Node) -> tuple[str, list[Value]]:
    """The text that EXECUTE runs, and the values after USING."""
    text = machine.evaluate(node["query"])
    if text is None:
        raise Refused("22004", "query string argument of EXECUTE is null")
    if not isinstance(text, str) or len(text) > _MOST_TEXT:
        raise NotKnown("a text that is no text")
    parameters: list[Value] = []
    for parameter in node.get("params", ()):
        try:
            parameters.append(machine.evaluate(parameter))
        except NotKnown as error:
            parameters.append(unknown(error))
    return text, parameters


def execute(machine: Machine, text: str, parameters: Sequence[Value]) -> Rows | None:
    """Run the statements of a text; the rows of the last one, where they are known."""
    rows: Rows | None = None
    for kind, tree in statements(text):
        rows = None
        if kind == "SelectStmt" and "intoClause" not in tree:
            try:
                rows = outside(machine, tree, parameters)
            except NotKnown as error:
                if effects.changing_call(machine, tree):
                    machine.report(f"what this query calls is not known: {error.reason}")
                rows = Rows(names=(), never=error)
        elif kind in _DATA:
            with machine.inside(_given(machine, parameters)):
                data(machine, kind, tree, text, dynamic=True)
            machine.frame.row_count = Unknown("how many rows a statement touched")
        elif kind == "CreateTableAsStmt":
            _create_as(machine, tree, text, dynamic=True)
        else:
            machine.ddl(kind, tree, text, dynamic=True)
    return rows


def outside(machine: Machine, tree: Node, parameters: Sequence[Value]) -> Rows:
    """A query of EXECUTE: it sees the values after USING and no variables."""
    with machine.inside(_given(machine, parameters)):
        return machine.rows(tree)


def _given(machine: Machine, parameters: Sequence[Value]) -> Frame:
    frame = Frame(function=machine.frame.function, conflict="column")
    frame.parameters = parameters
    return frame
