"""Where the boxes of a picture stand: what is pointed at to the left, what points at it to the right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

BOX = (196, 34)
GAP = (84, 24)
MARGIN = 24
SWEEPS = 6


class Box(Struct, frozen=True):
    """The upper left corner of a node."""

    x: int
    y: int


class Picture(Struct, frozen=True, kw_only=True):
    """Nodes with their places, edges as the names of both ends, and the size of it all."""

    boxes: dict[str, Box]
    edges: tuple[tuple[str, str], ...]
    width: int
    height: int

    def path(self, edge: tuple[str, str]) -> str:
        """The line of an edge, from the left side of what points to the right side of what it points at."""
        one, other = self.boxes[edge[0]], self.boxes[edge[1]]
        half = BOX[1] // 2
        if edge[0] == edge[1]:
            x, y = one.x + BOX[0], one.y
            return f"M{x - 30} {y}c0 -18 40 -18 40 {half // 2}c0 10 -4 10 -10 10"
        if other.x + BOX[0] < one.x:
            x, y, to_x, to_y, bend = (
                one.x,
                one.y + half,
                other.x + BOX[0],
                other.y + half,
                -max(28, (one.x - other.x) // 4),
            )
            return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
        x, y, to_x, to_y = one.x, one.y + half, other.x, other.y + half
        return f"M{x} {y}C{x - 40} {y} {to_x - 40} {to_y} {to_x} {to_y}"


def layout(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> Picture:
    """A place for each node: connected ones together in columns, the rest below in rows."""
    known = set(nodes)
    drawn = tuple(dict.fromkeys((a, b) for a, b in edges if a in known and b in known))
    groups = _connected(nodes, drawn)
    parts = [_part(group, drawn) for group in groups if len(group) > 1]
    alone = [group[0] for group in groups if len(group) == 1]
    area = sum((w + GAP[0]) * (h + 40) for _, w, h in parts) + len(alone) * (BOX[0] + 24) * (BOX[1] + GAP[1])
    limit = max(int(math.sqrt(area * 1.9)), *(w for _, w, _ in parts), 4 * (BOX[0] + 24)) if parts or alone else 0
    return _packed(parts, alone, limit, drawn)


def _packed(
    parts: list[tuple[dict[str, Box], int, int]], alone: list[str], limit: int, edges: tuple[tuple[str, str], ...]
) -> Picture:
    """The parts side by side as far as there is room, the tallest first, then those that stand alone."""
    boxes: dict[str, Box] = {}
    x = y = MARGIN
    tallest = widest = 0
    for placed, width, height in sorted(parts, key=lambda p: -p[2]):
        if x > MARGIN and x + width > limit:
            x, y, tallest = MARGIN, y + tallest + 40, 0
        boxes.update({name: Box(x + b.x, y + b.y) for name, b in placed.items()})
        tallest, widest = max(tallest, height), max(widest, x + width)
        x += width + GAP[0]
    y += tallest + 40 if parts else 0
    across = max(1, (limit + 24) // (BOX[0] + 24))
    for number, name in enumerate(alone):
        row, column = divmod(number, across)
        boxes[name] = Box(MARGIN + column * (BOX[0] + 24), y + row * (BOX[1] + GAP[1]))
        widest = max(widest, boxes[name].x + BOX[0])
    bottom = max((b.y for b in boxes.values()), default=0) + BOX[1]
    return Picture(boxes=boxes, edges=edges, width=widest + MARGIN, height=bottom + MARGIN)


def _connected(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The nodes in groups that hang together."""
    near: dict[str, list[str]] = {name: [] for name in nodes}
    for one, other in edges:
        if one != other:
            near[one].append(other)
            near[other].append(one)
    seen: set[str] = set()
    groups: list[list[str]] = []
    for start in nodes:
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for name in group:
            fresh = [n for n in near[name] if n not in seen]
            seen.update(fresh)
            group.extend(dict.fromkeys(fresh))
        groups.append(group)
    return groups


def _part(group: list[str], edges: Iterable[tuple[str, str]]) -> tuple[dict[str, Box], int, int]:
    """(places, width, height) of nodes that hang together."""
    inside = set(group)
    pointed: dict[str, list[str]] = {name: [] for name in group}
    for one, other in edges:
        if one in inside and one != other:
            pointed[one].append(other)
    columns = _ordered(_columns(_ranks(group, pointed), len(group)), pointed)
    height = max(len(column) for column in columns) * (BOX[1] + GAP[1]) - GAP[1]
    boxes: dict[str, Box] = {}
    for number, column in enumerate(columns):
        top = (height - len(column) * (BOX[1] + GAP[1]) + GAP[1]) // 2
        for row, name in enumerate(column):
            boxes[name] = Box(number * (BOX[0] + GAP[0]), top + row * (BOX[1] + GAP[1]))
    return boxes, len(columns) * (BOX[0] + GAP[0]) - GAP[0], height


def _ranks(group: list[str], pointed: Mapping[str, list[str]]) -> dict[str, int]:
    """How many steps a node is from what points at nothing; an edge that closes a circle does not count."""
    ranks: dict[str, int] = {}
    for start in group:
        stack: list[tuple[str, int]] = [(start, 0)]
        path: set[str] = set()
        while stack:
            name, step = stack.pop()
            if name in ranks:
                continue
            path.add(name)
            targets = [t for t in pointed[name] if t not in path or t in ranks]
            if step < len(pointed[name]) and (ahead := next((t for t in targets if t not in ranks), None)) is not None:
                stack += [(name, step + 1), (ahead, 0)]
                continue
            ranks[name] = max((ranks[t] + 1 for t in pointed[name] if t in ranks), default=0)
            path.discard(name)
    return ranks


def _columns(ranks: Mapping[str, int], size: int) -> list[list[str]]:
    """The nodes of each rank; a rank with very many takes several columns."""
    tall = max(8, math.ceil(math.sqrt(size * 2)))
    columns: list[list[str]] = []
    for rank in sorted(set(ranks.values())):
        names = [name for name, found in ranks.items() if found == rank]
        columns += [names[at : at + tall] for at in range(0, len(names), tall)]
    return columns


def _ordered(columns: list[list[str]], pointed: Mapping[str, list[str]]) -> list[list[str]]:
    """Each column sorted by where the neighbours of its nodes stand, there and back a few times."""
    near: dict[str, list[str]] = {name: list(targets) for name, targets in pointed.items()}
    for name, targets in pointed.items():
        for target in targets:
            near[target].append(name)
    place = {name: row / len(column) for column in columns for row, name in enumerate(column)}
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else columns[::-1]:
            column.sort(key=lambda n: sum(place[o] for o in near[n]) / len(near[n]) if near[n] else place[n])
            place.update({name: (row + 0.5) / len(column) for row, name in enumerate(column)})
    return columns
