"""A plan in steps that stop nobody for long: indexes beside the work, checks after it, and one short transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.diff.gentler import Gentler, Stages
from policytool.diff.ground import Ground
from policytool.diff.segments import in_order, segmented, start
from policytool.diff.simulator import Done, Simulator

ROUNDS: Final = 8


def in_steps(planned: Simulator) -> Simulator:
    """The same statements in steps, folded. What cannot be done in steps stays as it is."""
    done, _ = segmented(planned)
    kept: frozenset[int] = frozenset()
    for _ in range(ROUNDS):
        attempt = Attempt(planned, done, kept)
        attempt.run()
        if not attempt.failed:
            break
        kept |= attempt.failed
    else:
        return planned
    attempt.simulator.remarks += planned.remarks
    return attempt.simulator


class Attempt:
    """One try at a plan in steps: those before the main transaction, that itself, and those after it."""

    def __init__(self, planned: Simulator, done: tuple[Done, ...], kept: frozenset[int]) -> None:
        self.simulator = Simulator(planned.before, planned.platform)
        self.failed: set[int] = set()
        self._done, self._last, self._kept = done, done[-1].segment, kept
        self._ground = Ground(planned.before, done)
        self._later: list[tuple[int, tuple[str, ...]]] = []  # ordinal, and the statements of one segment
        self._put_off = False  # whether a statement of the main transaction has to wait for those

    def run(self) -> None:
        """Fold all steps; `failed` are those statements whose steps do not work."""
        self._first()
        gentler = Gentler(self._ground, self._done, self._kept)
        stages = {n: gentler.stages(n) for n, one in enumerate(self._done) if one.segment == self._last}
        for ordinal, one in stages.items():
            self._stages(ordinal, one.first)
        start(self.simulator)
        for ordinal, one in stages.items():
            self._main(ordinal, one)
        for ordinal, segment in self._later:
            self._stages(ordinal, (segment,))

    def _first(self) -> None:
        """The segments before the last one stay as they are."""
        for segment in range(self._last):
            in_order([[one.sql for one in self._done if one.segment == segment]], self.simulator)

    def _stages(self, ordinal: int, segments: tuple[tuple[str, ...], ...]) -> None:
        count = len(self.simulator.done)
        in_order(segments, self.simulator)
        if any(one.refused for one in self.simulator.done[count:]):
            self.failed.add(ordinal)

    def _main(self, ordinal: int, stages: Stages) -> None:
        """Its part of the main transaction; what needs something that comes later comes later itself."""
        simulator, original = self.simulator, self._done[ordinal]
        if self._put_off and original.statement is not None and original.statement.kind == "SelectStmt":
            # It sets the number of a sequence that comes only then, and no row may come in between.
            self._later[-1] = (ordinal, (*self._later[-1][1], *stages.main))
            return
        for number, sql in enumerate(stages.main):
            simulator.run([sql])
            if simulator.done[-1].refused is None or original.refused is not None:
                continue
            if self._later and number == 0 and _can_wait(original):
                simulator.done.pop()
                self._later.append((ordinal, stages.main))
                self._put_off = True
                break
            self.failed.add(ordinal)
        self._later += [(ordinal, segment) for segment in stages.last]


def _can_wait(done: Done) -> bool:
    """Whether it opens and closes nothing, so that it may come after the main transaction."""
    return done.statement is not None and done.statement.kind not in _AUTHORISING and not any(_secures(done))


_AUTHORISING: Final = frozenset(
    (
        "GrantStmt",
        "GrantRoleStmt",
        "CreatePolicyStmt",
        "AlterPolicyStmt",
        "AlterDefaultPrivilegesStmt",
        "AlterOwnerStmt",
    )
)


def _secures(done: Done) -> Iterator[Any]:
    assert done.statement is not None
    for command in done.statement.node.get("cmds", ()):
        subtype = command.get("AlterTableCmd", {}).get("subtype", "")
        yield subtype.endswith("RowSecurity") or subtype == "AT_ChangeOwner"
