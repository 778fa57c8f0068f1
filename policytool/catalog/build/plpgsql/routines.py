"""Functions and procedures of the user, run when they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from policytool.catalog.build.names import accepts
from policytool.catalog.build.plpgsql import bodies, effects, inert, scopes
from policytool.catalog.build.plpgsql.cast import cast
from policytool.catalog.build.plpgsql.frame import Frame
from policytool.catalog.build.plpgsql.parsing import statements
from policytool.catalog.build.plpgsql.places import at
from policytool.catalog.build.plpgsql.values import NotKnown, Record, Unknown, Value, unknown
from policytool.catalog.build.settings import split_identifiers
from policytool.catalog.build.state import Refused, Session, State
from policytool.catalog.model import Function, Signature

if TYPE_CHECKING:
    from policytool.catalog.build.plpgsql.machine import Machine

Node = dict[str, Any]
_INPUTS: Final = ("IN", "INOUT", "VARIADIC")
_LANGUAGES: Final = ("plpgsql", "sql")


def call(machine: Machine, schema: str | None, name: str, arguments: list[Value], named: Mapping[str, Value]) -> Value:
    """Run a function for its effect and its value; NotKnown where the value is not known."""
    candidates = _candidates(machine.state, schema, name, len(arguments) + len(named))
    if not candidates:
        return _missing(machine, schema, name)
    function = _chosen(machine, candidates, arguments)
    if function.origin is not None:
        if name.lower() in inert.MAKERS:
            machine.report(f"{name}() of an extension makes or changes objects", security=False)
        raise NotKnown(f"what {name}() gives")
    if function.language not in _LANGUAGES or function.kind not in ("function", "procedure"):
        raise NotKnown(f"what {name}(), written in {function.language}, gives")
    values = _bound(machine, function, arguments, named)
    if function.strict and None in values:
        return None
    return run(machine, function, values)


def _candidates(state: State, schema: str | None, name: str, arity: int) -> list[Function]:
    found = (state.functions[signature] for signature in state.find_functions(schema, name))
    return [function for function in found if accepts(function, arity)]


def _missing(machine: Machine, schema: str | None, name: str) -> Value:
    full = f"{schema}.{name}" if schema is not None else name
    if schema not in inert.SCHEMAS:
        if machine.catching("42883"):
            raise Refused("42883", f"function {full} does not exist")
        machine.report(f"{full}() is called, which no migration made")
    raise NotKnown(f"what {full}() gives, which no migration made")


def _chosen(machine: Machine, candidates: Sequence[Function], arguments: Sequence[Value]) -> Function:
    if len(candidates) == 1:
        return candidates[0]
    fitting = [f for f in candidates if all(map(_fits, (a.type for a in f.arguments if a.mode in _INPUTS), arguments))]
    if len({f.signature[2] for f in fitting}) == 1:
        return fitting[0]
    if any(_body_changes(machine, f, frozenset()) for f in candidates):
        machine.report(f"which of several functions {candidates[0].name}() is called")
    raise NotKnown(f"which of several functions {candidates[0].name}() is called")


def _fits(kind: str, value: Value) -> bool:
    """Whether an argument can be of a type, as far as its value tells."""
    match value:
        case bool():
            return kind == "boolean"
        case int():
            return kind in ("integer", "bigint", "smallint", "numeric", "double precision", "real")
        case tuple():
            return kind.endswith("[]")
    return kind not in ("boolean", "integer", "bigint", "smallint") or type(value).__name__ == "Untyped"


def _bound(machine: Machine, function: Function, arguments: Sequence[Value], named: Mapping[str, Value]) -> list[Value]:
    """The values of the input arguments, defaults filled in."""
    inputs = [a for a in function.arguments if a.mode in _INPUTS]
    values: list[Value] = []
    for position, argument in enumerate(inputs):
        if argument.mode == "VARIADIC":
            values.append(tuple(arguments[position:]))
            break
        if position < len(arguments):
            value = arguments[position]
        elif argument.name is not None and argument.name in named:
            value = named[argument.name]
        else:
            value = _default(machine, argument.default)
        values.append(_converted(machine.state, value, argument.type))
    return values


def _default(machine: Machine, text: str | None) -> Value:
    if text is None:
        raise Refused("42883", "an argument is missing")
    try:
        return machine.evaluate({"PLpgSQL_expr": {"query": text, "parseMode": 2}})
    except NotKnown as error:
        return unknown(error)


def _converted(state: State, value: Value, kind: str) -> Value:
    if isinstance(value, Unknown | Record):
        return value
    try:
        return cast(state, value, kind)
    except NotKnown as error:
        return unknown(error)


# --- running --------------------------------------------------------------------------------------------------------


def run(machine: Machine, function: Function, values: Sequence[Value]) -> Value:
    """Run the body of a function with the values of its input arguments."""
    state = machine.state
    session, state.session = state.session, _session(state, function)
    body = _in_sql if function.language == "sql" else _in_plpgsql
    try:
        with at(state, machine.line_statement(), dynamic=True), machine.inside(Frame(function=function.name)):
            machine.places = None
            return body(machine, function, values)
    finally:
        changed, state.session = state.session, session
        _keep_changes(function, session, changed)


def _session(state: State, function: Function) -> Session:
    session = state.session.copy()
    if function.security_definer:
        session.role = function.owner
    for setting in function.settings:
        name, _, value = setting.partition("=")
        if name == "search_path":
            session.search_path = tuple(part for part in split_identifiers(value) if part)
    return session


def _keep_changes(function: Function, before: Session, after: Session) -> None:
    """What SET in a body changes lasts, unless the function has a setting of its own."""
    if not any(setting.startswith("search_path=") for setting in function.settings):
        before.search_path = after.search_path
    if not function.security_definer:
        before.role, before.user = after.role, after.user
    before.hidden = after.hidden


def _in_plpgsql(machine: Machine, function: Function, values: Sequence[Value]) -> Value:
    from policytool.catalog.build.plpgsql import handlers

    tree, types = bodies.function(machine.state, function)
    if tree is None:
        machine.report("the body does not parse")
        raise NotKnown(f"what {function.name}() gives")
    frame = Frame(tree.get("datums", ()), function=function.name, conflict=bodies.conflict(function.body))
    frame.body = function.body
    frame.types = types
    frame.arguments = [argument.type for argument in function.arguments]
    frame.owners = scopes.owners(tree)
    frame.parameters = values
    _bind(frame, function, values)
    _tell(frame, machine.event)
    machine.frame = frame
    signal = handlers.block(machine, tree["action"]["PLpgSQL_stmt_block"])
    if function.returns is not None and function.returns.startswith("SETOF "):
        raise NotKnown(f"the rows that {function.name}() gives")
    if signal is not None and signal.kind == "return":
        return _result(frame, function, signal.value)
    if signal is not None:
        raise NotKnown(f"what {function.name}() gives: {signal.reason}")
    return _result(frame, function, None)


def _result(frame: Frame, function: Function, value: Value) -> Value:
    outputs = [(n, a) for n, a in enumerate(function.arguments) if a.mode in ("OUT", "INOUT")]
    if outputs and value is None:
        found = [frame.read(number) for number, _ in outputs]
        if len(found) == 1:
            value = found[0]
        else:
            value = Record([a.name or f"column{n}" for n, (_, a) in enumerate(outputs, start=1)], found)
    if isinstance(value, Unknown):
        raise NotKnown(value.reason)
    return value


def _bind(frame: Frame, function: Function, values: Sequence[Value]) -> None:
    """The arguments are the first variables, in their order; FOUND and the like come after them."""
    given = iter(values)
    names: dict[str, int] = {}
    for number, argument in enumerate(function.arguments):
        if number >= len(frame.datums):
            break
        if argument.mode in _INPUTS:
            frame.values[number] = next(given, None)
        if argument.name is not None:
            names[argument.name] = number
    declare_common(frame, names)


def _tell(frame: Frame, event: Mapping[str, str]) -> None:
    """Give TG_TAG and TG_EVENT of an event trigger their values."""
    names = {}
    for number, datum in enumerate(frame.datums):
        name = datum.get("PLpgSQL_var", {}).get("refname", "")
        if name in event:
            names[name] = number
            frame.values[number] = event[name]
    frame.declare(names)


def declare_common(frame: Frame, names: Mapping[str, int], label: str = "") -> None:
    """Put in sight what every body has: its arguments, FOUND, SQLSTATE and SQLERRM."""
    common = {**names}
    for number, datum in enumerate(frame.datums):
        name = datum.get("PLpgSQL_var", {}).get("refname")
        if name in ("found", "sqlstate", "sqlerrm"):
            common[name] = number
    if "found" in common:
        frame.values[common["found"]] = False
    frame.declare(common, label or frame.function)


def _in_sql(machine: Machine, function: Function, values: Sequence[Value]) -> Value:
    from policytool.catalog.build.plpgsql import sql

    if function.atomic:
        raise NotKnown(f"what {function.name}() gives")
    frame = Frame(function=function.name, conflict="column")
    frame.parameters = values
    inputs = [a for a in function.arguments if a.mode in _INPUTS]
    frame.named = {a.name: value for a, value in zip(inputs, values, strict=False) if a.name is not None}
    machine.frame = frame
    value: Value = None
    for kind, tree in statements(function.body):
        machine.count()
        value = Unknown(f"what {function.name}() gives")
        if kind == "SelectStmt":
            value = _selected(machine, tree, function)
        elif kind in ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"):
            sql.data(machine, kind, tree, function.body)
        else:
            machine.ddl(kind, tree, function.body, dynamic=True)
    if isinstance(value, Unknown):
        raise NotKnown(value.reason)
    return value


def _selected(machine: Machine, tree: Node, function: Function) -> Value:
    try:
        rows = machine.rows(tree)
        if (function.returns or "").startswith("SETOF "):
            return Unknown(f"the rows that {function.name}() gives")
        row = rows.first()
        return row[0] if row else None
    except NotKnown as error:
        if effects.changing_call(machine, tree):
            machine.report(f"what this query calls is not known: {error.reason}")
        return unknown(error)


# --- what a call may do ---------------------------------------------------------------------------------------------


def may_change(machine: Machine, schema: str | None, name: str, seen: frozenset[object]) -> bool:
    """Whether a call of this name may change the catalog."""
    signatures = machine.state.find_functions(schema, name)
    if not signatures:
        return schema not in inert.SCHEMAS
    return any(_body_changes(machine, machine.state.functions[s], seen) for s in signatures)


def _body_changes(machine: Machine, function: Function, seen: frozenset[object]) -> bool:
    signature: Signature = function.signature
    if function.origin is not None:
        return function.name.lower() in inert.MAKERS
    if signature in seen or function.language not in _LANGUAGES or function.atomic:
        return False
    if function.language == "sql":
        return _sql_changes(machine, function, seen | {signature})
    tree, _ = bodies.function(machine.state, function)
    if tree is None:
        return True
    return effects.body_changes(machine, tree, seen | {signature})


def _sql_changes(machine: Machine, function: Function, seen: frozenset[object]) -> bool:
    try:
        parsed = statements(function.body)
    except Refused:
        return False
    data = ("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")
    if any(kind not in data and kind not in inert.STATEMENTS for kind, _ in parsed):
        return True
    return effects.changing_call(machine, [tree for _, tree in parsed], seen)
