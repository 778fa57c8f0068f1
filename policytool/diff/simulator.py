"""What the statements of a plan would do: they are folded onto BEFORE as they are made, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from policytool.catalog.build.begin import begin
from policytool.catalog.build.dispatch import execute
from policytool.catalog.build.fork import fork
from policytool.catalog.build.platform import Platform
from policytool.catalog.build.state import Change, NotModelled, Refused, State
from policytool.catalog.objects import Catalog
from policytool.source.model import SqlFile
from policytool.syntax.parse import collector_paused, parse_file
from policytool.syntax.statement import Statement


class Done(Struct, frozen=True, kw_only=True):
    """A statement of the plan, what it changed, and why Postgres would refuse it, if it would."""

    sql: str
    statement: Statement | None
    changes: tuple[Change, ...] = ()
    refused: str | None = None
    segment: int = 0
    path: tuple[str, ...] = ()


class Simulator:
    """A catalog under change, and the statements that changed it so far."""

    def __init__(self, before: Catalog, platform: Platform) -> None:
        self.platform = platform
        self.before = before
        with collector_paused():
            self.state: State = begin(before, platform)
        self.done: list[Done] = []
        self.remarks: list[str] = []
        self.guessed: set[str] = set()  # the statements that rest on a guess
        self.segment = 0
        self.boundaries: list[Catalog] = []  # the catalog at each commit but the last
        self.awaited: list[frozenset[str] | None] = []  # for each commit the words without which it is not needed

    def catalog(self) -> Catalog:
        """What there is now."""
        return self.state.catalog(self.platform.name)

    def fork(self) -> State:
        """A state to try something on."""
        return fork(self.state)

    def commit(self, awaited: frozenset[str] | None = None) -> None:
        """End a segment: what follows is another transaction, if it speaks of what is awaited at all."""
        self.boundaries.append(self.catalog())
        self.awaited.append(awaited)
        self.segment += 1

    def run(self, statements: Iterable[str]) -> None:
        """Fold statements; remarks are kept apart."""
        sql: list[str] = []
        for text in statements:
            if text.startswith("--"):
                self.remarks.append(text.removeprefix("--").strip())
            else:
                sql.append(text)
        if sql:
            with collector_paused():
                for text, parsed in zip(sql, _parsed(sql), strict=True):
                    self._fold(text, parsed)

    def _fold(self, sql: str, statement: Statement | None) -> None:
        if statement is None:
            self.done.append(Done(sql=sql, statement=None, refused="it does not parse", segment=self.segment))
            return
        state, start = self.state, len(self.state.journal)
        state.statement, state.ordinal = statement, len(self.done)
        mark, path, refused = state.savepoint(), state.path, None
        try:
            execute(state, statement.kind, statement.node)
        except Refused as error:
            state.rollback(mark)
            refused = error.message
        except NotModelled as error:
            if error.security:
                self.remarks.append(f"{sql.partition(chr(10))[0]}: {error.message}")
        state.statement = None
        changes = tuple(state.journal[start:])
        self.done.append(
            Done(sql=sql, statement=statement, changes=changes, refused=refused, segment=self.segment, path=path)
        )


def _parsed(sql: Sequence[str]) -> Sequence[Statement | None]:
    whole = parse_file(SqlFile(path="plan.sql", text=";\n".join(sql) + ";\n")).statements
    if len(whole) == len(sql):
        return whole
    found: list[Statement | None] = []
    for text in sql:
        statements: Sequence[Any] = parse_file(SqlFile(path="plan.sql", text=f"{text};\n")).statements
        found.append(statements[0] if len(statements) == 1 else None)
    return found
