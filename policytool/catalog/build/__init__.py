"""The catalog that Postgres would build, folded from statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.build.dispatch import fold
from policytool.catalog.build.fork import fork
from policytool.catalog.build.platform import Platform, start, switch
from policytool.catalog.build.state import Change
from policytool.catalog.objects import Catalog, Unmodelled
from policytool.source.model import SqlFile
from policytool.syntax.parse import Parsed, collector_paused, parse_file
from policytool.syntax.statement import Statement

__all__ = ["Builder", "Built", "Change", "build"]


class Built(Struct, frozen=True, kw_only=True):
    """A catalog with the statements that made it and what each of them changed."""

    catalog: Catalog
    statements: tuple[Statement, ...]
    journal: tuple[Change, ...]
    platform: Platform
    roots: tuple[SqlFile, ...] = ()  # for each statement the file that was run, which may include the statement's
    paths: tuple[tuple[str, ...], ...] = ()  # for each statement the schemas where it looks for unqualified names


def build(files: Sequence[SqlFile], platform: Platform) -> Built:
    """Fold the files, in their order, onto the platform's catalog. Nothing is executed; nothing raises on bad SQL."""
    builder = Builder(platform)
    builder.add(files)
    return builder.built()


class Builder:
    """A build that can be looked at after any file, and from there go on in more ways than one."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._statements: list[Statement] = []
        self._roots: list[SqlFile] = []
        self._paths: list[tuple[str, ...]] = []
        self._parsed: dict[SqlFile, Parsed] | None = None  # shared by all forks; None before the first one
        with collector_paused():
            self._state = start(platform)

    def add(self, files: Iterable[SqlFile]) -> None:
        """Fold more files onto what there is."""
        with collector_paused():
            for file in files:
                self._fold(file)
                self._roots += [file] * (len(self._statements) - len(self._roots))

    def fork(self) -> Builder:
        """Another build that goes on from here. From now on neither parses a file that the other has parsed."""
        if self._parsed is None:
            self._parsed = {}
        other = copy(self)
        other._state = fork(self._state)
        other._statements, other._roots = self._statements.copy(), self._roots.copy()
        other._paths = self._paths.copy()
        return other

    def built(self) -> Built:
        """What has been built so far."""
        return Built(
            catalog=self._state.catalog(self.platform.name),
            statements=tuple(self._statements),
            journal=tuple(c for c in self._state.journal if c.statement >= 0),
            platform=self.platform,
            roots=tuple(self._roots),
            paths=tuple(self._paths),
        )

    def _fold(self, file: SqlFile) -> None:
        state = self._state
        state.reset_session()
        switch(state, self.platform, file)
        parsed = self._parse(file)
        for statement in parsed.statements:
            state.statement, state.ordinal = statement, len(self._statements)
            self._statements.append(statement)
            self._paths.append(state.path)
            fold(state, statement.kind, statement.node)
        state.statement = None
        state.unmodelled.extend(_problems(parsed))

    def _parse(self, file: SqlFile) -> Parsed:
        if self._parsed is None:
            return parse_file(file)
        alike = replace(file, order=0)  # the same file after one more before it
        if alike not in self._parsed:
            self._parsed[alike] = parse_file(file)
        return self._parsed[alike]


def _problems(parsed: Parsed) -> Iterable[Unmodelled]:
    for problem in parsed.problems:
        # That a file controls transactions itself changes nothing in the catalog.
        security = problem.kind != "transaction"
        yield Unmodelled(location=problem.location, kind=problem.kind, message=problem.message, security=security)
