"""A diff as JSON: the stable form that other programs read, typed, so that its JSON Schema is made from it."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from policytool.diff.access import Cell
from policytool.diff.changes import Change, Hazard, Locked
from policytool.diff.run import Diff
from policytool.report.json import pretty


class ChangeDocument(Struct, frozen=True, kw_only=True):
    """One statement. What shares a `segment` commits together; `withheld` is written as a comment."""

    kind: str
    action: str
    identity: str
    hazards: tuple[Hazard, ...]
    sql: str
    segment: int
    transaction: bool
    locks: tuple[Locked, ...]
    withheld: bool


class AccessDocument(Struct, frozen=True, kw_only=True):
    """What became of one role's command on one table, view or function; the filters are null where it has none."""

    role: str
    object: str
    kind: Literal["table", "view", "function"]
    command: Literal["SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE"]
    verdict: Literal["gained", "lost", "widened", "narrowed", "changed"]
    before: str | None
    after: str | None
    because: tuple[str, ...]


class VerificationDocument(Struct, frozen=True, kw_only=True):
    """What a server said that ran the plan."""

    passed: bool
    server: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    statements: int
    tables: int
    rows: int


class UnmodelledDocument(Struct, frozen=True, kw_only=True):
    """What could not be read of either side."""

    path: str
    line: int
    message: str


class DiffDocument(Struct, frozen=True, kw_only=True):
    """A diff: its statements in order, what changes in who may do what, and what is wrong with the plan."""

    before: str
    after: str
    closes: bool
    online: bool
    hazards: tuple[Hazard, ...]
    changes: tuple[ChangeDocument, ...]
    access: tuple[AccessDocument, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    verification: VerificationDocument | None
    unmodelled: tuple[UnmodelledDocument, ...]


def render(diff: Diff) -> str:
    """Changes with their hazards and locks, access, and what is wrong with the plan."""
    return pretty(msgspec.to_builtins(document(diff)))


def document(diff: Diff) -> DiffDocument:
    """The same, typed."""
    proof = diff.verification
    return DiffDocument(
        before=diff.before,
        after=diff.after,
        closes=not diff.problems,
        online=diff.online,
        hazards=diff.overall,
        changes=tuple(map(_change, diff.changes)),
        access=tuple(_cell(cell) for cell in diff.access if cell.verdict != "unchanged"),
        problems=diff.problems,
        notes=diff.notes,
        verification=None
        if proof is None
        else VerificationDocument(**{name: getattr(proof, name) for name in VerificationDocument.__struct_fields__}),
        unmodelled=tuple(
            UnmodelledDocument(path=u.location.path, line=u.location.line, message=u.message) for u in diff.unmodelled
        ),
    )


def _change(change: Change) -> ChangeDocument:
    return ChangeDocument(
        kind=change.kind,
        action=change.action,
        identity=change.identity,
        hazards=change.hazards,
        sql=change.sql,
        segment=change.segment,
        transaction=not change.alone,
        locks=change.locks,
        withheld=change.withheld,
    )


def _cell(cell: Cell) -> AccessDocument:
    return AccessDocument(**{name: getattr(cell, name) for name in AccessDocument.__struct_fields__})
