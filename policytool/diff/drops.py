"""Parts are dropped one by one, what leans on them first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.build.dependents import dependents
from policytool.catalog.build.parts import Part
from policytool.catalog.build.state import State
from policytool.catalog.ddl import described
from policytool.catalog.ddl.columns import alter
from policytool.catalog.model import Sequence, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.diff.simulator import Simulator

PARTS: Final = {
    "constraints": "constraint", "indexes": "index", "policies": "policy", "triggers": "trigger", "rules": "rule",
}  # fmt: skip


def run(simulator: Simulator, seeds: Iterator[Part]) -> None:
    """Drop these and what depends on them, each when nothing leans on it any more."""
    Dropping(simulator, list(seeds)).run()


class Dropping:
    """One round of drops."""

    def __init__(self, simulator: Simulator, seeds: list[Part]) -> None:
        self._simulator = simulator
        self._seeds = seeds
        self._going: set[Part] = set(seeds)
        self._state: dict[Part, bool] = {}  # False while it is being visited, True once it has gone
        self._order: list[Part] = []
        self._later: list[Part] = []

    def run(self) -> None:
        """Find the order on the state as it is, then drop."""
        self._close()
        for seed in self._seeds:
            self._visit(seed)
        for part in (*self._order, *self._later):
            sql = statement(self._simulator.state, part)
            if sql is not None:
                self._simulator.run([sql])

    def _close(self) -> None:
        self._below: dict[Part, list[tuple[Part, bool]]] = {}
        queue = list(self._seeds)
        for part in queue:
            found = [(d, along) for d, along in dependents(self._simulator.state, part) if d != part]
            self._below[part] = found
            for dependent, _ in found:
                if dependent not in self._going:
                    self._going.add(dependent)
                    queue.append(dependent)

    def _visit(self, part: Part) -> None:
        if part not in self._state:
            self._state[part] = False
            self._first(part, part)
            self._state[part] = True
            self._order.append(part)

    def _first(self, part: Part, root: Part) -> None:
        """Drop what leans on a part; what goes along with it is only looked at for what leans on that."""
        if part.kind == "extensions":  # its members go as one, however they lean on each other
            members = [d for d, along in self._below.get(part, ()) if along]
            self._state |= dict.fromkeys(members, True)
            for member in members:
                self._first(member, root)
            return
        for dependent, along in self._below.get(part, ()):
            target = dependent.whole if dependent.whole in self._going else dependent
            if target in (part, root) and along:
                continue
            if self._covered(dependent, root):
                continue
            if self._state.get(target) is True:
                continue
            if self._state.get(target) is False or (dependent != target and self._leans(root, target)):
                if dependent.part and dependent != target:
                    self._order.append(dependent)
            elif not along:
                self._visit(target)
            else:
                self._state[target] = True
                self._first(target, root)
                self._later.append(target)

    def _leans(self, part: Part, on: Part) -> bool:
        """Whether a part depends on another in the end, so that a circle has to be cut where it can be."""
        queue = [on]
        seen = set(queue)
        for found in queue:
            for dependent, along in self._below.get(found, ()):
                target = dependent.whole if dependent.whole in self._going else dependent
                if target == part and not along:
                    return True
                if target not in seen:
                    seen.add(target)
                    queue.append(target)
        return False

    def _covered(self, dependent: Part, root: Part) -> bool:
        """Whether it goes with the thing that is being dropped anyway."""
        column = Part(dependent.kind, dependent.key, "column", dependent.name)
        return (root == dependent.whole) if not root.part else (dependent.part == "default" and column in self._going)


def statement(state: State, part: Part) -> str | None:
    """The DROP of an object or a part; None where it has gone with another."""
    item: Any = state.store(part.kind).get(part.key)  # type: ignore[arg-type]
    if item is None:
        return None
    if not part.part:
        # What an extension brought goes with it, and not by itself.
        return None if getattr(item, "origin", None) == "extension" else _whole(item)
    if part.part == "member":
        held = any((t.schema, t.table) == part.name for t in item.tables)
        return f"alter publication {identifier(item.name)} drop table {qualified(*part.name)}" if held else None
    if part.part == "default":
        return _default(item, part)
    field = {**{v: k for k, v in PARTS.items()}, "column": "columns"}[part.part]
    found = next((p for p in getattr(item, field, ()) if p.name == part.name), None)
    return None if found is None else _part(item, part, found)


def _whole(item: Any) -> str:
    if isinstance(item, Sequence) and item.identity and item.owned_by is not None:
        schema, table, column = item.owned_by
        return f"alter table {qualified(schema, table)} alter column {identifier(column)} drop identity"
    return f"drop {described.full(item)}"


def _default(item: Any, part: Part) -> str | None:
    if not isinstance(item, Table):
        return f"alter domain {qualified(item.schema, item.name)} drop default" if item.default is not None else None
    column = next((c for c in item.columns if c.name == part.name and c.default is not None), None)
    return alter(item, column, "drop default") if column is not None else None


def _part(item: Any, part: Part, found: Any) -> str | None:
    relation, name = qualified(item.schema, item.name), identifier(part.name)
    if getattr(found, "inherited", False) and not getattr(found, "local", False):
        return None
    match part.part:
        case "policy" | "trigger" | "rule":
            return f"drop {part.part} {name} on {relation}"
        case "index":
            return f"drop index {qualified(item.schema, part.name)}" if found.constraint is None else None
        case "column":
            return f"alter {described.noun(item)} {relation} drop {_noun(item)} {name}"
    return f"alter {described.noun(item)} {relation} drop {part.part} {name}"


def _noun(item: Any) -> str:
    return "attribute" if described.noun(item) == "type" else "column"
