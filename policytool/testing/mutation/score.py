"""How many mutants were noticed: in all, and of each table."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from msgspec import Struct

from policytool.syntax.location import Location

Status = Literal["killed", "survived", "unseeded", "untold", "equivalent", "failed"]


class Mutated(Struct, frozen=True, kw_only=True):
    """What became of a mutant.

    `killed`: the case in `note` fails. `survived`: none does, though somebody would reach what `note` says. `unseeded`:
    no seeded row tells, though one that could be there would. `untold`: no row was found that tells. `equivalent`: it
    changes nothing, for the reason in `note`. `failed`: it could not be made.
    """

    kind: str
    table: str
    policy: str
    text: str
    location: Location | None
    status: Status
    note: str


class TableScore(Struct, frozen=True, kw_only=True):
    """How many mutants of a table came to which end."""

    table: str
    killed: int = 0
    survived: int = 0
    unseeded: int = 0
    untold: int = 0
    equivalent: int = 0
    failed: int = 0

    @property
    def counted(self) -> int:
        """Those that a test could notice."""
        return self.killed + self.survived + self.unseeded

    @property
    def part(self) -> Fraction | None:
        """The part that was noticed; None where there was nothing to notice."""
        return Fraction(self.killed, self.counted) if self.counted else None


class Score(Struct, frozen=True, kw_only=True):
    """All mutants; `failing` are the cases that did not hold to begin with."""

    results: tuple[Mutated, ...]
    failing: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def total(self) -> TableScore:
        """All tables together."""
        return _score("", self.results)

    @property
    def tables(self) -> tuple[TableScore, ...]:
        """Each table, by name."""
        by_table: dict[str, list[Mutated]] = {}
        for result in self.results:
            by_table.setdefault(result.table, []).append(result)
        return tuple(_score(table, tuple(found)) for table, found in sorted(by_table.items()))

    def of(self, status: Status) -> tuple[Mutated, ...]:
        """The mutants that came to an end."""
        return tuple(result for result in self.results if result.status == status)

    def with_part(self, other: Score) -> Score:
        """This, and what was done beside it."""
        return Score(
            results=tuple(sorted((*self.results, *other.results), key=lambda r: (r.table, r.policy, r.kind, r.text))),
            failing=tuple(dict.fromkeys((*self.failing, *other.failing))),
            seconds=max(self.seconds, other.seconds),
        )

    def meets(self, percent: str) -> bool:
        """Whether so many percent were noticed; nothing is rounded. Where there is nothing to notice it is."""
        part = self.total.part
        return part is None or part * 100 >= Fraction(percent)


def percent(part: Fraction | None) -> str:
    """`99.9 %`, cut and not rounded: 100 % is all of them."""
    if part is None:
        return "–"
    tenths = part * 1000 // 1
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} %"


def _score(table: str, results: tuple[Mutated, ...]) -> TableScore:
    def count(status: Status) -> int:
        return sum(result.status == status for result in results)

    return TableScore(
        table=table,
        killed=count("killed"),
        survived=count("survived"),
        unseeded=count("unseeded"),
        untold=count("untold"),
        equivalent=count("equivalent"),
        failed=count("failed"),
    )
