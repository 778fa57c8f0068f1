"""Runs one statement as whom it needs: the session's own role, or for what only a superuser may do, the server's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer
from typing import TYPE_CHECKING, Any, NamedTuple

from policytool.postgres.guard import refusal
from policytool.postgres.privileged import EXTENSIONS, owned_by_superuser
from policytool.postgres.results import ApplyError
from policytool.postgres.steps import Step, steps_of
from policytool.postgres.substitutes import for_this_database, moved
from policytool.source.model import SqlFile
from policytool.syntax.location import line_index
from policytool.syntax.raw import Raw, Unparsable, parse

if TYPE_CHECKING:
    import psycopg

    from policytool.postgres.administrator import Administrator
    from policytool.postgres.server import Connection

NOT_PERMITTED = "42501"
LONGEST = 60.0  # seconds
REFUSED = "refused before it reached the server"


class Extensions(NamedTuple):
    """What a platform does about an extension: where it goes unless the statement says, and what is run after it.

    `instead` is what is run on a server that lacks it and cannot be given a stand-in; it gets the schema asked for.
    """

    home: Callable[[str], str | None]
    after: Callable[[str], SqlFile | None]
    instead: Callable[[str, str | None], str | None] = lambda _name, _schema: None


# Of a CREATE EXTENSION in a body: its name, and the schema it asks for.
_EXTENSION = (
    r"create\s+extension\s+(?:if\s+not\s+exists\s+)?\"?{name}\"?(?:\s+with)?(?:\s+schema\s+\"?(?P<schema>\w+))?"
)
_NO_EXTENSION = re.compile(r'permission denied to create extension "(?P<name>[^"]+)"')
_SCHEMA = re.compile(r"\bschema\s+\"?(?P<name>\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Who runs what only a superuser may, and what comes with an extension."""

    administrator: Administrator | None = None
    extensions: Extensions | None = None
    watch: Callable[[Connection], None] = lambda _: None


def perform(
    connection: Connection,
    statement: str,
    rights: Rights,
    execute: Callable[[Connection, str], object],
    wanted: Sequence[str] = (),
) -> str | None:
    """Run one statement as whom it needs, or say why it must not run; `wanted` are extensions to make before."""
    trees = _parsed(statement)
    if isinstance(trees, str):
        return trees
    if reason := refusal(trees):
        return reason
    for name in wanted:
        found = re.search(_EXTENSION.format(name=re.escape(name)), statement, re.IGNORECASE)
        where = f' schema "{found["schema"]}"' if found and found["schema"] else ""
        _make_extension(connection, f'create extension "{name}"{where}', name, rights)
    stmt = trees[0].stmt if len(trees) == 1 else {}
    sql = moved(connection, for_this_database(connection, statement, stmt), stmt)
    administrator = rights.administrator
    if administrator is not None and not (stmt and administrator.takes(stmt)):
        execute(connection, sql)
    elif "CreateExtensionStmt" in stmt:
        _make_extension(connection, sql, stmt["CreateExtensionStmt"]["extname"], rights)
    elif administrator is None:
        execute(connection, sql)
    else:
        (owner,) = connection.execute("select current_user").fetchone() or ("",)
        administrator.run(connection, sql)
        if "AlterObjectSchemaStmt" in stmt:
            administrator.settle(connection, "")
        if item := owned_by_superuser(stmt):
            administrator.give(connection, *item, owner)
    return None


def extension_wanted(error: psycopg.Error, rights: Rights, made: Sequence[str]) -> str | None:
    """The extension that a body wanted to make and may not, if the superuser can make it before."""
    found = _NO_EXTENSION.match(error.diag.message_primary or "")
    name = found["name"] if found and rights.administrator else None
    return name if name in EXTENSIONS and name not in made else None


@contextmanager
def ended_in_time(connection: Connection, text: str, longest: float = LONGEST) -> Iterator[None]:
    """A dump begins with `set statement_timeout = 0`; from there on the clock is ours."""
    if "statement_timeout" not in text:
        yield
        return
    timer = Timer(longest, connection.cancel_safe)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def refused(step: Step, reason: str) -> ApplyError:
    """The error of a statement that must not be sent."""
    return placed(step, NOT_PERMITTED, f"{REFUSED}: {reason}")


def placed(step: Step, sqlstate: str, message: str) -> ApplyError:
    """An error of ours, at a statement."""
    line, column = line_index(step.file.text).position(step.piece.body)
    return ApplyError(
        path=step.file.path, line=line, column=column, statement=step.sql, sqlstate=sqlstate, message=message
    )


def described(step: Step, error: psycopg.Error, *, exact: bool = True) -> ApplyError:
    """What Postgres said, and where; not `exact` where it was sent another text than the file holds."""
    diagnostic: Any = error.diag
    administered = "policytool_administer" in (diagnostic.context or "")
    offset = int((diagnostic.internal_position if administered else diagnostic.statement_position) or 1) - 1
    line, column = line_index(step.file.text).position(step.piece.body + (offset if exact else 0))
    return ApplyError(
        path=step.file.path,
        line=line,
        column=column,
        statement=step.sql,
        sqlstate=error.sqlstate or "",
        message=diagnostic.message_primary or str(error).strip(),
        detail=diagnostic.message_detail,
        hint=diagnostic.message_hint,
        context=None if administered else diagnostic.context,
    )


def _parsed(sql: str) -> list[Raw] | str:
    """The trees of a statement, none where Postgres will refuse it by itself, or why it must not be sent."""
    try:
        return parse(sql)
    except Unparsable as error:
        return error.message if "too deeply" in error.message else []


def _make_extension(connection: Connection, statement: str, name: str, rights: Rights) -> None:
    """Make an extension as the superuser, so that it owns it and the project's default privileges leave it alone."""
    home = rights.extensions.home(name) if rights.extensions else None
    after = rights.extensions.after(name) if rights.extensions else None
    asked = _SCHEMA.search(statement)
    where = f" schema {home}" if home is not None and not asked else ""
    there = b"select from pg_catalog.pg_extension where extname = %s"
    if rights.extensions and (script := rights.extensions.instead(name, asked["name"] if asked else None)):
        statement = statement + where if connection.execute(there, [name]).fetchone() is not None else script
    else:
        statement += where
    commands = [statement, *(step.sql for step in steps_of(after, []))] if after else [statement]
    for command in commands:
        if rights.administrator is None:
            connection.execute(command.encode())
        else:
            rights.administrator.run(connection, command)
    if rights.administrator is not None:
        rights.administrator.settle(connection, name)
