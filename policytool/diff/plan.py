"""The plan from one catalog to another: statements in order, and the proof that they end there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from policytool.catalog.build.foreign import MASK
from policytool.catalog.build.platform import Platform
from policytool.catalog.build.views import UNKNOWN
from policytool.catalog.ddl.order import Tangled, ordered
from policytool.catalog.ddl.world import World
from policytool.catalog.objects import Catalog
from policytool.catalog.parity import Difference, parity
from policytool.catalog.spelling import identifier, qualified
from policytool.diff import drops, renames, seeds, swaps
from policytool.diff.actions.objects import enum_values
from policytool.diff.closing import close
from policytool.diff.online import in_steps
from policytool.diff.renames import Accept, Rename
from policytool.diff.replaced import replaced
from policytool.diff.satellites import settle
from policytool.diff.segments import awaited, segmented
from policytool.diff.shared import shared, unshared
from policytool.diff.simulator import Done, Simulator
from policytool.diff.structure import foundation_steps, role_steps, structure
from policytool.diff.theirs import is_theirs, with_theirs

ROLE: Final = "postgres"  # who runs the plan
ROUNDS: Final = 4


class Plan(Struct, frozen=True, kw_only=True):
    """The statements that make AFTER of BEFORE. `left` is what would still differ, `refused` what would fail."""

    before: Catalog
    after: Catalog
    platform: Platform
    statements: tuple[Done, ...]
    boundaries: tuple[Catalog, ...]  # what there is at each commit but the last
    simulated: Catalog
    left: tuple[Difference, ...] = ()
    remarks: tuple[str, ...] = ()
    guessed: frozenset[str] = frozenset()  # the statements that rest on a guess

    @property
    def refused(self) -> tuple[Done, ...]:
        """The statements that Postgres would not run."""
        return tuple(one for one in self.statements if one.refused is not None)

    @property
    def closes(self) -> bool:
        """Whether the statements end at AFTER, as far as can be told without running them."""
        return not self.left and not self.refused


def plan(
    before: Catalog,
    after: Catalog,
    platform: Platform,
    *,
    hints: tuple[Rename, ...] = (),
    accept: Accept = lambda _: False,
    online: bool = False,
) -> Plan:
    """Plan, fold as planned, and hold the result against AFTER. `accept` is asked of each rename that is guessed.

    With `online` in steps that let others work meanwhile.
    """
    after = with_theirs(before, shared(before, after))
    simulator = Simulator(before, platform)
    if before is not after:
        _run(simulator, after, hints, accept)
    guessed = frozenset(simulator.guessed)
    if online and simulator.done:
        simulator = in_steps(simulator)
    simulated = simulator.catalog()
    statements, boundaries = segmented(simulator)
    return Plan(
        before=before,
        after=after,
        platform=platform,
        statements=statements,
        boundaries=boundaries,
        simulated=simulated,
        left=tuple(left_over(simulated, after)),
        guessed=guessed,
        remarks=tuple(dict.fromkeys([*simulator.remarks, *_secrets(statements)])),
    )


def _run(simulator: Simulator, after: Catalog, hints: tuple[Rename, ...], accept: Accept) -> None:
    world = World(catalog=after, role=ROLE, major_version=simulator.platform.major_version)
    _add_values(simulator, after)
    renames.apply(simulator, after, hints, accept)
    _add_values(simulator, after)  # of types that have their name now
    close(simulator, world)
    simulator.run(sql for one in role_steps(simulator.catalog(), after) for sql in one.sql)
    simulator.run(list(seeds.unattached(simulator.catalog(), after)))
    swaps.run(simulator, after)
    drops.run(simulator, seeds.early(simulator, after))
    first = ordered(foundation_steps(simulator.catalog(), after, ROLE))
    simulator.run(sql for one in first for sql in one.sql)
    for _ in range(ROUNDS):
        try:
            steps = structure(world, simulator.catalog())
        except Tangled as tangled:
            simulator.remarks.append(f"a circle that cannot be cut: {tangled}")
            break
        sql = [text for one in steps for text in one.sql]
        count = len(simulator.done)
        simulator.run(sql)
        if not any(done.refused is None for done in simulator.done[count:]):
            break
    drops.run(simulator, seeds.late(simulator, after))
    settle(simulator, world)
    _drop_roles(simulator, after)


def _add_values(simulator: Simulator, after: Catalog) -> None:
    """New labels come first, by themselves: they cannot be used before they are committed."""
    sql: list[str] = []
    words: set[str] = set()
    for key, enum in simulator.state.enums.items():
        now = after.enums.get(key)
        if now is not None and enum.origin is None and not replaced(enum, now):
            sql += enum_values(enum, now)
            words |= awaited(qualified(*key), enum, now)
    if sql:
        simulator.run(sql)
        simulator.commit(frozenset(words))


def _secrets(statements: tuple[Done, ...]) -> Iterator[str]:
    for done in statements:
        if f"'{MASK}'" in done.sql:
            head = done.sql.partition("\n")[0]
            yield f"{head}: {MASK} stands for a secret, which the catalog does not hold; put it in by hand"


def _drop_roles(simulator: Simulator, after: Catalog) -> None:
    gone = [n for n, r in simulator.state.roles.items() if n not in after.roles and r.origin is None]
    simulator.run(f"drop role {identifier(name)}" for name in gone)


# --- what is left ---------------------------------------------------------------------------------------------------


def left_over(simulated: Catalog, after: Catalog) -> Iterator[Difference]:
    """What still differs, but for what no statement can change: the order of columns, and whether one that is
    inherited counts as the table's own, too; and but for types of views' columns that a query does not tell."""
    for found in parity(*unshared(simulated, after)):
        moved = found.field in ("column order", "columns") and found.kind in ("table", "constraint")
        own = found.kind in ("column", "constraint") and found.field == "local"
        reordered = moved and _is_check(simulated, found) and sorted(found.built) == sorted(found.observed)
        untold = found.kind == "view column" and found.field == "type" and UNKNOWN in (found.built, found.observed)
        if not (own or reordered or untold or is_theirs(found, after)):
            yield found


def _is_check(catalog: Catalog, found: Difference) -> bool:
    """Whether the order of the columns is only that of the table; in a key it is the key's own."""
    if found.kind == "table":
        return True
    tables = (t for t in catalog.tables.values() if found.identity.endswith(f" on {qualified(t.schema, t.name)}"))
    return any(
        c.kind == "CHECK" and found.identity.startswith(f"{identifier(c.name)} on ")
        for table in tables
        for c in table.constraints
    )
