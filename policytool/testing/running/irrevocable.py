"""What a rollback does not take back: such tests are not run in a database that is not throwaway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policytool.catalog.model import Function
from policytool.catalog.objects import Catalog
from policytool.syntax import raw
from policytool.syntax.node import kind_of
from policytool.testing.suites.suite import Operation, Suite

_PLAIN: Final = ("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")
# Calls that reach outside of the transaction: other connections, the web, files, other sessions.
_OUTSIDE: Final = re.compile(
    r"\b(dblink\w*|http|http_(?:get|post|put|patch|delete|head)|pg_background_\w+|lo_(?:import|export)|pg_file_\w+"
    r"|pg_(?:terminate|cancel)_backend|pg_reload_conf|pg_switch_wal|pg_logical_emit_message)\s*\(|\bto\s+program\b",
    re.IGNORECASE,
)
_NET: Final = re.compile(r"\bnet\.http_\w+\s*\(", re.IGNORECASE)  # pg_net sends what is committed, and so nothing
_TRUSTED: Final = ("sql", "plpgsql", "internal")


def irrevocable(suite: Suite, catalog: Catalog) -> Iterator[str]:
    """Why the tests of a file cannot be run where they must leave no trace."""
    for place, operation in _operations(suite):
        if operation.procedure:
            yield f"{place}: a procedure may commit"
        elif operation.sql and not _plain(operation.sql):
            yield f"{place}: only one SELECT, INSERT, UPDATE, DELETE or MERGE can be taken back for certain"
        elif operation.sql and (found := outside(operation.sql)):
            yield f"{place}: {found} reaches outside of the transaction"
    for function in _reached(suite, catalog):
        if found := outside(function.body):
            yield f"function {function.schema}.{function.name}: {found} reaches outside of the transaction"
        elif function.language not in _TRUSTED:
            yield f"function {function.schema}.{function.name}: what {function.language} does is not known"


def outside(sql: str) -> str:
    """The call that a rollback would not undo."""
    found = _OUTSIDE.search(_NET.sub("", sql))
    return " ".join((found[1] or found[0]).split()) if found else ""


def _operations(suite: Suite) -> Iterator[tuple[str, Operation]]:
    for case in suite.cases:
        yield f"{suite.path}:{case.at.line}", case.operation
        yield from ((f"{suite.path}:{step.at.line}", step.operation) for step in case.first)
        yield from ((f"{suite.path}:{check.at.line}", check.operation) for check in case.then)


def _plain(sql: str) -> bool:
    try:
        statements = raw.parse(sql)
    except raw.Unparsable:
        return False
    return len(statements) == 1 and kind_of(statements[0].stmt)[0] in _PLAIN


def _reached(suite: Suite, catalog: Catalog) -> Iterator[Function]:
    """The user's functions that a test may come to: by triggers, policies, defaults, calls, and one from another."""
    mine = [f for f in catalog.functions.values() if f.origin is None and f.kind != "aggregate"]
    texts = [operation.sql for _, operation in _operations(suite)]
    texts += [o.function[1] for _, o in _operations(suite) if o.function]
    for table in catalog.tables.values():
        texts += [trigger.function[1] for trigger in table.triggers]
        texts += [text for p in table.policies for text in (p.using, p.with_check) if text]
        texts += [text for c in table.columns for text in (c.default, c.generated) if text]
    texts += [view.definition for view in catalog.views.values()]
    words = set(re.findall(r"\w+", " ".join(texts)))
    reached: list[Function] = []
    while new := [f for f in mine if f.name in words and f not in reached]:
        reached += new
        words |= {word for f in new for word in re.findall(r"\w+", f.body)}
    yield from reached
