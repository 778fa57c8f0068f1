"""DO, CALL, and functions that a migration calls by themselves."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.build.nodes import elements, option_text
from policytool.catalog.build.plpgsql import bodies, effects, functions, handlers, inert, routines, scopes
from policytool.catalog.build.plpgsql.budget import Exhausted, budget_of
from policytool.catalog.build.plpgsql.frame import Frame
from policytool.catalog.build.plpgsql.machine import DEPTH, Machine
from policytool.catalog.build.plpgsql.places import places_of
from policytool.catalog.build.plpgsql.values import NotKnown
from policytool.catalog.build.state import NotModelled, State

Node = dict[str, Any]
_BLOCK: Final = "do block"


def block(state: State, node: Node) -> None:
    """DO: run the block on the state as far as it is certain."""
    options = {option["defname"]: option for option in elements(node.get("args", []))}
    language = option_text(options["language"]) if "language" in options else "plpgsql"
    if language != "plpgsql":
        state.record(f"a block in the language {language}", kind=_BLOCK)
        return
    body = option_text(options["as"]) or ""
    tree, types = bodies.block(state, body)
    if tree is None or state.dynamic > DEPTH:
        state.record("the block does not parse" if tree is None else "blocks run each other too deep", kind=_BLOCK)
        return
    machine = Machine(state, budget_of(state), _BLOCK, places_of(state, body, options["as"].get("location", 0)))
    machine.frame = Frame(tree.get("datums", ()), conflict=bodies.conflict(body))
    machine.frame.types = types
    machine.frame.owners = scopes.owners(tree)
    routines.declare_common(machine.frame, {})
    try:
        handlers.block(machine, tree["action"]["PLpgSQL_stmt_block"])
    except (Exhausted, NotKnown) as error:
        state.record(str(error), kind=_BLOCK)


def call(state: State, node: Node) -> None:
    """Functions that a migration calls by themselves; `node` is a FuncCall or the whole SelectStmt."""
    if "funcname" in node:
        node = {"targetList": [{"ResTarget": {"val": {"FuncCall": node}}}]}
    if state.dynamic > DEPTH:
        raise NotModelled("functions run each other too deep")
    machine = Machine(state, budget_of(state), "call")
    try:
        machine.rows(node)
    except Exhausted as error:
        raise NotModelled(str(error)) from None
    except NotKnown as error:
        # Its value matters to nobody; what the functions left out has been recorded by themselves.
        if "fromClause" in node and effects.changing_call(machine, node):
            machine.report(f"what this query calls is not known: {error.reason}")


def matters(state: State, schema: str | None, name: str) -> bool:
    """Whether a call may have an effect: that of a function of the user, or of one that no migration made."""
    if functions.is_built_in(schema, name):
        return False
    found = state.find_functions(schema, name)
    if not found:
        return schema not in inert.SCHEMAS
    return any(state.functions[s].origin is None for s in found) or name.lower() in inert.MAKERS


def call_procedure(state: State, node: Node) -> None:
    """CALL."""
    call(state, node["funccall"])
