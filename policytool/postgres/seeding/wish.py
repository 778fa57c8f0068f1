"""A row that is to grow, and where the rows come from that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct, field

from policytool.catalog.model import Name
from policytool.catalog.spelling import qualified
from policytool.postgres.seeding.facts import Key, Shape
from policytool.postgres.seeding.insert import Row
from policytool.postgres.seeding.model import Planted
from policytool.postgres.seeding.values import key_of

if TYPE_CHECKING:
    from policytool.postgres.seeding.grower import Grower

Fill = Literal["needed", "keys", "all"]


class Wish(Struct, frozen=True, kw_only=True):
    """A row to grow. `fill` says which columns that may be null are filled; `keep` names more of them.

    `n` is its number in the table, `seed` the text that its keys are made of, `kin` the rows that it refers to.
    """

    shape: Shape
    seed: str
    n: int
    given: Row = field(default_factory=dict)
    fill: Fill = "needed"
    keep: frozenset[str] = frozenset()
    kin: tuple[Planted, ...] = ()


class Parents(Protocol):
    """Where the rows come from that others refer to."""

    def find(self, grower: Grower, wish: Wish, key: Key, fixed: Row, fresh: int) -> Mapping[str, str | None]:
        """The row of the other table that has these values; with `fresh`, another for each number.

        Raises Unfillable where there is none.
        """


def seed_of(name: Name, handle: str) -> str:
    """The text that the keys of a row are made of."""
    return key_of(f"{qualified(*name)}:{handle}")
