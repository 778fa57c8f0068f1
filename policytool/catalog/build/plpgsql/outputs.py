"""The select list: the values of its columns and their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from policytool.catalog.build.plpgsql import expression, functions, joins
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.names_of_columns import column_name
from policytool.catalog.build.plpgsql.values import NotKnown, Record, Value, unknown
from policytool.catalog.build.state import Refused
from policytool.syntax.node import names

Node = dict[str, Any]
PLAIN = ("SETOP_NONE", None)


def outputs(targets: Sequence[Node], inner: Env) -> Iterator[list[Value]]:
    """The output rows of one row: more than one where a function in the list returns a set."""
    lists: list[list[Value]] = []
    many = 0
    for target in targets:
        value = target["ResTarget"]["val"]
        if _is_star(value):
            lists.extend([v] for v in _star(value, inner))
            continue
        call = value.get("FuncCall")
        if call is not None and functions.row_names(names(call["funcname"])[-1]) is not None:
            found = [row for row, _ in functions.rows(call, inner, expression.evaluate)]
            lists.append([row[0] if len(row) == 1 else Record(("?",) * len(row), row) for row in found])
            many = max(many, len(found)) if many >= 0 else many
            if not found:
                many = many or -1
            continue
        lists.append([evaluated(value, inner)])
    if many == -1:
        return
    for position in range(max(many, 1)):
        yield [_at(values, position, many) for values in lists]


def _at(values: list[Value], position: int, many: int) -> Value:
    if len(values) == 1 and many <= 1:
        return values[0]
    if position < len(values):
        return values[position]
    return values[0] if len(values) == 1 else None


def evaluated(node: Node, env: Env) -> Value:
    try:
        return expression.evaluate(node, env)
    except NotKnown as error:
        return unknown(error)


def _is_star(node: Node) -> bool:
    fields = node.get("ColumnRef", {}).get("fields", ())
    return bool(fields) and "A_Star" in fields[-1]


def _star(node: Node, env: Env) -> Iterator[Value]:
    for row, name in _star_columns(node, env):
        try:
            yield row.get(name)
        except NotKnown as error:
            yield unknown(error)


def _star_columns(node: Node, env: Env) -> Iterator[tuple[Any, str]]:
    alias = names(node["ColumnRef"]["fields"])[:-1]
    if alias and alias[-1] not in env.sources:
        raise Refused("42P01", f'missing FROM-clause entry for table "{alias[-1]}"')
    for name, row in env.sources.items():
        if not alias or alias[-1] == name:
            yield from ((row, column) for column in row.names)


def output_names(node: Node, env: Env) -> tuple[str, ...]:
    """The names of the columns of a query."""
    if node.get("op") not in PLAIN:
        return output_names(node["larg"], env)
    if "valuesLists" in node:
        return tuple(f"column{n}" for n, _ in enumerate(node["valuesLists"][0]["List"]["items"], start=1))
    found: list[str] = []
    for target in node.get("targetList", ()):
        body = target["ResTarget"]
        if _is_star(body["val"]):
            found += _star_names(body["val"], node, env)
        else:
            found.append(body.get("name") or column_name(body["val"]))
    return tuple(found)


def _star_names(value: Node, node: Node, env: Env) -> list[str]:
    plan = joins.Plan(env)
    for item in node.get("fromClause", ()):
        plan.add(item)
    alias = names(value["ColumnRef"]["fields"])[:-1]
    found = []
    for step in plan.steps:
        for source in joins.all_sources(step):
            if not alias or source.alias == alias[-1]:
                found += [name for name in source.names if alias or name not in step.hidden]
    return found
