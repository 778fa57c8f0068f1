"""Values for the columns of generated rows: one for each type, row and attempt, as the type's input takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policytool.catalog.model import Column, Constraint, Name, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified

ATTEMPTS: Final = 6  # ways to fill a row, each less like the last
_TYPE: Final = re.compile(r"(?P<name>[^(\[]+?)\s*(?:\((?P<sizes>[^)]*)\))?(?P<rest>(?: with(?:out)? time zone)?)\Z")
_LITERAL: Final = re.compile(r"'((?:[^']|'')*)'")
_FIRST_KEY: Final = re.compile(r"^(?:RANGE|LIST) \(\"?(?P<column>[^\",)]+)")
_BOUND: Final = re.compile(r"'?(?<=['(, ])([^'(), ][^'(),]*)'?(?=[,)]|\Z)")
_LONG: Final = re.compile(r"length\([^)]*\)+ (?:=|>=) (?P<length>[1-9]\d*)\b")
_WHOLE: Final = ("1", "0", "10", "100", "-1", "5")
_TEXTS: Final = (
    "{name} {row}", "a{row}@example.com", "https://example.com/{row}", "{row}", "name-{row}-aaaaaaaaaaaaaaaaaaaaaaaa",
    "#00000{row}",
)  # fmt: skip
_RANGES: Final = {
    "int4range": "[{row},{row}]", "int8range": "[{row},{row}]", "numrange": "[{row},{row}]",
    "daterange": "[2024-01-0{row},2024-01-0{row}]", "tsrange": "[2024-01-0{row},2024-01-0{row} 12:00)",
    "tstzrange": "[2024-01-0{row},2024-01-0{row} 12:00)",
}  # fmt: skip
_PLAIN: Final = {
    "date": "2024-01-0{row}", "time": "0{row}:00", "timestamp": "2024-01-0{row} 12:00", "interval": "{row} days",
    "uuid": "00000000-0000-4000-8000-00000000000{row}", "bytea": "\\x0{row}", "inet": "10.0.0.{row}",
    "cidr": "10.0.{row}.0/24", "macaddr": "08:00:2b:01:02:0{row}", "macaddr8": "08:00:2b:01:02:03:04:0{row}",
    "money": "{row}", "xml": "<a/>", "tsvector": "a{row}", "tsquery": "a{row}", "point": "({row},{row})",
    "line": "{{1,{row},0}}", "lseg": "[(0,0),({row},{row})]", "box": "(0,0),({row},{row})", "path": "[(0,0),({row},1)]",
    "polygon": "(0,0),(1,{row}),(1,0)", "circle": "<(0,0),{row}>", "pg_lsn": "0/{row}", "oid": "{row}", "jsonpath": "$",
    "regclass": "pg_class", "regtype": "integer", "name": "name{row}", '"char"': "{row}", "xid": "{row}",
    "tid": "(0,{row})",
}  # fmt: skip
_OF_EXTENSIONS: Final = {
    "citext": "{name}{row}", "ltree": "a{row}", "lquery": "a{row}", "hstore": "a=>{row}", "cube": "({row})",
    "geometry": "POINT({row} {row})", "geography": "POINT({row} {row})", "semver": "1.0.{row}",
}  # fmt: skip
_NUMBERS: Final = frozenset(("smallint", "integer", "bigint", "real", "double precision", "numeric"))
_STRINGS: Final = frozenset(("text", "character varying", "character", "bpchar"))


class Generator:
    """Values that the columns of a catalog's tables take."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._types = {qualified(*key): (store, key) for store, key in _named_types(catalog)}

    def value(self, table: Table, column: Column, row: int, attempt: int) -> str | None:
        """A value for a column, alike in all attempts unless a check may refuse it; None where the type is unknown."""
        told = _told(column.name, table.constraints) or self.bounds(table, column.name)
        if told and attempt < 2:
            return told[(row - 1 + attempt) % len(told)]
        found = self._of(column.type, column.name, row, attempt)
        if found is not None and attempt == 0 and column.type.startswith(("date", "timestamp")):
            return found.replace("-01-", f"-{1 + _position(table, column):02}-", 1)
        if attempt == 1 and column.type in _NUMBERS:
            return str(row + _position(table, column))
        return found

    def bounds(self, table: Table, column: str) -> list[str]:
        """The values that the bound of a partition names for the first column of the key."""
        parent = self._catalog.tables.get(table.partition_of) if table.partition_of is not None else None
        key = _FIRST_KEY.search(parent.partition_key or "") if parent is not None else None
        lower = (table.partition_bound or "").partition(") TO (")[0]
        return _BOUND.findall(lower) if key is not None and key["column"] == column else []

    def _of(self, kind: str, name: str, row: int, attempt: int) -> str | None:
        if kind.endswith("[]"):
            return "{}" if attempt else self._array(kind[:-2], name, row)
        match = _TYPE.match(kind)
        if match is None:
            return None
        base, sizes = match["name"].strip(), match["sizes"]
        if base in self._types:
            return self._own(*self._types[base], name, row, attempt)
        if base in _NUMBERS:
            return _number(base, sizes, row, attempt)
        if base in _STRINGS:
            text = _TEXTS[attempt].format(name=name.replace("{", ""), row=row)
            return text if not sizes else text if len(text) <= int(sizes) else str(row)
        return _builtin(base.rpartition(".")[2], sizes, name, row, attempt)

    def _array(self, kind: str, name: str, row: int) -> str | None:
        inner = self._of(kind, name, row, 0)
        return None if inner is None else '{"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '"}'

    def _own(self, store: str, key: Name, name: str, row: int, attempt: int) -> str | None:
        catalog = self._catalog
        match store:
            case "enums":
                labels = catalog.enums[key].labels
                return labels[(row - 1 + attempt) % len(labels)] if labels else None
            case "domains":
                domain = catalog.domains[key]
                told = [text for constraint in domain.constraints for text in _literals(constraint)]
                if told and attempt < 2:
                    return told[(row - 1 + attempt) % len(told)]
                return self._of(domain.type, name, row, attempt)
            case "composites":
                return "(" + "," * (len(catalog.composites[key].columns) - 1) + ")"
            case "ranges":
                return "empty"
        return None


def _position(table: Table, column: Column) -> int:
    """Columns that come later have later times and greater numbers: what ends comes after what begins."""
    names = [other.name for other in table.columns]
    return names.index(column.name) % 12


def _named_types(catalog: Catalog) -> Iterator[tuple[str, Name]]:
    for store in ("enums", "domains", "composites", "ranges"):
        yield from ((store, key) for key in getattr(catalog, store))


def _number(base: str, sizes: str | None, row: int, attempt: int) -> str:
    text = str(row) if not attempt else _WHOLE[attempt]
    if base == "numeric" and sizes:
        whole, _, scale = sizes.partition(",")
        if int(whole) - int(scale or 0) < len(text.lstrip("-")):
            return f"{row}e-{int(scale or 0)}"
    return text


def _builtin(base: str, sizes: str | None, name: str, row: int, attempt: int) -> str | None:
    if base == "boolean":
        return "true" if (row + attempt) % 2 else "false"
    if base in ("json", "jsonb"):
        return ("{}", "[]", '"a"', "1", '{"a": 1}', "null")[attempt]
    if base in ("bit", "bit varying"):
        return "0" * int(sizes or 1)
    if base in ("vector", "halfvec"):
        return f"[{','.join([str(row)] * int(sizes or 3))}]"
    if base in _RANGES:
        return _RANGES[base].format(row=row)
    if base.endswith("multirange"):
        return "{}"
    known = _PLAIN.get(base.split(" ")[0] if base.startswith(("time", "interval")) else base, _OF_EXTENSIONS.get(base))
    return None if known is None else known.format(row=row, name=name.replace("{", ""))


def _told(column: str, constraints: tuple[Constraint, ...]) -> list[str]:
    """The values that checks of this column alone name."""
    own = [c for c in constraints if c.kind == "CHECK" and c.columns == (column,)]
    return [text for constraint in own for text in _literals(constraint)]


def _literals(constraint: Constraint) -> list[str]:
    expression = constraint.expression or ""
    if (long := _LONG.search(expression)) is not None:
        return ["A" * int(long["length"])] if int(long["length"]) < 100 else []
    if "~" in expression or "LIKE" in expression.upper():
        return []
    return [text.replace("''", "'") for text in _LITERAL.findall(expression) if text]
