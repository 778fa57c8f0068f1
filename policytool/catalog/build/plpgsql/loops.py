"""Loops over what is known; a loop that cannot be followed is left out as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from policytool.catalog.build.plpgsql import effects, sql
from policytool.catalog.build.plpgsql.machine import Machine, Signal
from policytool.catalog.build.plpgsql.parsing import query_of, statements
from policytool.catalog.build.plpgsql.rows import Rows
from policytool.catalog.build.plpgsql.values import Assumed, NotKnown, Value
from policytool.catalog.build.state import Refused

Node = dict[str, Any]


def leave(machine: Machine, node: Node) -> Signal | None:
    """EXIT and CONTINUE."""
    if "cond" in node:
        try:
            if not machine.holds(node["cond"]):
                return None
        except NotKnown as error:
            return Signal("doubt", node.get("label", ""), reason=error.reason)
    return Signal("exit" if node.get("is_exit") else "continue", node.get("label"))


def endless(machine: Machine, node: Node) -> Signal | None:
    """LOOP."""
    return _repeat(machine, node, iter(lambda: True, False), lambda _: None)


def conditional(machine: Machine, node: Node) -> Signal | None:
    """WHILE."""
    while True:
        machine.count()
        try:
            if not machine.holds(node["cond"]):
                return None
        except NotKnown as error:
            return unfollowed(machine, node, error)
        over, signal = _once(machine, node)
        if over:
            return signal


def counting(machine: Machine, node: Node) -> Signal | None:
    """FOR over numbers."""
    try:
        bounds = [machine.evaluate(node[key]) if key in node else 1 for key in ("lower", "upper", "step")]
    except NotKnown as error:
        return unfollowed(machine, node, error)
    if not all(type(bound) is int for bound in bounds):
        raise Refused("22004", "a bound of a FOR loop cannot be null")
    low, high, step = bounds
    numbers = range(low, high - 1, -step) if node.get("reverse") else range(low, high + 1, step)
    variable = node["var"]["PLpgSQL_var"]
    number = _declared(machine, variable)
    with machine.frame.scope({variable["refname"]: number}, node.get("label", "")):
        return _repeat(machine, node, numbers, lambda value: machine.assign(number, value))


def _declared(machine: Machine, variable: Node) -> int:
    for number, datum in enumerate(machine.frame.datums):
        if datum.get("PLpgSQL_var") == variable:
            return number
    raise NotKnown("a loop variable that the parser does not give")


def over_array(machine: Machine, node: Node) -> Signal | None:
    """FOREACH."""
    try:
        found = machine.evaluate(node["expr"])
    except NotKnown as error:
        return unfollowed(machine, node, error)
    if found is None:
        raise Refused("22004", "FOREACH expression must not be null")
    if not isinstance(found, tuple) or node.get("slice"):
        return unfollowed(machine, node, NotKnown("a loop over something that is no plain array"))
    return _repeat(machine, node, found, lambda value: machine.assign(node.get("varno", 0), value))


def over_query(machine: Machine, node: Node) -> Signal | None:
    """FOR over a query."""
    try:
        rows = sql.rows_of(machine, node["query"]["PLpgSQL_expr"])
    except NotKnown as error:
        return unfollowed(machine, node, error)
    return _over_rows(machine, node, rows)


def over_text(machine: Machine, node: Node) -> Signal | None:
    """FOR over the query that a text holds."""
    try:
        text, parameters = sql.text_of(machine, node)
        found = statements(text)
        if len(found) != 1 or found[0][0] != "SelectStmt":
            raise NotKnown("a loop over something that is no query")
        rows = sql.outside(machine, found[0][1], parameters)
    except NotKnown as error:
        return unfollowed(machine, node, error)
    return _over_rows(machine, node, rows)


def over_cursor(machine: Machine, node: Node) -> Signal | None:
    """FOR over a cursor."""
    cursor = machine.frame.datums[node.get("curvar", 0)]["PLpgSQL_var"]
    holder = cursor.get("cursor_explicit_expr", {}).get("PLpgSQL_expr")
    variable = node["var"]["PLpgSQL_rec"]
    with machine.frame.scope({variable["refname"]: variable.get("dno", 0)}, node.get("label", "")):
        try:
            if holder is None or "argquery" in node:
                raise NotKnown("a cursor with arguments")
            rows = machine.rows(query_of(holder["query"], holder.get("parseMode", 0)))
        except NotKnown as error:
            return unfollowed(machine, node, error)
        return _over_rows(machine, node, rows)


def _over_rows(machine: Machine, node: Node, rows: Rows) -> Signal | None:
    doubt = next((d for _, d in rows if d is not None), None)
    if doubt is not None:
        found = effects.of(machine, node.get("body", ()))
        if not found.changes or not isinstance(doubt, Assumed):
            return unfollowed(machine, node, doubt)
        if not effects.drops(node.get("body", ())):
            machine.report(f"more rows may be there: {doubt.reason}", security=found.security)
    values = rows.sure()
    names = rows.names
    signal = _repeat(machine, node, values, lambda row: machine.assign_row(node["var"], names, row))
    machine.found(bool(values) if doubt is None or values else None)
    return signal


def _repeat(machine: Machine, node: Node, values: Iterable[Value], give: Callable[[Value], None]) -> Signal | None:
    for value in values:
        machine.count()
        give(value)
        over, signal = _once(machine, node)
        if over:
            return signal
    return None


def _once(machine: Machine, node: Node) -> tuple[bool, Signal | None]:
    """Run the body once; whether the loop is over, and what it ends with."""
    signal = machine.run(node.get("body", ()))
    if signal is None:
        return False, None
    mine = not signal.label or signal.label == node.get("label")
    if signal.kind == "continue" and mine:
        return False, None
    if signal.kind == "exit" and mine:
        return True, None
    if signal.kind == "doubt":
        return True, _doubted(machine, node, signal)
    return True, signal


def _doubted(machine: Machine, node: Node, signal: Signal) -> Signal | None:
    """Whether the loop goes on is not known: nor is what the rest of its turns does."""
    body = node.get("body", ())
    found = effects.of(machine, body)
    machine.forget(found.assigned)
    if found.changes:
        machine.report(f"how often this runs is not known: {signal.reason}", line=found.line, security=found.security)
    if signal.label == "function" or (signal.label and signal.label != node.get("label")):
        return signal
    return None


def unfollowed(machine: Machine, node: Node, error: NotKnown) -> Signal | None:
    """A loop whose turns are not known is not run at all."""
    body: Sequence[Node] = node.get("body", ())
    found = effects.of(machine, body)
    machine.forget(found.assigned)
    if "var" in node:
        machine.forget(list(effects.targets(machine, node["var"])), error.reason)
    if found.changes:
        machine.report(f"what this loop runs over is not known: {error.reason}", security=found.security)
    if found.returns:
        return Signal("doubt", "function", reason=error.reason)
    return None
