"""Which tables the body of a function reads and writes."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from policytool.catalog.build.plpgsql.bodies import prepared, statement
from policytool.catalog.model import Function, Name
from policytool.syntax.fragments import parse_query
from policytool.syntax.node import range_var, walk
from policytool.syntax.plpgsql import parse_body
from policytool.syntax.split import split

Node = Mapping[str, Any]
_WRITES = {"InsertStmt": "relation", "UpdateStmt": "relation", "DeleteStmt": "relation", "MergeStmt": "relation"}


class Touched(Struct, frozen=True, kw_only=True):
    """Tables as (schema or None, name), as the body writes them. `opaque`: there is SQL in it that cannot be read."""

    reads: frozenset[tuple[str | None, str]] = frozenset()
    writes: frozenset[tuple[str | None, str]] = frozenset()
    opaque: bool = False


@functools.lru_cache(maxsize=4096)
def touched(function: Function) -> Touched:
    """What the static SQL of a body touches; SQL that it puts together at run time is opaque."""
    reads: set[tuple[str | None, str]] = set()
    writes: set[tuple[str | None, str]] = set()
    opaque = False
    for tree in _queries(function):
        if tree is None:
            opaque = True
            continue
        for kind, body in walk(tree):
            if kind in _WRITES and "relation" in body:
                writes.add(range_var(body["relation"]))
            elif kind == "RangeVar":
                reads.add(range_var(body))
            elif kind in ("TruncateStmt", "RefreshMatViewStmt", "CopyStmt"):
                opaque = True
    return Touched(reads=frozenset(reads), writes=frozenset(writes), opaque=opaque)


@functools.lru_cache(maxsize=4096)
def plpgsql_tree(function: Function) -> dict[str, Any] | None:
    """The tree of a PL/pgSQL body, its arguments known by name; None where it cannot be parsed."""
    tree = parse_body(statement(function, function.body, _never))
    for is_row in (_never, _always) if tree is None else ():
        # The parser stumbles over types of other schemas, and wants to be told which of them are rows.
        tree = tree or parse_body(statement(function, prepared(function.body, is_row)[0], is_row))
    return tree


def _never(_: str) -> bool:
    return False


def _always(_: str) -> bool:
    return True


def _queries(function: Function) -> Iterator[Node | None]:
    """The trees of every query in a body; None for what cannot be read."""
    if function.language == "sql":
        for piece in split(function.body):
            yield parse_query(function.body[piece.start : piece.end])
        return
    tree = plpgsql_tree(function) if function.language == "plpgsql" else None
    if tree is None:
        yield None
        return
    for kind, body in walk(tree):
        if kind in ("PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"):
            yield None
        elif kind == "PLpgSQL_expr":
            yield _expression(body)


def _expression(body: Node) -> Node | None:
    text = body.get("query", "")
    # parseMode 0 is a statement; the others are expressions and assignments, whose sub-queries count too.
    if body.get("parseMode", 0) == 0:
        return parse_query(text)
    _, assigned, value = text.partition(":=") if body.get("parseMode") in (3, 4, 5) else ("", "", text)
    return parse_query(f"select {value if assigned else text}") if "select" in text.lower() else {}


def resolve(name: tuple[str | None, str], tables: Mapping[Name, object], default: str = "public") -> Name | None:
    """The table that a name in a body means, taking `default` for names without a schema."""
    key = (name[0] or default, name[1])
    return key if key in tables else None
