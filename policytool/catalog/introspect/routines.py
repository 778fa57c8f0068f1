"""Functions, procedures and aggregates of a server."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec.structs import replace

from policytool.catalog.build.nodes import Node
from policytool.catalog.build.routine_body import standard
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.introspect.reading import Reading, name_of
from policytool.catalog.introspect.server import Row
from policytool.catalog.introspect.texts import Expressions, statements
from policytool.catalog.model import Argument, Function, Signature
from policytool.catalog.spelling import literal

Mode = Literal["IN", "OUT", "INOUT", "VARIADIC", "TABLE"]
_MODES: Final[dict[str, Mode]] = {"i": "IN", "o": "OUT", "b": "INOUT", "v": "VARIADIC", "t": "TABLE"}
_KINDS: Final[dict[str, Literal["function", "procedure", "aggregate", "window"]]] = {
    "f": "function",
    "p": "procedure",
    "a": "aggregate",
    "w": "window",
}
_VOLATILITY: Final[dict[str, Literal["VOLATILE", "STABLE", "IMMUTABLE"]]] = {
    "v": "VOLATILE",
    "s": "STABLE",
    "i": "IMMUTABLE",
}
_PARALLEL: Final[dict[str, Literal["UNSAFE", "RESTRICTED", "SAFE"]]] = {"u": "UNSAFE", "r": "RESTRICTED", "s": "SAFE"}
_MODIFY: Final = {"r": "READ_ONLY", "s": "SHAREABLE", "w": "READ_WRITE"}


def functions(reading: Reading) -> dict[Signature, Function]:
    """All routines by signature, but those that come with a range type."""
    rows = [row for row in reading.rows["functions"] if not row["internal"]]
    defaults = Expressions(reading.names, (row["defaults"] for row in rows))
    bodies = statements(_with_body(row) for row in rows)
    aggregates = {row["function"]: row for row in reading.rows["aggregates"]}
    found = {}
    for row in rows:
        function = _function(reading, row, _arguments(reading, row, defaults.nodes(row["defaults"])))
        if row["oid"] in aggregates:
            function = replace(function, definition=_parts(aggregates[row["oid"]]))
        elif row["atomic"] is not None:
            node = bodies.get(_with_body(row) or "", {}).get("CreateFunctionStmt")
            text = standard(node["sql_body"], reading.names, function) if node is not None else row["atomic"]
            function = replace(function, body=text, atomic=True)
        found[function.signature] = function
    return found


def _with_body(row: Row) -> str | None:
    return None if row["atomic"] is None else f"CREATE FUNCTION f() RETURNS int {row['atomic']}"


def _function(reading: Reading, row: Row, arguments: tuple[Argument, ...]) -> Function:
    usual_cost = 1 if row["language"] in ("internal", "c") else 100
    return Function(
        schema=row["schema"],
        kind=_KINDS[row["kind"]],
        arguments=arguments,
        returns=None if row["kind"] == "p" else row["returns"],
        language=row["language"],
        security_definer=row["security_definer"],
        volatility=_VOLATILITY[row["volatility"]],
        strict=row["strict"],
        leakproof=row["leakproof"],
        parallel=_PARALLEL[row["parallel"]],
        cost=None if row["cost"] == usual_cost else row["cost"],
        rows=None if row["rows"] in (0, 1000) else row["rows"],
        support=name_of(row, "support", "support_schema"),
        settings=tuple(row["settings"] or ()),
        body=row["body"],
        **reading.owned("pg_proc", row),
    )


def _arguments(reading: Reading, row: Row, defaults: list[Node]) -> tuple[Argument, ...]:
    types = row["types"]
    modes = row["modes"] or ["i"] * len(types)
    names = row["names"] or [""] * len(types)
    made = []
    # Only the last of the input arguments have defaults.
    missing = row["inputs"] - len(defaults)
    for type_, mode, name in zip(types, modes, names, strict=True):
        default = None
        if mode in "ibv":
            if missing > 0:
                missing -= 1
            elif defaults:
                default = canonical(defaults.pop(0), reading.names, expected=type_)
        made.append(Argument(type=type_, name=name or None, mode=_MODES[mode], default=default))
    return tuple(made)


# --- aggregates -----------------------------------------------------------------------------------------------------


def _parts(row: Row) -> str:
    """The definition of an aggregate: its functions and types first, then the rest by name."""
    values = {name: _value(name, value) for name, value in row.items() if name != "function" and value}
    first = [name for name in ("sfunc", "stype") if name in values]
    order = first + sorted(name for name in values if name not in first)
    return ", ".join(f"{name.upper()} = {values[name]}" for name in order)


def _value(name: str, value: Any) -> str:
    if name in ("initcond", "minitcond"):
        return literal(value)
    if name.endswith("_modify"):
        return _MODIFY[value]
    return "TRUE" if value is True else str(value).removeprefix("pg_catalog.")
