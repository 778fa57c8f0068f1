"""Types that columns have and that must be others: put aside under another name, or left by way of text."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.dependents import dependents
from policytool.catalog.build.parts import Part
from policytool.catalog.ddl.columns import alter
from policytool.catalog.model import Table
from policytool.catalog.objects import Catalog, Range
from policytool.catalog.spelling import identifier, qualified
from policytool.diff import drops, seeds
from policytool.diff.replaced import replaced
from policytool.diff.simulator import Simulator


def run(simulator: Simulator, after: Catalog) -> None:
    """Clear the names of the types and collations that are replaced though columns are of them."""
    again = True
    while again:
        again = False
        for kind in seeds.TYPES:
            for key, item in list(simulator.state.store(kind).items()):
                if item.origin is None and _is_swapped(simulator, kind, key, item, after):
                    again |= _cleared(simulator, kind, key, item, after)
    for other, collation in list(simulator.state.others.items()):
        now = after.others.get(other)
        if collation.kind != "collation" or now is None or collation.origin is not None or not replaced(collation, now):
            continue
        if seeds.in_use(simulator.state, Part("others", other), after):
            name = identifier(f"{collation.name[:55]}__old")
            simulator.run([f"alter collation {qualified(collation.schema, collation.name)} rename to {name}"])


def _is_swapped(simulator: Simulator, kind: str, key: Any, item: Any, after: Catalog) -> bool:
    now = next((s[key] for k in (*seeds.TYPES, "tables", "views") if key in (s := getattr(after, k))), None)
    if now is None or (type(now) is type(item) and not replaced(item, now)):
        return False
    return seeds.in_use(simulator.state, Part(kind, key), after)


def _cleared(simulator: Simulator, kind: str, key: Any, item: Any, after: Catalog) -> bool:
    now = getattr(after, kind).get(key)
    if isinstance(item, Range) and isinstance(now, Range):
        # The functions that make ranges keep their names, so that a renamed type would still be in the way.
        return _by_way_of_text(simulator, Part(kind, key), after)
    noun = "domain" if kind == "domains" else "type"
    simulator.run([f"alter {noun} {qualified(*key)} rename to {identifier(_free(simulator, key))}"])
    return simulator.done[-1].refused is None


def _free(simulator: Simulator, key: tuple[str, str]) -> str:
    name, number = f"{key[1][:55]}__old", 1
    while simulator.state.find_type(key[0], name) is not None:
        number += 1
        name = f"{key[1][:54]}__old{number}"
    return name


def _by_way_of_text(simulator: Simulator, type_: Part, after: Catalog) -> bool:
    """Make text of the columns of a type, so that nothing is of it any more; they get their type in due course."""
    moved = False
    for part in [d for d, _ in dependents(simulator.state, type_) if d.kind == "tables" and d.part == "column"]:
        state = simulator.state
        table = state.tables.get(part.key)
        column = next((c for c in table.columns if c.name == part.name), None) if table is not None else None
        now = after.tables.get(part.key)
        if table is None or column is None or now is None or column.inherited or replaced(table, now):
            continue
        if column.generated is not None or column.name not in {c.name for c in now.columns}:
            continue
        drops.run(simulator, iter([d for d, _ in dependents(state, part) if d.kind != "sequences"]))
        simulator.run(_as_text(table, column))
        moved = simulator.done[-1].refused is None
    return moved


def _as_text(table: Table, column: Any) -> list[str]:
    text = "text[]" if column.type.endswith("[]") else "text"
    sql = [alter(table, column, "drop default")] if column.default is not None else []
    return [*sql, alter(table, column, f"type {text} using {identifier(column.name)}::{text}")]
