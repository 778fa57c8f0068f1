"""SQL text of function calls, the functions with a syntax of their own, and windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from policytool.catalog.expression.deparse import (
    ANY_LEVEL,
    AT,
    COMPARE,
    IS,
    RESTRICTED,
    Handler,
    dotted,
    enclosed,
    listed,
    strings,
    write,
)
from policytool.catalog.spelling import identifier

Body = dict[str, Any]
Args = list[Body]


def func_call(body: Body, level: int) -> str:
    """A call."""
    if body.get("funcformat") == "COERCE_SQL_SYNTAX":
        special = _SPECIAL.get(strings(body["funcname"])[-1])
        if special is not None:
            return special(body.get("args", []), level)
    return dotted(body["funcname"]) + f"({_arguments(body)})" + _suffix(body)


def _arguments(body: Body) -> str:
    if body.get("agg_star"):
        return "*"
    args = [write(arg, ANY_LEVEL) for arg in body.get("args", ())]
    if body.get("func_variadic"):
        args[-1] = f"VARIADIC {args[-1]}"
    text = ("DISTINCT " if body.get("agg_distinct") else "") + ", ".join(args)
    if "agg_order" in body and not body.get("agg_within_group"):
        text += f" ORDER BY {listed(body['agg_order'])}"
    return text


def _suffix(body: Body) -> str:
    within = f" WITHIN GROUP (ORDER BY {listed(body['agg_order'])})" if body.get("agg_within_group") else ""
    return within + filtered(body)


def filtered(body: Body) -> str:
    """FILTER and OVER of an aggregate."""
    text = ""
    if "agg_filter" in body:
        text += f" FILTER (WHERE {write(body['agg_filter'], ANY_LEVEL)})"
    if "over" in body:
        over = body["over"]
        text += f" OVER {identifier(over['name'])}" if "name" in over else f" OVER ({window(over)})"
    return text


def window(body: Body) -> str:
    """What stands in the parentheses of a window."""
    parts = [identifier(body["refname"])] if "refname" in body else []
    if "partitionClause" in body:
        parts.append(f"PARTITION BY {listed(body['partitionClause'])}")
    if "orderClause" in body:
        parts.append(f"ORDER BY {listed(body['orderClause'])}")
    options = body.get("frameOptions", 0)
    if options & 1:
        parts.append(_frame(body, options))
    return " ".join(parts)


def _frame(body: Body, options: int) -> str:
    mode = "RANGE" if options & 2 else "ROWS" if options & 4 else "GROUPS"
    start = _bound(body.get("startOffset"), options, (0x20, 0x80, 0x200, 0x800))
    if options & 0x10:
        start = f"BETWEEN {start} AND {_bound(body.get('endOffset'), options, (0x40, 0x100, 0x400, 0x1000))}"
    exclude = {0x8000: " EXCLUDE CURRENT ROW", 0x10000: " EXCLUDE GROUP", 0x20000: " EXCLUDE TIES"}
    return f"{mode} {start}{exclude.get(options & 0x38000, '')}"


def _bound(offset: Body | None, options: int, bits: tuple[int, int, int, int]) -> str:
    first, last, current, before = bits
    if options & first:
        return "UNBOUNDED PRECEDING"
    if options & last:
        return "UNBOUNDED FOLLOWING"
    if options & current:
        return "CURRENT ROW"
    return f"{write(offset or {}, ANY_LEVEL)} {'PRECEDING' if options & before else 'FOLLOWING'}"


def sort_by(body: Body, level: int) -> str:
    """One key of an ORDER BY."""
    text = write(body["node"], ANY_LEVEL)
    match body.get("sortby_dir"):
        case "SORTBY_ASC":
            text += " ASC"
        case "SORTBY_DESC":
            text += " DESC"
        case "SORTBY_USING":
            text += f" USING {_using(body['useOp'])}"
    match body.get("sortby_nulls"):
        case "SORTBY_NULLS_FIRST":
            text += " NULLS FIRST"
        case "SORTBY_NULLS_LAST":
            text += " NULLS LAST"
    return text


def _using(names: list[Body]) -> str:
    *schema, name = strings(names)
    return f"OPERATOR({'.'.join(map(identifier, schema))}.{name})" if schema else name


def named_arg(body: Body, level: int) -> str:
    """name => value."""
    return f"{identifier(body['name'])} => {write(body['arg'], ANY_LEVEL)}"


def _at_time_zone(args: Args, level: int) -> str:
    if len(args) == 1:
        return enclosed(f"{write(args[0], AT)} AT LOCAL", AT, level)
    return enclosed(f"{write(args[1], AT)} AT TIME ZONE {write(args[0], AT + 1)}", AT, level)


def _extract(args: Args, level: int) -> str:
    field = args[0]["A_Const"]["sval"]["sval"]
    plain = field in ("year", "month", "day", "hour", "minute", "second")
    return f"EXTRACT({field if plain else identifier(field)} FROM {write(args[1], ANY_LEVEL)})"


def _overlaps(args: Args, level: int) -> str:
    a, b, c, d = (write(arg, ANY_LEVEL) for arg in args)
    return enclosed(f"({a}, {b}) OVERLAPS ({c}, {d})", COMPARE, level)


def _is_normalized(args: Args, level: int) -> str:
    form = f"{args[1]['A_Const']['sval']['sval']} " if len(args) > 1 else ""
    return enclosed(f"{write(args[0], IS + 1)} IS {form}NORMALIZED", IS, level)


def _normalize(args: Args, level: int) -> str:
    form = f", {args[1]['A_Const']['sval']['sval']}" if len(args) > 1 else ""
    return f"NORMALIZE({write(args[0], ANY_LEVEL)}{form})"


def _overlay(args: Args, level: int) -> str:
    words = (" PLACING ", " FROM ", " FOR ")
    rest = "".join(word + write(arg, ANY_LEVEL) for word, arg in zip(words, args[1:], strict=False))
    return f"OVERLAY({write(args[0], ANY_LEVEL)}{rest})"


def _position(args: Args, level: int) -> str:
    return f"POSITION({write(args[1], RESTRICTED)} IN {write(args[0], RESTRICTED)})"


def _substring(args: Args, level: int) -> str:
    rest = "".join(word + write(arg, ANY_LEVEL) for word, arg in zip((" FROM ", " FOR "), args[1:], strict=False))
    return f"SUBSTRING({write(args[0], ANY_LEVEL)}{rest})"


def _trim(side: str) -> Callable[[Args, int], str]:
    def text(args: Args, level: int) -> str:
        chars = f"{listed(args[1:])} " if len(args) > 1 else ""
        return f"TRIM({side} {chars}FROM {write(args[0], ANY_LEVEL)})"

    return text


def _xmlexists(args: Args, level: int) -> str:
    return f"XMLEXISTS({write(args[0], ANY_LEVEL)} PASSING {write(args[1], RESTRICTED)})"


_SPECIAL: Final[dict[str, Callable[[Args, int], str]]] = {
    "timezone": _at_time_zone,
    "extract": _extract,
    "overlaps": _overlaps,
    "is_normalized": _is_normalized,
    "normalize": _normalize,
    "overlay": _overlay,
    "position": _position,
    "substring": _substring,
    "btrim": _trim("BOTH"),
    "ltrim": _trim("LEADING"),
    "rtrim": _trim("TRAILING"),
    "xmlexists": _xmlexists,
    "pg_collation_for": lambda args, level: f"COLLATION FOR ({write(args[0], ANY_LEVEL)})",
    "system_user": lambda args, level: "SYSTEM_USER",
}


def sql_value_function(body: Body, level: int) -> str:
    """CURRENT_USER, CURRENT_TIMESTAMP and their like."""
    name = body["op"].removeprefix("SVFOP_")
    return f"{name.removesuffix('_N')}({body.get('typmod', 0)})" if name.endswith("_N") else name


def _named(word: str) -> Handler:
    return lambda body, level: f"{word}({listed(body['args'])})"


def min_max(body: Body, level: int) -> str:
    """GREATEST, LEAST."""
    return f"{'GREATEST' if body['op'] == 'IS_GREATEST' else 'LEAST'}({listed(body['args'])})"


def grouping(body: Body, level: int) -> str:
    """GROUPING(…) of GROUPING SETS."""
    return f"GROUPING({listed(body['args'])})"


HANDLERS: Final[dict[str, Handler]] = {
    "FuncCall": func_call,
    "SortBy": sort_by,
    "NamedArgExpr": named_arg,
    "SQLValueFunction": sql_value_function,
    "CoalesceExpr": _named("COALESCE"),
    "MinMaxExpr": min_max,
    "GroupingFunc": grouping,
}
