"""The trend over the runs of a history, as lines of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from policytool.report.overview.model import Run

SIZE: Final = (640, 140)
INSET: Final = (36, 12)
MAX_RUNS: Final = 60
LINES: Final = ("error", "warning", "open")


class Line(Struct, frozen=True, kw_only=True):
    """One series: its points as SVG wants them, and its last value."""

    name: str
    points: str
    last: int
    at: tuple[int, int]


class Trend(Struct, frozen=True, kw_only=True):
    """The lines, the highest value, and the first and last run."""

    lines: tuple[Line, ...]
    top: int
    runs: tuple[Run, ...]


def trend(history: Sequence[Run]) -> Trend | None:
    """The lines of the last runs; None where there are not two."""
    runs = tuple(history[-MAX_RUNS:])
    if len(runs) < 2:
        return None
    series = {name: [_value(run, name) for run in runs] for name in LINES}
    top = max(1, *(value for values in series.values() for value in values))
    return Trend(lines=tuple(_line(name, values, top) for name, values in series.items()), top=top, runs=runs)


def _value(run: Run, name: str) -> int:
    """`open` are the tables of which clients reach every row."""
    if name == "open":
        return sum(run.exposure.get(e, 0) for e in ("writable", "public", "shared"))
    return run.severity.get(name, 0)


def _line(name: str, values: list[int], top: int) -> Line:
    width, height = SIZE[0] - 2 * INSET[0], SIZE[1] - 2 * INSET[1]
    step = width / (len(values) - 1)
    points = [(round(INSET[0] + n * step), round(INSET[1] + height * (1 - v / top))) for n, v in enumerate(values)]
    return Line(name=name, points=" ".join(f"{x},{y}" for x, y in points), last=values[-1], at=points[-1])
