"""The statements of PL/pgSQL, one function each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from policytool.catalog.build.plpgsql import branches, conditions, cursors, handlers, loops, sql
from policytool.catalog.build.plpgsql.handlers import ERROR
from policytool.catalog.build.plpgsql.machine import Machine, Signal
from policytool.catalog.build.plpgsql.text import output
from policytool.catalog.build.plpgsql.values import NotKnown, Unknown, Value, unknown
from policytool.catalog.build.state import Refused

Node = dict[str, Any]
Handler = Callable[[Machine, Node], Signal | None]
_RETURN: Final = re.compile(r"\breturn\b\s*([^;]*);", re.IGNORECASE)


# --- values ---------------------------------------------------------------------------------------------------------


def _assign(machine: Machine, node: Node) -> Signal | None:
    text = node["expr"]["PLpgSQL_expr"]["query"]
    try:
        value = machine.evaluate(node["expr"])
    except NotKnown as error:
        value = unknown(error)
    head = text.partition("=")[0].rstrip(": ")
    if head.endswith("]"):
        value = Unknown("an element of an array was assigned")
    try:
        machine.assign(node.get("varno", 0), value)
    except NotKnown as error:
        machine.forget([node.get("varno", 0)], error.reason)
    return None


def _diagnostics(machine: Machine, node: Node) -> Signal | None:
    for item in node["diag_items"]:
        body = item["PLpgSQL_diag_item"]
        value: Value = Unknown("what GET DIAGNOSTICS gives")
        if body["kind"] == "ROW_COUNT":
            value = machine.frame.row_count
        elif body["kind"] == "RETURNED_SQLSTATE" and machine.caught:
            value = machine.caught[-1].sqlstate
        machine.assign(body.get("target", 0), value)
    return None


# --- errors and returns ---------------------------------------------------------------------------------------------


def _raise(machine: Machine, node: Node) -> Signal | None:
    if node.get("elog_level", ERROR) < ERROR:
        return None
    if not ({"message", "condname", "options"} & set(node)):
        if machine.caught:
            raise machine.caught[-1]
        raise Refused("0Z002", "RAISE without parameters cannot be used outside an exception handler")
    code = conditions.sqlstate(node["condname"]) if "condname" in node else "P0001"
    message = _message(machine, node)
    for option in node.get("options", ()):
        body = option["PLpgSQL_raise_option"]
        text = _shown(machine, body["expr"])
        if body.get("opt_type", 0) == 0:
            code = conditions.sqlstate(text) or code
        elif body["opt_type"] == 1:
            message = text
    raise Refused(code or "P0001", message or node.get("condname", "unknown"))


def _message(machine: Machine, node: Node) -> str:
    parts = [_shown(machine, parameter) for parameter in node.get("params", ())]
    text: str = node.get("message", "")
    for part in parts:
        text = text.replace("%", part, 1)
    return text.replace("%%", "%")


def _shown(machine: Machine, holder: Node) -> str:
    try:
        value = machine.evaluate(holder)
        return "<NULL>" if value is None else output(value)
    except NotKnown:
        return "…"


def _assert(machine: Machine, node: Node) -> Signal | None:
    try:
        if machine.holds(node["cond"]):
            return None
    except NotKnown:
        return None
    raise Refused("P0004", _shown(machine, node["message"]) if "message" in node else "assertion failed")


def _return(machine: Machine, node: Node) -> Signal:
    value: Value = None
    if "expr" in node:
        try:
            value = machine.evaluate(node["expr"])
        except NotKnown as error:
            value = unknown(error)
    else:
        value = _returned_variable(machine, node.get("lineno", 0))
    return Signal("return", value=value)


def _returned_variable(machine: Machine, line: int) -> Value:
    """The value of RETURN with the name of a variable, which the parser leaves out: it is read from the text."""
    lines = machine.frame.body.split("\n")
    found = _RETURN.findall("\n".join(lines[line - 1 :])) if 0 < line <= len(lines) else []
    if not found or not found[0]:
        return None
    if len(_RETURN.findall(lines[line - 1])) > 1:
        return Unknown("which RETURN of a line it is")
    try:
        return machine.evaluate({"PLpgSQL_expr": {"query": found[0], "parseMode": 2}})
    except NotKnown as error:
        return unknown(error)


def _return_next(machine: Machine, node: Node) -> Signal | None:
    value: Value = Unknown("a row that a function returns")
    if "expr" in node:
        try:
            value = machine.evaluate(node["expr"])
        except NotKnown as error:
            value = unknown(error)
    machine.frame.results.append([value])
    return None


def _nothing(machine: Machine, node: Node) -> Signal | None:
    return None


HANDLERS: Final[Mapping[str, Handler]] = {
    "PLpgSQL_stmt_block": handlers.block,
    "PLpgSQL_stmt_assign": _assign,
    "PLpgSQL_stmt_if": branches.either,
    "PLpgSQL_stmt_case": branches.case,
    "PLpgSQL_stmt_loop": loops.endless,
    "PLpgSQL_stmt_while": loops.conditional,
    "PLpgSQL_stmt_fori": loops.counting,
    "PLpgSQL_stmt_fors": loops.over_query,
    "PLpgSQL_stmt_forc": loops.over_cursor,
    "PLpgSQL_stmt_dynfors": loops.over_text,
    "PLpgSQL_stmt_foreach_a": loops.over_array,
    "PLpgSQL_stmt_exit": loops.leave,
    "PLpgSQL_stmt_return": _return,
    "PLpgSQL_stmt_return_next": _return_next,
    "PLpgSQL_stmt_return_query": sql.return_query,
    "PLpgSQL_stmt_raise": _raise,
    "PLpgSQL_stmt_assert": _assert,
    "PLpgSQL_stmt_execsql": sql.static,
    "PLpgSQL_stmt_dynexecute": sql.dynamic,
    "PLpgSQL_stmt_perform": sql.perform,
    "PLpgSQL_stmt_call": sql.call,
    "PLpgSQL_stmt_getdiag": _diagnostics,
    "PLpgSQL_stmt_open": cursors.opened,
    "PLpgSQL_stmt_fetch": cursors.fetched,
    "PLpgSQL_stmt_close": _nothing,
    "PLpgSQL_stmt_commit": _nothing,
    "PLpgSQL_stmt_rollback": _nothing,
}
