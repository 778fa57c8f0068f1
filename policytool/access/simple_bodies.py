"""The one expression that the body of a function comes to, where it is that simple."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from policytool.access.bodies import plpgsql_tree
from policytool.access.claims import plain_select
from policytool.access.rowmark import rewrite
from policytool.catalog.model import Function
from policytool.syntax.fragments import parse_expression, parse_query

Node = Mapping[str, Any]
Variables = Mapping[str, Node]
_RETURN = re.compile(r"\breturn\s+(\w+)\s*;", re.IGNORECASE)


def body_expression(function: Function) -> Node | None:
    """The expression of a SQL function with a single SELECT, or of PL/pgSQL that only reads, decides and returns."""
    if function.kind != "function":
        return None
    if function.language == "sql":
        return _of_sql(function)
    if function.language == "plpgsql":
        return _of_plpgsql(function)
    return None


def _of_sql(function: Function) -> Node | None:
    text = function.body.strip()
    if function.atomic and text.startswith("RETURN "):
        return parse_expression(text.removeprefix("RETURN "))
    if function.atomic:
        text = text.removeprefix("BEGIN ATOMIC ").removesuffix(" END")
    tree = parse_query(text.rstrip(";")) or {}
    return _scalar(tree["SelectStmt"]) if "SelectStmt" in tree else None


def _scalar(select: Node) -> Node:
    """A query in the place of a value."""
    plain = plain_select(select)
    if plain is not None:
        return plain
    return {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}


def _of_plpgsql(function: Function) -> Node | None:
    if (function.returns or "void").startswith(("SETOF", "TABLE", "trigger")):
        return None
    tree = plpgsql_tree(function) or {}
    block = tree.get("action", {}).get("PLpgSQL_stmt_block", {})
    if "exceptions" in block:
        return None
    variables: dict[str, Node] = {}
    for datum in tree.get("datums", ()):
        variable = datum.get("PLpgSQL_var", {})
        if "default_val" in variable:
            variables[variable["refname"]] = _parsed(variable["default_val"]["PLpgSQL_expr"]["query"], variables) or {}
    return _Reader(function.body).value(block.get("body", []), variables)


class _Reader:
    """Reads the statements of one PL/pgSQL body as an expression."""

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")

    def value(self, body: Sequence[Node], variables: Variables) -> Node | None:
        """RETURN expression, after IF … RETURN (as CASE), SELECT … INTO and assignments; None for anything else."""
        if not body:
            return None
        match body[0]:
            case {"PLpgSQL_stmt_return": {"expr": {"PLpgSQL_expr": {"query": text}}}}:
                return _parsed(text, variables)
            case {"PLpgSQL_stmt_return": {"lineno": line}}:
                return self._returned(line, variables)
            case {"PLpgSQL_stmt_execsql": {"into": True, "sqlstmt": {"PLpgSQL_expr": {"query": text}}} as statement}:
                fields = statement.get("target", {}).get("PLpgSQL_row", {}).get("fields", ())
                read = _query(text, variables) if len(fields) == 1 else None
                return None if read is None else self.value(body[1:], {**variables, fields[0]["name"]: read})
            case {"PLpgSQL_stmt_assign": {"expr": {"PLpgSQL_expr": {"query": text}}}}:
                name, _, value = text.partition(":=" if ":=" in text else "=")
                assigned = _parsed(value, variables)
                return None if assigned is None else self.value(body[1:], {**variables, name.strip(): assigned})
            case {"PLpgSQL_stmt_if": statement}:
                return self._if(statement, body[1:], variables)
        return None

    def _returned(self, line: int, variables: Variables) -> Node | None:
        """RETURN of a variable: the parser does not say of which, so it is read where it stands."""
        found = _RETURN.search("\n".join(self._lines[line - 1 :]))
        return variables.get(found[1].lower()) if found is not None else None

    def _if(self, statement: Node, after: Sequence[Node], variables: Variables) -> Node | None:
        """Each alternative must return; without ELSE what follows does."""
        tests = [(statement["cond"], statement.get("then_body", ()))]
        others = (alternative["PLpgSQL_if_elsif"] for alternative in statement.get("elsif_list", ()))
        tests += [(other["cond"], other["stmts"]) for other in others]
        whens: list[Node] = []
        for condition, then in tests:
            asked = _parsed(condition["PLpgSQL_expr"]["query"], variables)
            result = self.value(then, variables)
            if asked is None or result is None:
                return None
            whens.append({"CaseWhen": {"expr": asked, "result": result}})
        rest = self.value(statement.get("else_body") or after, variables)
        return None if rest is None else {"CaseExpr": {"args": whens, "defresult": rest}}


def _parsed(text: str, variables: Variables) -> Node | None:
    return _query(f"select {text}", variables)


def _query(text: str, variables: Variables) -> Node | None:
    tree = parse_query(text)
    if not tree or "SelectStmt" not in tree:
        return None

    def replace(name: tuple[str, ...], aliases: frozenset[str]) -> Node | None:
        # PL/pgSQL refuses a name that means a variable and a column alike, so no column is hit.
        return variables.get(name[0]) if len(name) == 1 else None

    return rewrite(_scalar(tree["SelectStmt"]), replace) if variables else _scalar(tree["SelectStmt"])
