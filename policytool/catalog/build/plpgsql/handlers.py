"""BEGIN … EXCEPTION … END: variables of a block, and handlers of errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from policytool.catalog.build.plpgsql import conditions, effects
from policytool.catalog.build.plpgsql.machine import Machine, Signal
from policytool.catalog.build.plpgsql.scopes import names_of_block
from policytool.catalog.build.plpgsql.values import NotKnown, Unknown, unknown
from policytool.catalog.build.state import Refused

Node = dict[str, Any]
ERROR: Final = 21  # the level of RAISE EXCEPTION


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
        machine.frame.values[number] = unknown(error)


def _with_handlers(machine: Machine, node: Node) -> Signal | None:
    handlers = [
        ([c["PLpgSQL_condition"]["condname"] for c in h["PLpgSQL_exception"]["conditions"]], h["PLpgSQL_exception"])
        for h in node["exceptions"]["PLpgSQL_exception_block"]["exc_list"]
    ]
    mark, noted = machine.state.savepoint(), len(machine.state.unmodelled)
    machine.catchers = [*machine.catchers, [n for names, handler in handlers if not _rethrows(handler) for n in names]]
    try:
        signal = machine.run(node.get("body", ()))
        _may_have_failed(machine, node, [handler for _, handler in handlers])
        return signal
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


def _rethrows(handler: Node) -> bool:
    """Whether a handler ends in the error itself, or in another one."""
    levels = [
        s["PLpgSQL_stmt_raise"].get("elog_level", ERROR) for s in handler.get("action", ()) if "PLpgSQL_stmt_raise" in s
    ]
    return any(level >= ERROR for level in levels)


def _may_have_failed(machine: Machine, node: Node, handlers: Sequence[Node]) -> None:
    """Data statements may fail, and then a handler runs: what it assigns is not known, nor what it changes."""
    if not effects.of(machine, node.get("body", ())).data:
        return
    found = effects.of(machine, [statement for handler in handlers for statement in handler.get("action", ())])
    machine.forget(found.assigned, "whether a data statement fails")
    if found.changes:
        reason = "whether this handler runs is not known: a data statement may fail"
        machine.report(reason, line=found.line, security=found.security)


def _tell(machine: Machine, error: Refused) -> None:
    """Set SQLSTATE and SQLERRM."""
    for number, datum in enumerate(machine.frame.datums):
        name = datum.get("PLpgSQL_var", {}).get("refname")
        if name == "sqlstate":
            machine.frame.values[number] = error.sqlstate
        elif name == "sqlerrm":
            machine.frame.values[number] = Unknown("the text of an error message")
