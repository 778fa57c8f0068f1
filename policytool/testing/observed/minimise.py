"""A leak as few numbered statements, run once more on the schema as it is, with what let it through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.finding import Related
from policytool.postgres.session import Answer, Broken
from policytool.testing.deciding.ablation import decided
from policytool.testing.deciding.asked import asked
from policytool.testing.observed.leaks import Leak, Step
from policytool.testing.outcomes import Outcome, outcome

if TYPE_CHECKING:
    from policytool.testing.observed.stage import Stage


class Numbered(Struct, frozen=True, kw_only=True):
    """One statement of a leak as it is to be run: as which role, with which claims."""

    who: str
    role: str
    claims: str  # the JSON of request.jwt.claims, '' without a token
    settings: dict[str, str]
    sql: str
    outcome: str


class Shown(Struct, frozen=True, kw_only=True):
    """A leak that was shown: `because` names the grant and the policy with their places; `note` what else to know."""

    leak: Leak
    steps: tuple[Numbered, ...]
    because: tuple[Related, ...]
    decided: str
    note: str = ""


class Shower:
    """Runs leaks again, in a transaction in which the schema is as the project has it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._names = {p.number("uuid"): p.name for p in stage.worlds.people}

    def show(self, leak: Leak) -> Shown:
        """The steps with what came of each, and what decided the last."""
        numbered: list[Numbered] = []
        with self.stage.session.savepoint():
            for step in leak.steps[:-1]:
                answer = self._run(step, keep=True)
                numbered.append(self._numbered(step, outcome(answer, step.command)))
            last = leak.steps[-1]
            answer = self._run(last)
            said = outcome(answer, last.command)
            numbered.append(self._numbered(last, said))
            note = "" if said.kind == "allowed" else f"on the rows as they are it ends with: {answer.message or said}"
            text, because = self._why(leak, last, answer)
        return Shown(leak=leak, steps=tuple(numbered), because=because, decided=text, note=note)

    def _why(self, leak: Leak, step: Step, answer: Answer) -> tuple[str, tuple[Related, ...]]:
        """What let the statement through: found by closing and opening each gate in turn."""
        catalog = self.stage.access.catalog
        try:
            statement = asked(step.sql, catalog, command=step.command if step.command != "EXECUTE" else None)
            found = decided(self.stage.session, catalog, step.who.actor, statement, answer, people=self._names)
        except Broken as broken:
            return str(broken), tuple(self._said(leak))
        because = tuple(dict.fromkeys((*self._policies(leak, step, found.because), *found.because)))
        return found.text, because

    def _policies(self, leak: Leak, step: Step, found: tuple[Related, ...]) -> Iterator[Related]:
        """The policy that is to blame where ablation names none."""
        if not any("polic" in r.message or "row level" in r.message for r in found):
            yield from self._said(leak)

    def _said(self, leak: Leak) -> Iterator[Related]:
        access, table = self.stage.access, self.stage.access.catalog.tables[leak.table]
        if leak.through:
            return
        if not table.rls_enabled:
            yield Related(message="row level security is off", location=table.made)
        command = leak.command if leak.command in ("SELECT", "INSERT", "UPDATE", "DELETE") else "SELECT"
        permissive, _ = access.applying(leak.who.role, table, command)  # type: ignore[arg-type]
        for policy in permissive if table.rls_enabled else ():
            yield Related(message=f'policy "{policy.name}"', location=policy.made)

    def _run(self, step: Step, *, keep: bool = False) -> Answer:
        try:
            return self.stage.session.attempt(step.who.identity, step.sql, keep=keep)
        except Broken as broken:
            return Answer(sqlstate="XX000", message=str(broken))

    def _numbered(self, step: Step, said: Outcome) -> Numbered:
        settings = dict(step.who.identity.settings)
        claims = settings.pop("request.jwt.claims", "")
        kept = {n: v for n, v in settings.items() if not n.startswith("request.jwt.claim.")}
        text = f"{said.rows} rows" if said.kind == "allowed" and said.rows != 1 else "1 row" if said.rows else str(said)
        return Numbered(who=step.who.name, role=step.who.role, claims=claims, settings=kept, sql=step.sql, outcome=text)
