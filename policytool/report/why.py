"""Why somebody may or may not do something, as text and JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from msgspec import Struct

from policytool.finding import Related
from policytool.report.json import pretty
from policytool.report.words import printable
from policytool.testing.deciding.decision import Decider
from policytool.testing.deciding.inquiry import Reply


class WhyDocument(Struct, frozen=True, kw_only=True):
    """The answer as other programs read it."""

    actor: str
    role: str
    command: str
    table: str
    row: str  # "" where the statement is about all rows
    allowed: bool  # by grants and policies
    outcome: str
    by: str  # grant, policy, read policy, row security off, exempt, no row, trigger, constraint, error, unknown
    text: str
    because: tuple[Related, ...]
    policies: tuple[Decider, ...]
    sql: str
    file: str  # of the policy test that has the actor or the row


def render(reply: Reply, form: str, *, width: int = 80, verbosity: int = 0) -> str:
    """The answer in one format."""
    if form == "json":
        return pretty(_document(reply))
    return "\n".join(_text(reply, width, verbosity)) + "\n"


def _document(reply: Reply) -> WhyDocument:
    found = reply.decision
    return WhyDocument(
        actor=reply.actor,
        role=reply.role,
        command=reply.command,
        table=reply.table,
        row=reply.row,
        allowed=reply.allowed,
        outcome=found.outcome,
        by=found.by,
        text=found.text,
        because=found.because,
        policies=found.policies,
        sql=reply.sql,
        file=reply.file,
    )


def _text(reply: Reply, width: int, verbosity: int) -> Iterator[str]:
    may = "may" if reply.allowed else "may not"
    role = f" ({printable(reply.role)})" if reply.role != reply.actor else ""
    what = reply.row or reply.table
    like = "a row like " if reply.command == "INSERT" and reply.row else "into " if reply.command == "INSERT" else ""
    yield f"{printable(reply.actor)}{role} {may} {reply.command.lower()} {like}{printable(what)}"
    yield from _wrapped(reply.decision.text, width)
    if verbosity >= 0:
        yield ""
        yield from _wrapped(reply.sql, width)
    if verbosity > 0:
        for reason in reply.decision.because:
            at = f" ({reason.location.path}:{reason.location.line})" if reason.location else ""
            yield from _wrapped(f"because {reason.message}{at}", width)
        if reply.file:
            yield f"  rows of {printable(reply.file)}"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        printable(text), width - 2, initial_indent="  ", subsequent_indent="  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
