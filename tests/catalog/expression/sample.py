"""The sample database of these tests, and shorthands for asking its server."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policytool.catalog.expression.canonical import canonical, canonical_query
from policytool.catalog.expression.names import Node
from policytool.syntax.fragments import parse_expression, parse_query
from tests.catalog.expression.server_names import ServerNames

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

POSTS = ("public", "posts")
PATH = "public, extensions"


def text(name: str) -> str:
    """A file beside this one."""
    return (Path(__file__).parent / name).read_text()


def cases(name: str) -> list[str]:
    """The lines of a file beside this one."""
    return text(name).splitlines()


def expression(sql: str) -> Node:
    """The tree of an expression that must parse."""
    node = parse_expression(sql)
    assert node is not None, sql
    return node


def query(sql: str) -> Node:
    """The tree of a query that must parse."""
    node = parse_query(sql)
    assert node is not None, sql
    return node


class Sample:
    """A connection to the sample database."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.run("set timezone = 'UTC'")
        self.names = ServerNames(connection)

    def run(self, sql: str, path: str = PATH) -> None:
        """Run one statement."""
        self.connection.execute("select set_config('search_path', %s, false)", (path,))
        self.connection.execute(sql.encode())

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query that runs with an empty search_path."""
        self.connection.execute("set search_path = ''")
        rows = self.connection.execute(sql.encode(), parameters or None).fetchall()
        return [tuple(row) for row in rows]

    def trial(self) -> AbstractContextManager[object]:
        """What is run inside is undone at the end."""
        return self.connection.transaction(force_rollback=True)

    def using(self, source: str, path: str = PATH) -> str:
        """What the server shows of a policy."""
        with self.trial():
            self.run(f"create policy shown on public.posts using ({source})", path)
            ((shown,),) = self.ask("select pg_get_expr(polqual, polrelid) from pg_policy where polname = 'shown'")
        return str(shown)

    def view(self, source: str, path: str = PATH) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What the server shows of a view, and its columns."""
        with self.trial():
            self.run(f"create view public.shown as {source}", path)
            ((shown,),) = self.ask("select pg_get_viewdef('public.shown'::regclass)")
            columns = self.ask(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute"
                " where attrelid = 'public.shown'::regclass and attnum > 0 order by attnum"
            )
        return str(shown), tuple((str(name), str(spelled)) for name, spelled in columns)

    def canonical(self, sql: str, expected: str | None = None) -> str:
        """The canonical text of an expression on the table of posts."""
        return canonical(expression(sql), self.names, POSTS, expected=expected)

    def canonical_query(self, sql: str) -> str:
        """The canonical text of a query."""
        return canonical_query(query(sql), self.names)
