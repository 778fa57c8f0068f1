"""How many pairs of states of real projects `policytool diff` closes, in the simulation and on a server.

usage: python -m benchmarks.diff.pairs [-o FILE] [--pairs N] [--server N] [--seconds N] FOLDER [FOLDER …]

A folder's states are what there is after each of its migrations, as far as they run on a server. Pairs are consecutive
states, up and down, and states further apart. No repository is named in what is written.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path

from msgspec import Struct

from policytool import api
from policytool.catalog.build import Builder
from policytool.catalog.build.platform import Platform
from policytool.catalog.objects import Catalog
from policytool.catalog.parity import parity
from policytool.config import Config
from policytool.diff.plan import Plan, plan
from policytool.diff.standing import Side
from policytool.diff.verification import Verification
from policytool.diff.verify import verify
from policytool.errors import PolicytoolError
from policytool.postgres.observe import observe
from policytool.postgres.providers import Provider, choose
from policytool.source import read
from policytool.source.model import SqlFile

SHAPES = ("consecutive", "consecutive, back", "empty to a state", "a state to the last", "the last to a state")
NAME = re.compile(r"(?:\"[^\"]+\"|[\w$]+)(?:\.(?:\"[^\"]+\"|[\w$*]+))+(?:\([^)]*\))?|\"[^\"]+\"|'[^']*'")


class History(Struct, frozen=True):
    """The states of one project; `files[:n]` made `states[n]`."""

    platform: Platform
    files: tuple[SqlFile, ...]
    states: tuple[Catalog, ...]


class Pair(Struct, frozen=True):
    """Two states of a history."""

    history: History
    shape: str
    before: int
    after: int

    def side(self, number: int) -> Side:
        """One of them, with the files that made it."""
        history = self.history
        return Side(label=f"state {number}", catalog=history.states[number], files=history.files[:number])

    @property
    def differs(self) -> bool:
        """Whether the two are not the same database."""
        states = self.history.states
        return bool(parity(states[self.before], states[self.after]))

    def plan(self) -> Plan:
        """The way from the one to the other."""
        states = self.history.states
        return plan(states[self.before], states[self.after], self.history.platform)


class Outcome(Struct, frozen=True):
    """What came of a pair: nothing is wrong where there is no `kind`."""

    shape: str
    statements: int
    seconds: float
    kind: str = ""
    example: str = ""
    rows: int = 0
    notes: tuple[str, ...] = ()


# --- states and pairs -----------------------------------------------------------------------------------------------


def history(folder: str, provider: Provider | None) -> History | None:
    """The states of a folder, as far as its files run; None where it has none."""
    try:
        project = read(folder)
    except PolicytoolError:
        return None
    platform, files = api.choose_platform(project, Config(), None), tuple(project.files)
    if provider is not None:
        results = observe(files, platform, provider=provider, keep_going=False).results
        bad = next((n for n, result in enumerate(results) if result.error is not None), len(results))
        files = files[:bad]
    builder = Builder(platform)
    states = [builder.built().catalog]
    for file in files:
        builder.add([file])
        states.append(builder.built().catalog)
    return History(platform, files, tuple(states)) if files else None


def pairs(histories: Sequence[History], count: int) -> list[Pair]:
    """Consecutive pairs from all histories in turn until enough of them differ, the same back, and some far apart."""
    chance = random.Random(6)
    steps: list[list[Pair]] = []
    for one in histories:
        own = [Pair(one, "consecutive", n, n + 1) for n in range(len(one.files))]
        chance.shuffle(own)
        steps.append(own)
    turns = (pair for turn in zip_longest(*steps) for pair in turn if pair is not None)
    chosen = list(islice((pair for pair in turns if pair.differs), count))
    back = [Pair(pair.history, "consecutive, back", pair.after, pair.before) for pair in chosen]
    return [*chosen, *back, *(pair for one in histories for pair in _far(one, chance))]


def _far(one: History, chance: random.Random) -> Iterator[Pair]:
    last = len(one.files)
    for _ in range(min(2, last)):
        far = (
            Pair(one, "empty to a state", 0, chance.randint(1, last)),
            Pair(one, "a state to the last", chance.randint(0, last - 1), last),
            Pair(one, "the last to a state", last, chance.randint(0, last - 1)),
        )
        yield from (pair for pair in far if pair.differs)


# --- outcomes -------------------------------------------------------------------------------------------------------


def simulated(pair: Pair) -> Outcome:
    """Whether the plan ends at the other state as far as can be told without running it, and then has nothing to do."""
    start = time.perf_counter()
    found = pair.plan()
    seconds = time.perf_counter() - start
    kind = example = ""
    if found.refused:
        kind, example = "a statement that would be refused", f"{found.refused[0].refused}"
    elif found.left:
        left = found.left[0]
        kind, example = "something is left over", f"{left.kind}: {left.field}"
    elif plan(found.simulated, found.after, found.platform).statements:
        kind = "a second diff is not empty"
    return Outcome(pair.shape, len(found.statements), seconds, kind, without_names(example))


KINDS = {
    "do not run": "a state cannot be made on the server", "the plan stops": "the plan stops",
    "pg_dump": "pg_dump sees a difference", "second diff": "a second diff is not empty",
    "DATA_LOSS": "rows are lost unannounced", "no hazard says so": "a lock that was not announced",
    "TABLE_REWRITE": "a table is copied unannounced", "rows stop the plan": "rows stop the plan unannounced",
}  # fmt: skip


WHY = {
    "a state was misread": "the files do what cannot be read without running them (SQL that is put together from "
    "what a query finds); --verify says so, and a plan from the database itself would be right",
    "pg_dump sees a difference": "grants on what an extension made are not in the catalog, so that no plan gives them",
    "a state cannot be made on the server": "where its files insert rows that stop the plan, BEFORE is "
    "made from its catalog, and the project's role may not run all of its statements",
}  # fmt: skip


def proved(pair: Pair, provider: Provider) -> Outcome:
    """Whether the plan does on a server what it says."""
    start = time.perf_counter()
    found = pair.plan()
    result = verify(found, pair.side(pair.before), pair.side(pair.after), provider)
    seconds = time.perf_counter() - start
    problem = result.problems[0] if result.problems else ""
    kind = next((kind for words, kind in KINDS.items() if words in problem), "the catalogs differ") if problem else ""
    if problem and any("is something else on the server" in note for note in result.notes):
        kind = "a state was misread"
    notes = tuple(notes_of(result))
    example = without_names(problem)
    return Outcome(pair.shape, len(found.statements), seconds, kind, example, rows=result.rows, notes=notes)


def notes_of(result: Verification) -> Iterator[str]:
    """The notes by kind."""
    for note in result.notes:
        if note.startswith("rows stop the plan"):
            yield "rows stopped the plan, as a hazard says that they may"
        elif note.startswith("no rows"):
            yield "some tables were left without rows"
        elif "is something else on the server" in note:
            yield "the files of AFTER make something else on a server than what was read of them"
        elif "made from its catalog" in note:
            yield "a side was made from its catalog, since its files do not run"


def without_names(text: str) -> str:
    """A message that names nothing of a project."""
    return NAME.sub("…", " ".join(text.split()))[:160]


# --- report ---------------------------------------------------------------------------------------------------------


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line for each shape of pairs."""
    yield "| pairs | number | close | statements | median seconds | slowest |"
    yield "|---|--:|--:|--:|--:|--:|"
    for shape in (*SHAPES, "all"):
        own = [one for one in outcomes if shape in (one.shape, "all")]
        if own:
            close, seconds = sum(not one.kind for one in own), sorted(one.seconds for one in own)
            share = f"{close} ({close / len(own):.1%})"
            statements = sum(one.statements for one in own)
            median = f"{seconds[len(seconds) // 2]:.2f} | {seconds[-1]:.2f}"
            yield f"| {shape} | {len(own)} | {share} | {statements:,} | {median} |"


def failures(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The failures by kind, with what was said."""
    bad = Counter((one.kind, one.example) for one in outcomes if one.kind)
    for (kind, example), n in bad.most_common():
        why = f" — {WHY[kind]}" if kind in WHY else ""
        yield f"- {kind} ({n}×): `{example.replace('`', '') or 'no more is known'}`{why}"
    if not bad:
        yield "No pair fails."


def document(histories: int, simulation: Sequence[Outcome], server: Sequence[Outcome], version: str) -> str:
    """What is written."""
    notes = Counter(note for one in server for note in one.notes)
    rows = sum(one.rows for one in server)
    lost = sum(one.kind == KINDS["DATA_LOSS"] for one in server)
    lines = [
        "# Pairs of real states",
        "",
        "Written by `python -m benchmarks.diff.pairs`. States are what there is after each migration of "
        f"{histories} public projects and of the example, as far as they run; pairs that are equal are left out.",
        "",
        "## In the simulation",
        "",
        "A pair closes where no statement would be refused, nothing is left over, and a second diff is empty.",
        "",
        *table(simulation),
        "",
        *failures(simulation),
        "",
        "## On a server",
        "",
        f"PostgreSQL {version}, with `--verify`: BEFORE is made from its files and given rows, the plan is run, and "
        "then the catalog, pg_dump, rows, locks, rewrites and a second diff are looked at.",
        "",
        *table(server),
        "",
        f"{rows:,} rows were there when the plans began; rows were lost unannounced in {lost} pairs.",
        "",
        *failures(server),
        "",
        *(f"- {note}: {n} pairs" for note, n in notes.most_common()),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Measure, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--pairs", type=int, default=300, help="consecutive pairs in the simulation")
    parser.add_argument("--server", type=int, default=60, help="pairs on a server")
    parser.add_argument("--seconds", type=int, default=900, help="begin no further pair on a server after these")
    parser.add_argument("--trust", action="store_true", help="do not ask a server which files run")
    parser.add_argument("-v", "--verbose", action="store_true", help="say which pairs fail, with names")
    options = parser.parse_args()
    provider = choose()
    asked = None if options.trust else provider
    histories = [found for folder in options.folders if (found := history(folder, asked)) is not None]
    chosen = pairs(histories, options.pairs)

    def told(pair: Pair, found: Outcome) -> Outcome:
        if options.verbose and found.kind:
            print(histories.index(pair.history), pair.before, pair.after, found, flush=True)
        return found

    simulation = [told(pair, simulated(pair)) for pair in chosen]
    server: list[Outcome] = []
    until = time.monotonic() + options.seconds
    chance = random.Random(7)
    by_shape = [chance.sample(own, len(own)) for shape in SHAPES if (own := [p for p in chosen if p.shape == shape])]
    queue = [pair for turn in zip_longest(*by_shape) for pair in turn if pair is not None]
    for pair in queue[: options.server]:
        if time.monotonic() < until:
            server += [told(pair, proved(pair, provider))]
    text = document(len(histories) - 1, simulation, server, provider.look())
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
