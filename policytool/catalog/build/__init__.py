"""The catalog that Postgres would build, folded from statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from policytool.catalog.build.dispatch import fold
from policytool.catalog.build.platform import Platform, start, switch
from policytool.catalog.build.state import Change, State
from policytool.catalog.objects import Catalog, Unmodelled
from policytool.source.model import SqlFile
from policytool.syntax.parse import Parsed, collector_paused, parse_file
from policytool.syntax.statement import Statement

__all__ = ["Built", "Change", "build"]


class Built(Struct, frozen=True, kw_only=True):
    """A catalog with the statements that made it and what each of them changed."""

    catalog: Catalog
    statements: tuple[Statement, ...]
    journal: tuple[Change, ...]
    platform: Platform
    roots: tuple[SqlFile, ...] = ()  # for each statement the file that was run, which may include the statement's


def build(files: Sequence[SqlFile], platform: Platform) -> Built:
    """Fold the files, in their order, onto the platform's catalog. Nothing is executed; nothing raises on bad SQL."""
    statements: list[Statement] = []
    roots: list[SqlFile] = []
    with collector_paused():
        state = start(platform)
        for file in files:
            _fold_file(state, file, platform, statements)
            roots += [file] * (len(statements) - len(roots))
    return Built(
        catalog=state.catalog(platform.name),
        statements=tuple(statements),
        journal=tuple(c for c in state.journal if c.statement >= 0),
        platform=platform,
        roots=tuple(roots),
    )


def _fold_file(state: State, file: SqlFile, platform: Platform, statements: list[Statement]) -> None:
    state.reset_session()
    switch(state, platform, file)
    parsed = parse_file(file)
    for statement in parsed.statements:
        state.statement, state.ordinal = statement, len(statements)
        statements.append(statement)
        fold(state, statement.kind, statement.node)
    state.statement = None
    state.unmodelled.extend(_problems(parsed))


def _problems(parsed: Parsed) -> Iterable[Unmodelled]:
    for problem in parsed.problems:
        # That a file controls transactions itself changes nothing in the catalog.
        security = problem.kind != "transaction"
        yield Unmodelled(location=problem.location, kind=problem.kind, message=problem.message, security=security)
