"""SQL text of what stands in FROM."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.deparse import ANY_LEVEL, Handler, columns, dotted, listed, write
from policytool.catalog.expression.deparse_types import type_text
from policytool.catalog.spelling import identifier

Body = dict[str, Any]

_JOINS: Final = {"JOIN_INNER": "JOIN", "JOIN_LEFT": "LEFT JOIN", "JOIN_RIGHT": "RIGHT JOIN", "JOIN_FULL": "FULL JOIN"}


def alias(body: Body) -> str:
    """` alias(columns)` of a table, or nothing."""
    if "alias" not in body:
        return ""
    name = body["alias"]
    listing = f"({columns(name['colnames'])})" if "colnames" in name else ""
    return f" {identifier(name['aliasname'])}{listing}"


def relation(body: Body) -> str:
    """The name of a table, without its alias."""
    parts = [body[key] for key in ("catalogname", "schemaname", "relname") if key in body]
    return ("" if body.get("inh") else "ONLY ") + ".".join(map(identifier, parts))


def range_var(body: Body, level: int) -> str:
    """A table."""
    return relation(body) + alias(body)


def range_subselect(body: Body, level: int) -> str:
    """A query in FROM."""
    return f"{_lateral(body)}({write(body['subquery'], ANY_LEVEL)}){alias(body)}"


def _lateral(body: Body) -> str:
    return "LATERAL " if body.get("lateral") else ""


def range_function(body: Body, level: int) -> str:
    """Functions in FROM."""
    calls = [_call(node["List"]["items"]) for node in body["functions"]]
    text = f"ROWS FROM ({', '.join(calls)})" if body.get("is_rowsfrom") else calls[0]
    text += " WITH ORDINALITY" if body.get("ordinality") else ""
    if "coldeflist" not in body:
        return _lateral(body) + text + alias(body)
    name = f" {identifier(body['alias']['aliasname'])}" if "alias" in body else " AS "
    return f"{_lateral(body)}{text}{name}({listed(body['coldeflist'])})"


def _call(items: list[Body]) -> str:
    text = write(items[0], ANY_LEVEL)
    # The second item is the column definition list, {} where there is none.
    return f"{text} AS ({listed(items[1]['List']['items'])})" if len(items) > 1 and items[1] else text


def column_def(body: Body, level: int) -> str:
    """A column of a definition list."""
    collation = f" COLLATE {dotted(body['collClause']['collname'])}" if "collClause" in body else ""
    return f"{identifier(body['colname'])} {type_text(body['typeName'])}{collation}"


def join(body: Body, level: int) -> str:
    """A join."""
    natural = bool(body.get("isNatural"))
    bare = "quals" not in body and "usingClause" not in body and not natural
    word = "CROSS JOIN" if bare else ("NATURAL " if natural else "") + _JOINS[body["jointype"]]
    right = write(body["rarg"], ANY_LEVEL)
    if "JoinExpr" in body["rarg"] and "alias" not in body["rarg"]["JoinExpr"]:
        right = f"({right})"
    text = f"{write(body['larg'], ANY_LEVEL)} {word} {right}"
    if "usingClause" in body:
        text += f" USING ({columns(body['usingClause'])})"
        if "join_using_alias" in body:
            text += f" AS {identifier(body['join_using_alias']['aliasname'])}"
    elif "quals" in body:
        text += f" ON {write(body['quals'], ANY_LEVEL)}"
    return f"({text}){alias(body)}" if "alias" in body else text


def table_sample(body: Body, level: int) -> str:
    """TABLESAMPLE."""
    text = f"{write(body['relation'], ANY_LEVEL)} TABLESAMPLE {dotted(body['method'])}({listed(body['args'])})"
    return text + (f" REPEATABLE ({write(body['repeatable'], ANY_LEVEL)})" if "repeatable" in body else "")


HANDLERS: Final[dict[str, Handler]] = {
    "RangeVar": range_var,
    "RangeSubselect": range_subselect,
    "RangeFunction": range_function,
    "RangeTableSample": table_sample,
    "JoinExpr": join,
    "ColumnDef": column_def,
}
