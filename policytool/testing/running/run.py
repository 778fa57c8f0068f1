"""Runs a file's cases on a ground: as each actor, with settings unset and emptied, in transactions that are undone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from msgspec import Struct, structs

from policytool.catalog.objects import Catalog
from policytool.postgres.entitled import Actors
from policytool.postgres.session import Broken, Session, open_session
from policytool.testing.actors import CLAIMS, LEGACY_SETTINGS
from policytool.testing.deciding.ablation import decided
from policytool.testing.deciding.asked import asked
from policytool.testing.ground import Ground
from policytool.testing.running.bench import Bench
from policytool.testing.running.cases import Case, Run, cases
from policytool.testing.running.judge import judge
from policytool.testing.running.results import Result
from policytool.testing.running.tenancy import Tenancy, settle
from policytool.testing.running.verdict import Verdict, failed
from policytool.testing.running.world import World, prepare
from policytool.testing.suites.suite import Suite, Who

_SETTING: Final = re.compile(r"current_setting\(\s*'([a-z_]\w*\.[\w.]+)'", re.IGNORECASE)
_OTHERS: Final = "*"  # cases in which several act have a session of their own


class Prepared(Struct, frozen=True, kw_only=True):
    """A file whose rows are planted in a database."""

    suite: Suite
    catalog: Catalog
    actors: Actors
    world: World
    tenancy: Tenancy | None
    cases: tuple[Case, ...]
    emptied: tuple[str, ...]


@contextmanager
def prepared(ground: Ground, suite: Suite) -> Iterator[Prepared]:
    """A copy of the database with the rows of a file. Raises BadActor."""
    catalog = ground.built.catalog
    with ground.actors() as actors:
        with open_session(actors) as session:
            world = prepare(session, suite, catalog)
            tenancy = None
            if suite.isolation is not None:
                world, tenancy = settle(session, world, suite.isolation)
        yield Prepared(
            suite=suite,
            catalog=catalog,
            actors=actors,
            world=world,
            tenancy=tenancy,
            cases=cases(suite, catalog),
            emptied=settings_of(suite, catalog),
        )


def settings_of(suite: Suite, catalog: Catalog) -> tuple[str, ...]:
    """The settings by which a session may be known: a connection that served others has some of them emptied."""
    found = {name for actor in suite.actors.values() for name in actor.settings}
    if any(actor.claims is not None for actor in suite.actors.values()):
        found |= {CLAIMS, *LEGACY_SETTINGS}
    texts = [t for table in catalog.tables.values() for p in table.policies for t in (p.using, p.with_check) if t]
    texts += [f.body for f in catalog.functions.values() if f.origin is None]
    said = {name.lower() for text in texts for name in _SETTING.findall(text)}
    # What PostgREST sets for every request is never empty.
    return tuple(sorted(found | {name for name in said if not name.startswith("request.")}))


class Runner:
    """Sessions on one prepared file; one for each actor, so that what nobody set is unset, and one used by all."""

    def __init__(
        self,
        prepared: Prepared,
        stack: ExitStack,
        *,
        grants: str = "",
        explain: bool = True,
        only: Session | None = None,
    ) -> None:
        """With `only`, that session is the only one, and each case is tried once."""
        self._prepared = prepared
        self._only = Bench(only, prepared.world) if only else None
        self._stack = stack
        self._benches: dict[tuple[str, bool], Bench] = {}
        self._grants = grants
        self._explain = explain

    def run(self, case: Case) -> Result:
        """Try a case in each state."""
        began = time.perf_counter()
        verdict = self._once(case, reused=False)
        if verdict.passed and self._may_differ(case):
            again = self._once(case, reused=True)
            verdict = verdict if again.passed else _differing(verdict, again)
        return self._result(case, verdict, time.perf_counter() - began)

    def _once(self, case: Case, *, reused: bool) -> Verdict:
        name = case.actor if not _several(case) else _OTHERS
        bench = self.bench(name, reused=reused)
        try:
            return judge(bench, case, self._prepared.tenancy, partial(self._why, bench))
        except Broken as broken:
            if self._only is not None:
                raise
            del self._benches[_OTHERS if reused else name, reused]
            return failed(str(broken), "error")

    def bench(self, name: str, *, reused: bool) -> Bench:
        """On a connection that nobody used before, or on one that has served everybody."""
        if self._only is not None:
            return self._only
        key = (_OTHERS if reused else name, reused)
        if key not in self._benches:
            emptied = self._prepared.emptied if reused else ()
            session: Session = self._stack.enter_context(open_session(self._prepared.actors, emptied=emptied))
            # One transaction for all: what a case does it undoes by savepoints.
            self._stack.enter_context(session.transaction())
            self._benches[key] = Bench(session, self._prepared.world, next(iter(self._benches.values()), None))
        return self._benches[key]

    def _may_differ(self, case: Case) -> bool:
        """Whether there is a setting that the actor does not set itself."""
        if self._only is not None:
            return False
        if _several(case) or not case.actor:
            return bool(self._prepared.emptied)
        mine = self._prepared.suite.actors[case.actor].identity().settings
        return any(name not in mine for name in self._prepared.emptied)

    def _why(self, bench: Bench, verdict: Verdict) -> str:
        if verdict.answer is None or not verdict.actor or not self._explain:
            return ""
        statement = asked(verdict.sql, self._prepared.catalog, command=verdict.command, row=str(verdict.handle or ""))
        people = {a.user: name for name, a in self._prepared.suite.actors.items() if a.user}
        actor = bench.actor(verdict.actor)
        found = decided(bench.session, self._prepared.catalog, actor, statement, verdict.answer, people=people)
        return found.text

    def _result(self, case: Case, verdict: Verdict, seconds: float) -> Result:
        suite = self._prepared.suite
        actor = case.actor or verdict.actor
        planted = self._prepared.world.rows.get(verdict.handle.key) if verdict.handle else None
        shown = not verdict.passed
        return Result(
            file=suite.path,
            line=case.at.line,
            name=case.name,
            actor=actor,
            role=suite.actors[actor].role if actor else "",
            grants=self._grants,
            expected=case.expected,
            outcome=verdict.outcome,
            passed=verdict.passed,
            seconds=seconds,
            problem=verdict.problem,
            sql=verdict.sql if shown else "",
            message=verdict.answer.message if shown and verdict.answer else "",
            why=verdict.why,
            row={k: v for k, v in planted.row.items() if k != "ctid"} if planted and shown else None,
        )


def _several(case: Case) -> bool:
    """Whether more than one actor has a part in it."""
    match case.probe:
        case Who():
            return True
        case Run(statement=statement):
            others = [*(step.actor for step in statement.first), *(check.actor for check in statement.then)]
            return any(name is not None and name != case.actor for name in others)
    return False


def _differing(fresh: Verdict, again: Verdict) -> Verdict:
    return structs.replace(
        again,
        outcome=f"{fresh.outcome}; on a reused connection {again.outcome}",
        problem=f"passes where settings are unset, but not where a connection holds them emptied: {again.problem}",
    )


@contextmanager
def started(prepared: Prepared, *, grants: str = "", explain: bool = True) -> Iterator[Runner]:
    """A runner whose sessions end with the block."""
    with ExitStack() as stack:
        yield Runner(prepared, stack, grants=grants, explain=explain)


def run_suite(
    ground: Ground,
    suite: Suite,
    *,
    grants: str = "",
    explain: bool = True,
    wanted: Callable[[Case], bool] = lambda _: True,
) -> Iterator[Result]:
    """The results of a file, one by one."""
    with prepared(ground, suite) as found, started(found, grants=grants, explain=explain) as runner:
        for case in found.cases:
            if wanted(case):
                yield runner.run(case)
