"""IF and CASE: the branch that is taken, or what is certain where the condition is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from policytool.catalog.build.plpgsql import effects, expression
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.joins import conjuncts
from policytool.catalog.build.plpgsql.machine import Machine, Signal
from policytool.catalog.build.plpgsql.parsing import expression_of
from policytool.catalog.build.plpgsql.values import Assumed, NotKnown, unknown
from policytool.catalog.build.state import Refused

Node = dict[str, Any]
# Errors that say that what is made is there, or that what is dropped is not.
_THERE: Final = frozenset(("42701", "42710", "42P07", "42723", "42P06", "42712"))
_GONE: Final = frozenset(("42703", "42704", "42P01", "42883", "3F000"))


def either(machine: Machine, node: Node) -> Signal | None:
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
    changing = [body for body in bodies if effects.of(machine, body).changes]
    if isinstance(error, Assumed) and len(changing) == 1 and changing[0] is bodies[0]:
        tolerated = _settled(machine, found, condition)
        if tolerated:
            return _tolerant(machine, changing[0], tolerated)
    if found.changes:
        machine.report(f"whether this runs is not known: {error.reason}", security=found.security)
    machine.forget(found.assigned)
    if found.leaves:
        return Signal("doubt", "function" if found.returns else "", reason=error.reason)
    return None


def _settled(machine: Machine, found: effects.Effects, condition: Node) -> frozenset[str]:
    """The errors to overlook where an object is there, or gone, in the end whichever way the test went.

    That is so where all of the condition that is not known asks for what is made (NOT EXISTS) or dropped (EXISTS).
    """
    kind = next((k for k in ("create", "drop") if effects.settles(found, k)), None)
    tree = expression_of(condition["PLpgSQL_expr"]["query"])
    if kind is None or tree is None:
        return frozenset()
    for part in conjuncts(tree):
        try:
            if not expression.truth(part, Env(machine)):
                return frozenset()
        except Assumed:
            negated = part.get("BoolExpr", {}).get("boolop") == "NOT_EXPR"
            if negated != (kind == "create"):
                return frozenset()
        except NotKnown:
            return frozenset()
    return _THERE if kind == "create" else _GONE


def _tolerant(machine: Machine, body: Sequence[Node], codes: frozenset[str]) -> Signal | None:
    for statement in body:
        try:
            machine.run([statement])
        except Refused as error:
            if error.sqlstate not in codes:
                raise
    return None


def case(machine: Machine, node: Node) -> Signal | None:
    whens = [branch["PLpgSQL_case_when"] for branch in node.get("case_when_list", ())]
    names: dict[str, int] = {}
    if "t_expr" in node:
        number = node.get("t_varno", 0)
        names[machine.frame.datums[number]["PLpgSQL_var"]["refname"]] = number
        try:
            machine.frame.values[number] = machine.evaluate(node["t_expr"])
        except NotKnown as error:
            machine.frame.values[number] = unknown(error)
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
