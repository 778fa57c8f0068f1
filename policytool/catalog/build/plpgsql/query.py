"""SELECT on the catalogs and on lists of values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from policytool.catalog.build.plpgsql import expression, functions, joins
from policytool.catalog.build.plpgsql.clauses import distinct, limited, sort, unique
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.outputs import PLAIN, evaluated, output_names, outputs
from policytool.catalog.build.plpgsql.rows import Rows, freeze
from policytool.catalog.build.plpgsql.values import NotKnown
from policytool.syntax.node import kind_of, names

Node = dict[str, Any]


def run(node: Node, env: Env) -> Rows:
    """The rows of a SelectStmt."""
    env.machine.step()
    env = _with_ctes(node, env)
    if node.get("op") not in PLAIN:
        rows = _set_operation(node, env)
        envs: list[Env | None] = [None] * len(rows.values)
    elif "valuesLists" in node:
        rows = _values(node, env)
        envs = [None] * len(rows.values)
    else:
        rows, envs = _plain(node, env)
    if "distinctClause" in node:
        rows, envs = distinct(node, rows, envs)
    if "sortClause" in node:
        sort(node, rows, envs)
    return limited(node, rows, env)


def exists(node: Node, env: Env) -> bool:
    """Whether a query gives any row: one that is there without doubt is enough."""
    env = _with_ctes(node, env)
    simple = node.get("op") in PLAIN and not any(
        k in node for k in ("valuesLists", "groupClause", "havingClause", "limitOffset")
    )
    if not simple or _aggregates(node) or _sets(node):
        rows = run(node, env)
        return _any(doubt for _, doubt in rows)
    return _any(doubt for _, doubt in _joined(node, env))


def _any(doubts: Iterable[NotKnown | None]) -> bool:
    unsure: NotKnown | None = None
    for doubt in doubts:
        if doubt is None:
            return True
        unsure = doubt
    if unsure is not None:
        raise unsure
    return False


def _with_ctes(node: Node, env: Env) -> Env:
    clause = node.get("withClause")
    if clause is None:
        return env
    if clause.get("recursive"):
        raise NotKnown("a recursive query")
    inner = Env(env.machine, env, {}, dict(env.ctes))
    for item in clause["ctes"]:
        cte = item["CommonTableExpr"]
        kind, query = kind_of(cte["ctequery"])
        try:
            rows = run(query, inner) if kind == "SelectStmt" else _unknown("rows that a statement returns")
        except NotKnown as error:
            rows = _unknown(error.reason)
        renamed = names(cte.get("aliascolnames"))
        rows.names = (*renamed, *rows.names[len(renamed) :])
        inner.ctes[cte["ctename"]] = rows  # type: ignore[index]
    return inner


def _unknown(reason: str) -> Rows:
    return Rows(names=(), never=NotKnown(reason))


def _joined(node: Node, env: Env) -> Iterator[tuple[Env, NotKnown | None]]:
    plan = joins.Plan(env)
    for item in node.get("fromClause", ()):
        plan.add(item)
    conditions = [*plan.conditions, *(joins.conjuncts(node["whereClause"]) if "whereClause" in node else ())]
    if not plan.steps:
        plan.steps.append(joins.Step(optional=[]))
    written = [alias for step in plan.steps for alias in step.aliases]
    steps = joins.ordered(plan.steps, conditions)
    joins.arrange(steps, conditions)
    for inner, doubt in joins.joined(steps, env):
        yield Env(env.machine, env, {alias: inner.sources[alias] for alias in written}), doubt


def _plain(node: Node, env: Env) -> tuple[Rows, list[Env | None]]:
    targets = node.get("targetList", [])
    grouped = "groupClause" in node or "havingClause" in node or _aggregates(node)
    plan = _joined(node, env)
    found = list(_groups(node, env, plan)) if grouped else list(plan)
    columns = output_names(node, env)
    rows = Rows(names=columns)
    envs: list[Env | None] = []
    for inner, doubt in found:
        for values in outputs(targets, inner):
            rows.add(values, doubt)
            envs.append(inner)
    return rows, envs


def _groups(
    node: Node, env: Env, found: Iterable[tuple[Env, NotKnown | None]]
) -> Iterator[tuple[Env, NotKnown | None]]:
    groups: dict[object, list[Env]] = {}
    clause = [_group_key(item, node) for item in node.get("groupClause", ())]
    for inner, doubt in found:
        if doubt is not None:
            raise doubt
        key = tuple(freeze(expression.evaluate(item, inner)) for item in clause)
        groups.setdefault(key, []).append(inner)
    if not clause and not groups:
        groups[()] = []
    for members in groups.values():
        sources = members[0].sources if members else {}
        group = Env(env.machine, env, sources, group=members)
        if "havingClause" not in node or expression.truth(node["havingClause"], group):
            yield group, None


def _group_key(item: Node, node: Node) -> Node:
    """An item of GROUP BY; the number or the name of an output column stands for its expression."""
    if "GroupingSet" in item:
        raise NotKnown("grouping sets")
    targets = [target["ResTarget"] for target in node.get("targetList", ())]
    number = item.get("A_Const", {}).get("ival", {}).get("ival")
    if number is not None:
        found: Node = targets[number - 1]["val"]
        return found
    fields = names(item.get("ColumnRef", {}).get("fields"))
    if len(fields) == 1:
        for target in targets:
            if target.get("name") == fields[0] and "ColumnRef" not in target["val"]:
                named: Node = target["val"]
                return named
    return item


def _values(node: Node, env: Env) -> Rows:
    width = len(node["valuesLists"][0]["List"]["items"])
    rows = Rows(names=tuple(f"column{n}" for n in range(1, width + 1)), ordered=True)
    for row in node["valuesLists"]:
        rows.add([evaluated(item, env) for item in row["List"]["items"]])
    return rows


def _set_operation(node: Node, env: Env) -> Rows:
    left, right = run(node["larg"], env), run(node["rarg"], env)
    rows = Rows(names=left.names)
    if node["op"] == "SETOP_UNION":
        for values, doubt in (*left, *right):
            rows.add(values, doubt)
        return rows if node.get("all") else unique(rows)[0]
    if node.get("all"):
        raise NotKnown("EXCEPT ALL")
    others = {tuple(map(freeze, row)) for row in right.certain()}
    for row in left.certain():
        if (tuple(map(freeze, row)) in others) == (node["op"] == "SETOP_INTERSECT"):
            rows.add(row)
    return unique(rows)[0]


def _aggregates(node: Node) -> bool:
    return any(functions.is_aggregate(call) for target in node.get("targetList", ()) for call in _own_calls(target))


def _sets(node: Node) -> bool:
    calls = (target["ResTarget"]["val"].get("FuncCall") for target in node.get("targetList", ()))
    return any(call is not None and functions.row_names(names(call["funcname"])[-1]) is not None for call in calls)


def _own_calls(node: object) -> Iterator[Node]:
    """The function calls in an expression, those of sub-queries left out."""
    if isinstance(node, list):
        for item in node:
            yield from _own_calls(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "FuncCall":
                yield value
            if key != "SubLink" and isinstance(value, dict | list):
                yield from _own_calls(value)
