"""The statements of PL/pgSQL, one function each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from policytool.catalog.build.plpgsql import conditions, cursors, effects, loops, sql
from policytool.catalog.build.plpgsql.machine import Machine, Signal
from policytool.catalog.build.plpgsql.parsing import expression_of
from policytool.catalog.build.plpgsql.relations.base import Assumed
from policytool.catalog.build.plpgsql.scopes import names_of_block
from policytool.catalog.build.plpgsql.text import output
from policytool.catalog.build.plpgsql.values import NotKnown, Unknown, Value
from policytool.catalog.build.state import Refused

Node = dict[str, Any]
Handler = Callable[[Machine, Node], Signal | None]
_ERROR: Final = 21  # the level of RAISE EXCEPTION
_RETURN: Final = re.compile(r"\breturn\b\s*([^;]*);", re.IGNORECASE)
# Errors that say that what is made is there, or that what is dropped is not.
_THERE: Final = frozenset(("42701", "42710", "42P07", "42723", "42P06", "42712"))
_GONE: Final = frozenset(("42703", "42704", "42P01", "42883", "3F000"))


# --- blocks ---------------------------------------------------------------------------------------------------------


def block(machine: Machine, node: Node) -> Signal | None:
    """BEGIN … EXCEPTION … END."""
    names = names_of_block(machine.frame, node)
    with machine.frame.scope(names, node.get("label", "")):
        for number in names.values():
            declare(machine, number)
        guarded = "exceptions" in node
        signal = _with_handlers(machine, node) if guarded else machine.run(node.get("body", ()))
    if signal is not None and signal.kind == "exit" and signal.label and signal.label == node.get("label"):
        return None
    return signal


def declare(machine: Machine, number: int) -> None:
    """Give a variable its initial value."""
    body = next(iter(machine.frame.datums[number].values()))
    if "default_val" not in body:
        machine.frame.values.pop(number, None)
        return
    try:
        machine.assign(number, machine.evaluate(body["default_val"]))
    except NotKnown as error:
        machine.frame.values[number] = Unknown(error.reason)


def _with_handlers(machine: Machine, node: Node) -> Signal | None:
    handlers = [
        ([c["PLpgSQL_condition"]["condname"] for c in h["PLpgSQL_exception"]["conditions"]], h["PLpgSQL_exception"])
        for h in node["exceptions"]["PLpgSQL_exception_block"]["exc_list"]
    ]
    mark, noted = machine.state.savepoint(), len(machine.state.unmodelled)
    machine.catchers = [*machine.catchers, [name for names, _ in handlers for name in names]]
    try:
        return machine.run(node.get("body", ()))
    except Refused as error:
        for names, handler in handlers:
            if conditions.catches(names, error.sqlstate):
                machine.rollback(mark, noted)
                caught, chosen = error, handler
                break
        else:
            raise
    finally:
        machine.catchers = machine.catchers[:-1]
    machine.caught.append(caught)
    _tell(machine, caught)
    try:
        return machine.run(chosen.get("action", ()))
    finally:
        machine.caught.pop()


def _tell(machine: Machine, error: Refused) -> None:
    """Set SQLSTATE and SQLERRM."""
    for number, datum in enumerate(machine.frame.datums):
        name = datum.get("PLpgSQL_var", {}).get("refname")
        if name == "sqlstate":
            machine.frame.values[number] = error.sqlstate
        elif name == "sqlerrm":
            machine.frame.values[number] = Unknown("the text of an error message")


# --- conditions -----------------------------------------------------------------------------------------------------


def _if(machine: Machine, node: Node) -> Signal | None:
    elsifs = [branch["PLpgSQL_if_elsif"] for branch in node.get("elsif_list", ())]
    branches = [(node["cond"], node.get("then_body", [])), *((e["cond"], e.get("stmts", [])) for e in elsifs)]
    rest = node.get("else_body", [])
    for position, (condition, body) in enumerate(branches):
        try:
            chosen = machine.holds(condition)
        except NotKnown as error:
            bodies = [*(b for _, b in branches[position:]), rest]
            return _undecided(machine, error, bodies, condition)
        if chosen:
            return machine.run(body)
    return machine.run(rest)


def _undecided(machine: Machine, error: NotKnown, bodies: Sequence[Sequence[Node]], condition: Node) -> Signal | None:
    """A condition that is not known: neither branch is run, and that is said where it matters."""
    found = effects.of(machine, [statement for body in bodies for statement in body])
    if isinstance(error, Assumed) and sum(map(bool, bodies)) == 1:
        tolerated = _settled(found, condition)
        if tolerated:
            (body,) = filter(None, bodies)
            return _tolerant(machine, body, tolerated)
    if found.changes:
        machine.report(f"whether this runs is not known: {error.reason}", security=found.security)
    machine.forget(found.assigned)
    if found.leaves:
        return Signal("doubt", "function" if found.returns else "", reason=error.reason)
    return None


def _settled(found: effects.Effects, condition: Node) -> frozenset[str]:
    """The errors to overlook where an object is there, or gone, in the end whichever way the test went."""
    tree = expression_of(condition["PLpgSQL_expr"]["query"])
    negated = tree is not None and tree.get("BoolExpr", {}).get("boolop") == "NOT_EXPR"
    if negated and effects.settles(found, "create"):
        return _THERE
    return _GONE if not negated and effects.settles(found, "drop") else frozenset()


def _tolerant(machine: Machine, body: Sequence[Node], codes: frozenset[str]) -> Signal | None:
    for statement in body:
        try:
            machine.run([statement])
        except Refused as error:
            if error.sqlstate not in codes:
                raise
    return None


def _case(machine: Machine, node: Node) -> Signal | None:
    whens = [branch["PLpgSQL_case_when"] for branch in node.get("case_when_list", ())]
    names: dict[str, int] = {}
    if "t_expr" in node:
        number = node.get("t_varno", 0)
        names[machine.frame.datums[number]["PLpgSQL_var"]["refname"]] = number
        try:
            machine.frame.values[number] = machine.evaluate(node["t_expr"])
        except NotKnown as error:
            machine.frame.values[number] = Unknown(error.reason)
    with machine.frame.scope(names):
        for position, when in enumerate(whens):
            try:
                chosen = machine.holds(when["expr"])
            except NotKnown as error:
                bodies = [*(w.get("stmts", []) for w in whens[position:]), node.get("else_stmts", [])]
                return _undecided(machine, error, bodies, when["expr"])
            if chosen:
                return machine.run(when.get("stmts", []))
    if not node.get("have_else"):
        raise Refused("20000", "case not found")
    return machine.run(node.get("else_stmts", []))


# --- values ---------------------------------------------------------------------------------------------------------


def _assign(machine: Machine, node: Node) -> Signal | None:
    text = node["expr"]["PLpgSQL_expr"]["query"]
    try:
        value = machine.evaluate(node["expr"])
    except NotKnown as error:
        value = Unknown(error.reason)
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
    if node.get("elog_level", _ERROR) < _ERROR:
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
            value = Unknown(error.reason)
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
        return Unknown(error.reason)


def _return_next(machine: Machine, node: Node) -> Signal | None:
    value: Value = Unknown("a row that a function returns")
    if "expr" in node:
        try:
            value = machine.evaluate(node["expr"])
        except NotKnown as error:
            value = Unknown(error.reason)
    machine.frame.results.append([value])
    return None


def _nothing(machine: Machine, node: Node) -> Signal | None:
    return None


HANDLERS: Final[Mapping[str, Handler]] = {
    "PLpgSQL_stmt_block": block,
    "PLpgSQL_stmt_assign": _assign,
    "PLpgSQL_stmt_if": _if,
    "PLpgSQL_stmt_case": _case,
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
