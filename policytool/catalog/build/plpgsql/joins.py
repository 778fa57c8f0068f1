"""FROM and WHERE: rows of several sources, each condition tested as soon as it can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policytool.catalog.build.plpgsql import expression
from policytool.catalog.build.plpgsql.environment import Env, Row
from policytool.catalog.build.plpgsql.rows import Behind, NullRow
from policytool.catalog.build.plpgsql.sources import LateralSource, Source, common_names, source_of
from policytool.catalog.build.plpgsql.values import Assumed, NotKnown, Oid, Opaque, Some, Value
from policytool.catalog.build.state import Refused
from policytool.syntax.node import names

Node = dict[str, Any]
Bound = dict[str, Row]


@dataclass(slots=True)
class Step:
    """One source, or the right side of an outer join, with the conditions that can be tested once it is bound."""

    source: Source | None = None
    optional: list[Step] | None = None
    hidden: frozenset[str] = frozenset()
    tests: list[Node] = field(default_factory=list)
    lookups: list[tuple[str, Node]] = field(default_factory=list)

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names under which its rows are in sight."""
        if self.source is not None:
            return (self.source.alias,)
        return tuple(alias for step in self.optional or () for alias in step.aliases)


class Plan:
    """The steps of a FROM clause and the conditions of its inner joins."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self.steps: list[Step] = []
        self.conditions: list[Node] = []

    def add(self, item: Node) -> None:
        """One item of FROM."""
        if "JoinExpr" in item:
            self._join(item["JoinExpr"])
            return
        source = source_of(item, self.env)
        if any(source.alias in step.aliases for step in self.steps):
            raise Refused("42712", f'table name "{source.alias}" specified more than once')
        self.steps.append(Step(source=source))

    def _join(self, node: Node) -> None:
        kind = node["jointype"]
        if kind not in ("JOIN_INNER", "JOIN_LEFT", "JOIN_RIGHT") or "alias" in node:
            raise NotKnown("a full join")
        left, right = node["larg"], node["rarg"]
        if kind == "JOIN_RIGHT":
            left, right = right, left
        self.add(left)
        before = len(self.steps)
        if kind == "JOIN_INNER":
            self.add(right)
            self.conditions += self._on(node, before)
            return
        inner = Plan(self.env)
        inner.steps = self.steps[:]
        inner.add(right)
        inner.conditions += inner._on(node, before)
        added = inner.steps[before:]
        arrange(inner.steps, inner.conditions, before)
        self.steps.append(Step(optional=added))

    def _on(self, node: Node, before: int) -> Iterator[Node]:
        """The condition of a join, USING and NATURAL spelled out."""
        if "quals" in node:
            yield from conjuncts(node["quals"])
        using = names(node.get("usingClause", ()))
        if node.get("isNatural"):
            using = common_names(self._sources(0, before), self._sources(before, None))
        for name in using:
            (right,) = self._owner(name, before, None)
            (left, *_) = self._owner(name, 0, before)
            step = next(s for s in self.steps if s.source is right)
            step.hidden |= {name}
            yield _equality(left.alias, right.alias, name)

    def _sources(self, start: int, end: int | None) -> list[Source]:
        return [step.source for step in self.steps[start:end] if step.source is not None]

    def _owner(self, name: str, start: int, end: int | None) -> list[Source]:
        found = [source for source in self._sources(start, end) if name in source.names]
        if not found:
            raise NotKnown(f"column {name} of USING")
        return found


def _equality(left: str, right: str, name: str) -> Node:
    sides = [{"ColumnRef": {"fields": [{"String": {"sval": a}}, {"String": {"sval": name}}]}} for a in (left, right)]
    operator = {"kind": "AEXPR_OP", "name": [{"String": {"sval": "="}}]}
    return {"A_Expr": operator | {"lexpr": sides[0], "rexpr": sides[1]}}


def conjuncts(node: Node) -> Iterator[Node]:
    """The conditions that AND puts together."""
    body = node.get("BoolExpr", {})
    if body.get("boolop") == "AND_EXPR":
        for argument in body["args"]:
            yield from conjuncts(argument)
    else:
        yield node


def ordered(steps: Sequence[Step], conditions: Sequence[Node]) -> list[Step]:
    """The steps of inner joins in the order in which each finds its rows by what is bound before it."""
    if any(step.source is None or isinstance(step.source, LateralSource) for step in steps):
        return list(steps)
    left: list[Step] = list(steps)
    found: list[Step] = []
    while left:
        best = max(left, key=lambda step: _ease(step, found, left, conditions))
        left.remove(best)
        found.append(best)
    return found


def _ease(step: Step, before: Sequence[Step], left: Sequence[Step], conditions: Sequence[Node]) -> int:
    """2 where a key of the source is given by constants or by the steps before, 1 where another column is."""
    steps = [*before, step, *(other for other in left if other is not step)]
    owners = {alias: level for level, other in enumerate(steps) for alias in other.aliases}
    columns = [(level, s) for level, other in enumerate(steps) for s in all_sources(other)]
    lookups = (_lookup(condition, step, len(before), owners, columns) for condition in conditions)
    keys = step.source.keys if step.source is not None else ()
    return max((2 if found[0] in keys else 1 for found in lookups if found is not None), default=0)


def arrange(steps: Sequence[Step], conditions: Iterable[Node], first: int = 0) -> None:
    """Give each condition to the first step after which it can be tested."""
    owners = {alias: level for level, step in enumerate(steps) for alias in step.aliases}
    columns = [(level, s) for level, step in enumerate(steps) for s in all_sources(step)]
    for condition in conditions:
        level = max((lv for lv in _levels(condition, owners, columns) if lv is not None), default=first)
        level = max(level, first)
        steps[level].tests.append(condition)
        lookup = _lookup(condition, steps[level], level, owners, columns)
        if lookup is not None:
            steps[level].lookups.append(lookup)


def all_sources(step: Step) -> list[Source]:
    """The source of a step, or those of the right side of an outer join."""
    if step.source is not None:
        return [step.source]
    return [source for inner in step.optional or () for source in all_sources(inner)]


def _levels(node: object, owners: Mapping[str, int], columns: Sequence[tuple[int, Source]]) -> Iterator[int | None]:
    """The steps that the columns in a condition may belong to, those in its sub-queries included."""
    if isinstance(node, list):
        for item in node:
            yield from _levels(item, owners, columns)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "ColumnRef":
                parts = names(value["fields"])
                if len(parts) > 1:
                    yield owners.get(parts[-2])
                else:
                    yield from (level for level, source in columns if parts[0] in source.names or parts[0] == "*")
                    yield owners.get(parts[0])
            elif isinstance(value, dict | list):
                yield from _levels(value, owners, columns)


def _lookup(
    node: Node, step: Step, level: int, owners: Mapping[str, int], columns: Sequence[tuple[int, Source]]
) -> tuple[str, Node] | None:
    """Column and expression of a condition `column = expression` that picks rows of this step's source."""
    test = node.get("A_Expr", {})
    if step.source is None or test.get("kind") != "AEXPR_OP" or names(test["name"])[-1] != "=" or "lexpr" not in test:
        return None
    for one, other in ((test["lexpr"], test["rexpr"]), (test["rexpr"], test["lexpr"])):
        parts = names(one.get("ColumnRef", {}).get("fields"))
        mine = parts and parts[-1] in step.source.names and (len(parts) == 1 or parts[-2] == step.source.alias)
        if mine and all(lv is None or lv < level for lv in _levels(other, owners, columns)):
            return parts[-1], other
    return None


# --- running --------------------------------------------------------------------------------------------------------


def joined(steps: Sequence[Step], env: Env) -> Iterator[tuple[Env, NotKnown | None]]:
    """The rows that pass every condition, each with the doubt whether it does.

    One doubtful row of a kind says as much as a thousand, so that there is no more than one of each.
    """
    said: set[type[NotKnown]] = set()
    for inner, doubt in _joined(steps, env, {}, 0, said):
        if doubt is not None:
            said.add(type(doubt))
        yield inner, doubt


def _joined(
    steps: Sequence[Step], env: Env, bound: Bound, position: int, said: set[type[NotKnown]]
) -> Iterator[tuple[Env, NotKnown | None]]:
    if position == len(steps):
        yield Env(env.machine, env, bound), None
        return
    step = steps[position]
    for addition, doubt in _candidates(step, env, bound):
        env.machine.step()
        if doubt is not None and type(doubt) in said:
            continue
        together = bound | addition
        passed, unsure = _passes(step.tests, env, together)
        own = _worse(doubt, unsure)
        if not passed or (own is not None and type(own) in said):
            continue
        for inner, rest in _joined(steps, env, together, position + 1, said):
            yield inner, _worse(own, rest)


def _worse(one: NotKnown | None, other: NotKnown | None) -> NotKnown | None:
    """The doubt that weighs more: what hangs on an assumed table may be settled where others cannot."""
    if one is None or (isinstance(one, Assumed) and other is not None):
        return other
    return one


def _passes(tests: Sequence[Node], env: Env, bound: Bound) -> tuple[bool, NotKnown | None]:
    unsure: NotKnown | None = None
    inner = Env(env.machine, env, bound)
    for test in tests:
        try:
            if not expression.truth(test, inner):
                return False, None
        except NotKnown as error:
            unsure = unsure or error
    return True, unsure


def _candidates(step: Step, env: Env, bound: Bound) -> Iterator[tuple[Bound, NotKnown | None]]:
    if step.source is not None:
        wanted = _wanted(step, env, bound)
        for row, doubt in step.source.rows(Env(env.machine, env, bound), wanted):
            yield {step.source.alias: Behind(row, step.hidden) if step.hidden else row}, doubt  # type: ignore[arg-type]
        return
    yield from _outer(step, env, bound)


def _outer(step: Step, env: Env, bound: Bound) -> Iterator[tuple[Bound, NotKnown | None]]:
    """The matches of the right side of an outer join, or nulls."""
    matched, doubtful = False, None
    for inner, doubt in _joined(step.optional or (), env, bound, 0, set()):
        matched = matched or doubt is None
        doubtful = doubtful or doubt
        yield {alias: inner.sources[alias] for alias in step.aliases}, doubt
    if not matched:
        yield {s.alias: NullRow(s.names) for s in all_sources(step)}, doubtful


def _wanted(step: Step, env: Env, bound: Bound) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for column, node in step.lookups:
        try:
            value = expression.evaluate(node, Env(env.machine, env, bound))
        except NotKnown:
            continue
        of_system = isinstance(value, Oid) and value.of_system
        if isinstance(value, str | Oid) and not isinstance(value, Opaque | Some) and not of_system:
            found.setdefault(column, value)
    return found
