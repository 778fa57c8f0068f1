"""Expressions on known values, in three-valued logic; what cannot be known raises NotKnown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from policytool.catalog.build.plpgsql import functions, operators, query
from policytool.catalog.build.plpgsql.cast import cast
from policytool.catalog.build.plpgsql.compare import equal, less
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.values import Acl, NotKnown, Opaque, Record, Untyped, Value, known, unknown
from policytool.catalog.build.state import Refused
from policytool.syntax.node import names

Node = dict[str, Any]


def evaluate(node: Node, env: Env) -> Value:
    """The value of an expression; NULL is None."""
    for kind, body in node.items():
        handler = _KINDS.get(kind)
        if handler is None:
            raise NotKnown(f"{kind} in an expression")
        return handler(body, env)
    raise NotKnown("an empty expression")


def truth(node: Node, env: Env) -> bool:
    """Whether a condition holds; NULL does not."""
    value = evaluate(node, env)
    if isinstance(value, Untyped):
        value = cast(env.state, value, "bool")
    if value is not None and not isinstance(value, bool):
        raise NotKnown("a condition that is not boolean")
    return bool(value)


def _constant(node: Node, env: Env) -> Value:
    if "sval" in node:
        return Untyped(node["sval"].get("sval", ""))
    if "ival" in node:
        return int(node["ival"].get("ival", 0))
    if "boolval" in node:
        return bool(node["boolval"].get("boolval", False))
    if "fval" in node:
        text = node["fval"].get("fval", "0")
        return Decimal(text) if not text.isdigit() else int(text)
    if node.get("isnull"):
        return None
    raise NotKnown("a bit string")


def _column(node: Node, env: Env) -> Value:
    return env.column(names(node["fields"]))


def _parameter(node: Node, env: Env) -> Value:
    try:
        return known(env.machine.parameter(node["number"]))
    except KeyError:
        raise Refused("42P02", f"there is no parameter ${node['number']}") from None


def _cast(node: Node, env: Env) -> Value:
    kind = node["typeName"]
    parts = names(kind["names"])
    spelled = ".".join(f'"{p}"' if not p.replace("_", "a").isalnum() or p != p.lower() else p for p in parts)
    if kind.get("typmods"):
        (size, *_) = kind["typmods"]
        spelled += f"({size.get('A_Const', {}).get('ival', {}).get('ival', '')})"
    if kind.get("arrayBounds"):
        spelled += "[]"
    if "A_ArrayExpr" in node["arg"] and "arrayBounds" in kind:
        return tuple(cast(env.state, v, spelled.removesuffix("[]")) for v in _array(node["arg"]["A_ArrayExpr"], env))
    return cast(env.state, evaluate(node["arg"], env), spelled)


def _boolean(node: Node, env: Env) -> bool | None:
    """AND, OR and NOT of three-valued logic: what is not known does not matter where the rest decides."""
    operator, arguments = node["boolop"], node["args"]
    if operator == "NOT_EXPR":
        value = _tested(arguments[0], env)
        return None if value is None else not value
    deciding = operator == "OR_EXPR"
    result: bool | None = not deciding
    doubt: NotKnown | None = None
    for argument in arguments:
        try:
            value = _tested(argument, env)
        except NotKnown as error:
            doubt = doubt or error
            continue
        if value is deciding:
            return deciding
        if value is None:
            result = None
    if doubt is not None:
        raise doubt
    return result


def _tested(node: Node, env: Env) -> bool | None:
    value = evaluate(node, env)
    if isinstance(value, Untyped):
        value = cast(env.state, value, "bool")
    if value is not None and not isinstance(value, bool):
        raise NotKnown("a condition that is not boolean")
    return None if value is None else bool(value)


def _null_test(node: Node, env: Env) -> bool:
    value = evaluate(node["arg"], env)
    if isinstance(value, Acl):
        raise NotKnown("whether built-in privileges are spelled out")
    if isinstance(value, Record):
        fields = [known(v) is None for v in value.values]
        return all(fields) if node["nulltesttype"] == "IS_NULL" else not any(fields)
    return (value is None) is bool(node["nulltesttype"] == "IS_NULL")


def _boolean_test(node: Node, env: Env) -> bool:
    value = _tested(node["arg"], env)
    wanted, negated = {"TRUE": (True, False), "FALSE": (False, False), "UNKNOWN": (None, False)}, False
    word = node["booltesttype"].removeprefix("IS_")
    if word.startswith("NOT_"):
        word, negated = word[4:], True
    return (value is wanted[word][0]) != negated


def _case(node: Node, env: Env) -> Value:
    subject = evaluate(node["arg"], env) if "arg" in node else None
    for branch in node["args"]:
        when = branch["CaseWhen"]
        if "arg" not in node:
            chosen = truth(when["expr"], env)
        else:
            value = evaluate(when["expr"], env)
            chosen = subject is not None and value is not None and equal(subject, value)
        if chosen:
            return evaluate(when["result"], env)
    return evaluate(node["defresult"], env) if "defresult" in node else None


def _coalesce(node: Node, env: Env) -> Value:
    for argument in node["args"]:
        value = evaluate(argument, env)
        if value is not None:
            return value
    return None


def _extreme(node: Node, env: Env) -> Value:
    greatest = node["op"] == "IS_GREATEST"
    best: Value = None
    for argument in node["args"]:
        value = evaluate(argument, env)
        if value is not None and (best is None or (less(best, value) if greatest else less(value, best))):
            best = value
    return best


def _array(node: Node, env: Env) -> tuple[Value, ...]:
    values = [evaluate(element, env) for element in node.get("elements", ())]
    typed = next((v for v in values if v is not None and not isinstance(v, Untyped)), None)
    if typed is None or isinstance(typed, str):
        return tuple(str(v) if isinstance(v, Untyped) else v for v in values)
    kind = {bool: "bool", int: "int8", Decimal: "numeric"}.get(type(typed))
    return tuple(cast(env.state, v, kind) if isinstance(v, Untyped) and kind else v for v in values)


def _row(node: Node, env: Env) -> Record:
    values = []
    for argument in node.get("args", ()):
        try:
            values.append(evaluate(argument, env))
        except NotKnown as error:
            values.append(unknown(error))
    return Record([f"f{n}" for n in range(1, len(values) + 1)], values)


def _indirection(node: Node, env: Env) -> Value:
    value = evaluate(node["arg"], env)
    for step in node["indirection"]:
        if value is None:
            return None
        if "String" in step and isinstance(value, Record):
            try:
                value = known(value.get(step["String"]["sval"]))
            except KeyError as error:
                raise Refused("42703", f"column {error.args[0]} does not exist") from None
        elif "A_Indices" in step and isinstance(value, tuple):
            value = _subscript(value, step["A_Indices"], env)
        else:
            raise NotKnown("a part of a value that is no row and no array")
    return value


def _subscript(value: tuple[Value, ...], node: Node, env: Env) -> Value:
    bounds = [evaluate(node[key], env) if key in node else None for key in ("lidx", "uidx")]
    if not all(b is None or type(b) is int for b in bounds):
        raise NotKnown("a subscript that is no integer")
    low, high = bounds
    if node.get("is_slice"):
        return value[max((low or 1) - 1, 0) : len(value) if high is None else max(high, 0)]
    return value[high - 1] if high is not None and 1 <= high <= len(value) else None


def _special(node: Node, env: Env) -> Value:
    session = env.state.session
    match node["op"]:
        case "SVFOP_CURRENT_USER" | "SVFOP_CURRENT_ROLE" | "SVFOP_USER":
            return session.role
        case "SVFOP_SESSION_USER":
            return session.user
        case "SVFOP_CURRENT_SCHEMA":
            return next(iter(env.state.path), None)
        case "SVFOP_CURRENT_CATALOG":
            return Opaque("postgres")
    raise NotKnown("the time")


def _subquery(node: Node, env: Env) -> Value:
    kind = node["subLinkType"]
    if kind == "EXISTS_SUBLINK":
        return query.exists(node["subselect"]["SelectStmt"], env)
    rows = query.run(node["subselect"]["SelectStmt"], env)
    if kind == "EXPR_SUBLINK":
        return rows.scalar()
    values = tuple(row[0] for row in rows.certain())
    if kind == "ARRAY_SUBLINK":
        return tuple(known(v) for v in values)
    if kind in ("ANY_SUBLINK", "ALL_SUBLINK"):
        operator = names(node["operName"])[-1] if "operName" in node else "="
        if isinstance(node["testexpr"], list):
            raise NotKnown("a row compared with a query")
        left = evaluate(node["testexpr"], env)
        return operators.quantified(operator, left, values, every=kind == "ALL_SUBLINK")
    raise NotKnown("a query in an expression")


def _collate(node: Node, env: Env) -> Value:
    return evaluate(node["arg"], env)


def _operation(node: Node, env: Env) -> Value:
    return operators.operation(node, env, evaluate)


def _call(node: Node, env: Env) -> Value:
    return functions.call(node, env, evaluate)


def calls(node: object) -> Iterator[Node]:
    """Every function call in a tree."""
    if isinstance(node, list):
        for item in node:
            yield from calls(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "FuncCall":
                yield value
            if isinstance(value, dict | list):
                yield from calls(value)


_KINDS: Final[dict[str, Callable[[Node, Env], Value]]] = {
    "A_Const": _constant,
    "ColumnRef": _column,
    "ParamRef": _parameter,
    "TypeCast": _cast,
    "A_Expr": _operation,
    "BoolExpr": _boolean,
    "NullTest": _null_test,
    "BooleanTest": _boolean_test,
    "CaseExpr": _case,
    "CoalesceExpr": _coalesce,
    "MinMaxExpr": _extreme,
    "A_ArrayExpr": _array,
    "RowExpr": _row,
    "A_Indirection": _indirection,
    "SQLValueFunction": _special,
    "SubLink": _subquery,
    "FuncCall": _call,
    "CollateClause": _collate,
}
