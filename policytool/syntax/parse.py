"""A file to statements: at once where it parses, piece by piece where it does not."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from policytool.source.model import SqlFile
from policytool.syntax import raw
from policytool.syntax.assemble import assemble, found
from policytool.syntax.problem import Problem, problem_at
from policytool.syntax.recover import Recovery
from policytool.syntax.statement import Statement


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says, in the order it runs, and what of it could not be read."""

    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...] = ()


def parse_files(files: Iterable[SqlFile]) -> Parsed:
    """All files, one after the other."""
    with collector_paused():
        parts = [parse_file(file) for file in files]
    return Parsed(
        statements=tuple(statement for part in parts for statement in part.statements),
        problems=tuple(problem for part in parts for problem in part.problems),
    )


def parse_file(file: SqlFile) -> Parsed:
    """The statements of one file and of those it includes; never fails."""
    try:
        raws = raw.parse(file.text)
    except raw.Unparsable:
        return _recovered(file)
    statements = assemble(file, list(found(raws, file.text)))
    return Parsed(statements=tuple(statements), problems=_transactions(file, statements))


@contextmanager
def collector_paused() -> Iterator[None]:
    """Stop looking for reference cycles for a while."""
    # Parse trees are large and hold no cycles, and looking for cycles in them takes as long as parsing.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _recovered(file: SqlFile) -> Parsed:
    recovery = Recovery(file)
    recovery.run()
    own = assemble(file, recovery.found)
    problems = list(recovery.problems)
    statements: list[Statement] = []
    taken = 0
    for position, command, piece in recovery.commands:
        statements += own[taken:position]
        taken = position
        if included := _included(file, command.argument) if command.verdict == "include" else None:
            part = parse_file(included)
            statements += part.statements
            problems += part.problems
        elif command.verdict != "silent":
            text = file.text[piece.body : piece.end].rstrip()
            span = (piece.body, piece.body + len(text))
            problems.append(problem_at(file, "psql", f"\\{command.name} {command.meaning}", span, text))
    problems += _transactions(file, own)
    problems.sort(key=lambda problem: (problem.location.path != file.path, problem.location))
    return Parsed(statements=(*statements, *own[taken:]), problems=tuple(problems))


def _included(file: SqlFile, name: str) -> SqlFile | None:
    return next((include.file for include in file.includes if include.name == name), None)


def _transactions(file: SqlFile, statements: list[Statement]) -> tuple[Problem, ...]:
    """A file that ends or rolls back the transaction its tool runs it in leaves part of itself unprotected."""
    if not file.transaction:
        return ()
    for statement in statements:
        if statement.kind == "TransactionStmt":
            place = statement.location
            message = "the file controls transactions itself, though its tool runs it in one"
            return (Problem(location=place, kind="transaction", message=message, sql=statement.sql),)
    return ()
