"""What row triggers make of the columns that say whose a row is: they set them, or refuse what is not the caller's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from policytool.access.bodies import plpgsql_tree
from policytool.catalog.build.plpgsql.parsing import assigned
from policytool.catalog.model import Function, Table, Trigger
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import kind_of, names, string_of, unwrapped, walk

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.access.helpers import Helpers

Node = Mapping[str, Any]
_TARGET = re.compile(r'\s*new\s*\.\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>\w+))\s*:?=', re.IGNORECASE)
_ERROR = 21  # the level of RAISE EXCEPTION


class Kept:
    """The columns that the triggers of a table keep, for one command.

    `new`: a client cannot put into them what it likes. `old`: rows with somebody else's value are not to be touched.
    """

    def __init__(self, table: Table, command: str, access: Access) -> None:
        self.new: set[str] = set()
        self.old: set[str] = set()
        for trigger in table.triggers:
            if trigger.row and command in trigger.events and trigger.enabled in ("ORIGIN", "ALWAYS"):
                for function in access.catalog.functions.values():
                    if (function.schema, function.name) == trigger.function and function.language == "plpgsql":
                        self._look(function, trigger, command, access.helpers)

    def _look(self, function: Function, trigger: Trigger, command: str, helpers: Helpers) -> None:
        tree = plpgsql_tree(function)
        when = parse_expression(trigger.when) if trigger.when is not None else None
        reader = _Reader(command, helpers)
        if tree is not None:
            reader.statements([tree["action"]], (when,) if when is not None else ())
        self.new |= reader.refused | (reader.set if trigger.timing == "BEFORE" else set())
        self.old |= reader.spared


class _Reader:
    """Goes through the body of a trigger function with the conditions that lead to each statement."""

    def __init__(self, command: str, helpers: Helpers) -> None:
        self._command, self._helpers = command, helpers
        self.set: set[str] = set()
        self.refused: set[str] = set()
        self.spared: set[str] = set()

    def statements(self, body: Sequence[Node], conditions: tuple[Node, ...]) -> None:
        """A list of statements, each under the conditions so far."""
        for statement in body:
            kind, inner = kind_of(statement)
            match kind:
                case "PLpgSQL_stmt_assign":
                    self._assigned(inner["expr"]["PLpgSQL_expr"].get("query", ""), conditions)
                case "PLpgSQL_stmt_execsql" if "target" in inner:
                    fields = inner["target"].get("PLpgSQL_row", {}).get("fields", ())
                    self.set.update(f["name"][4:] for f in fields if f["name"].startswith("new."))
                case "PLpgSQL_stmt_raise" if inner.get("elog_level") == _ERROR:
                    self._raised(conditions)
                case "PLpgSQL_stmt_if":
                    conditions += self._if(inner, conditions)
                case _:
                    for key in ("body", "stmts", "else_stmts"):
                        self.statements(inner.get(key, ()), conditions)
                    for branch in inner.get("case_when_list", ()):
                        self.statements(kind_of(branch)[1].get("stmts", ()), conditions)

    def _if(self, body: Node, conditions: tuple[Node, ...]) -> tuple[Node, ...]:
        """Its branches, as far as the command can take them; the conditions that what follows stands under."""
        branches = [(body["cond"], body.get("then_body", ()))]
        branches += [
            (b["PLpgSQL_if_elsif"]["cond"], b["PLpgSQL_if_elsif"]["stmts"]) for b in body.get("elsif_list", ())
        ]
        left: tuple[Node, ...] = ()
        for condition, then in branches:
            asked = parse_expression(condition["PLpgSQL_expr"].get("query", "")) or {}
            taken = _taken(asked, self._command)
            if taken is not False:
                self.statements(then, (*conditions, *left, asked))
            if taken is True:
                return left
            if then and "PLpgSQL_stmt_return" in then[-1]:
                left = (*left, asked)
        self.statements(body.get("else_body", ()), (*conditions, *left, *self._asked(branches)))
        return left

    def _asked(self, branches: Sequence[tuple[Node, Sequence[Node]]]) -> Iterator[Node]:
        """The conditions that do not hold in ELSE; those about NULL say nothing there."""
        for condition, _ in branches:
            asked = parse_expression(condition["PLpgSQL_expr"].get("query", "")) or {}
            if "NullTest" not in asked:
                yield asked

    def _assigned(self, text: str, conditions: tuple[Node, ...]) -> None:
        target = _TARGET.match(text)
        if target is None:
            return
        column = target["quoted"] or target["plain"].lower()
        value = parse_expression(assigned(text))
        kept = value is not None and column not in _fields(value, "new")
        if kept and not any(_if_null(c, column) for c in conditions):  # else it is a default
            self.set.add(column)

    def _raised(self, conditions: tuple[Node, ...]) -> None:
        for atom in (a for c in conditions for a in _atoms(c)):
            if "NullTest" in atom:
                continue
            me = self._helpers.asks_who(atom)
            around = _without_queries(atom)
            variable = any(len(n) == 1 for n in _columns(around))  # it may hold who calls
            old = _fields(atom, "old")
            self.refused |= {c for c in _fields(atom, "new") if me or c in old}
            self.refused |= _fields(around, "new") if variable else set()
            self.spared |= old if me else set()


def _taken(condition: Node, command: str) -> bool | None:
    """Whether a condition on TG_OP holds for a command; None where it asks something else as well."""
    body = condition.get("A_Expr", {})
    if names(unwrapped(body.get("lexpr", {})).get("ColumnRef", {}).get("fields")) == ("tg_op",):
        op, right = names(body.get("name")), body.get("rexpr", {})
        items = right.get("List", {}).get("items", [right])
        return (command in {string_of(i) for i in items}) == (op == ("=",))
    args = condition.get("BoolExpr", {}).get("args", ())
    found = [_taken(a, command) for a in args]
    match condition.get("BoolExpr", {}).get("boolop"):
        case "AND_EXPR" if False in found:
            return False
        case "OR_EXPR" if True in found:
            return True
    return None


def _atoms(condition: Node) -> Iterator[Node]:
    args = condition.get("BoolExpr", {}).get("args")
    if args is None:
        yield condition
    for arg in args or ():
        yield from _atoms(arg)


def _columns(node: Node) -> Iterator[tuple[str, ...]]:
    return (names(body.get("fields")) for kind, body in walk(node) if kind == "ColumnRef")


def _without_queries(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_queries(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: _without_queries(value) for key, value in node.items() if key != "subselect"}


def _fields(node: Node, record: str) -> set[str]:
    """The columns of NEW or of OLD that an expression mentions."""
    return {n[1] for n in _columns(node) if len(n) == 2 and n[0] == record}


def _if_null(condition: Node, column: str) -> bool:
    tests = (body for kind, body in walk(condition) if kind == "NullTest")
    return any(t.get("nulltesttype", "IS_NULL") == "IS_NULL" and column in _fields(t["arg"], "new") for t in tests)
