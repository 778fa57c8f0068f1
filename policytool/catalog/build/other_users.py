"""What depends on collations, operators, text search, languages and access methods."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from policytool.catalog.build.parts import Part, holding
from policytool.catalog.build.state import State
from policytool.catalog.model import Table, View
from policytool.catalog.objects import Other, Range
from policytool.catalog.spelling import identifier, qualified

Key = tuple[str, str, str]
Edge = tuple[Part, bool]
_EXPRESSIVE = ("tables", "views", "domains", "functions")
_BUILT_IN = frozenset({
    "+", "-", "*", "/", "%", "^", "=", "<>", "<", ">", "<=", ">=", "||", "|", "&", "#", "~", "!", "@", "<<", ">>",
    "~~", "!~~", "~~*", "!~~*", "~*", "!~", "!~*", "->", "->>", "#>", "#>>", "#-", "@>", "<@", "?", "?|", "?&",
    "@?", "@@", "&&", "&<", "&>", "-|-", "<->", "^@", "|/", "||/", "<<=", ">>=", "~=", "~=~", "<<|", "|>>", "&<|",
    "|&>", "?-", "?#", "?-|", "?||", "@-@", "##", "!!",
})  # fmt: skip
# Which lesser kinds are made of which.
_MADE_OF = {
    "text search template": ("text search dictionary",),
    "text search parser": ("text search configuration",),
    "text search dictionary": ("text search configuration",),
    "operator": ("operator class",),
    "operator family": ("operator class",),
    "access method": ("operator class", "operator family"),
    "language": ("transform",),
}


def users(state: State, key: Key) -> Iterator[Edge]:
    """The dependents of one of `state.others`."""
    kind, schema, name = key
    for other_key, other in state.others.items():
        if other.kind in _MADE_OF.get(kind, ()) and (
            _names(other, schema, name.partition("(")[0]) or (kind == "operator family" and other_key[1:] == key[1:])
        ):
            yield Part("others", other_key), False
    match kind:
        case "collation":
            yield from _collated(state, qualified(schema, name))
            word = rf"COLLATE (?:{re.escape(identifier(schema))}\.)?{re.escape(identifier(name))}(?![\w$\".])"
            yield from _expressions(state, re.compile(word))
        case "operator":
            symbol = name.partition("(")[0]
            yield from _excluding(state, f"{schema}.{symbol}")
            if sum(k == "operator" and (s, n.partition("(")[0]) == (schema, symbol) for k, s, n in state.others) < 2:
                yield from _expressions(state, _operator(schema, symbol))
        case "text search configuration":
            spelled = rf"'(?:{re.escape(identifier(schema))}\.)?{re.escape(identifier(name))}'"
            yield from _expressions(state, re.compile(rf"(?:\bto_ts|\bts_|tsquery\(|\bto_)\w*\(?{spelled}|{spelled}::"))
        case "operator class":
            yield from _indexed(state, qualified(schema, name))
        case "access method":
            yield from _stored(state, name)
        case "language":
            found = ((k, f) for k, f in state.functions.items() if f.language == name)
            yield from ((Part("functions", k), False) for k, _ in found)


def _names(other: Other, schema: str, name: str) -> bool:
    prefix = rf"(?:{re.escape(identifier(schema))}\.)?" if schema else ""
    spelled = name if not name[:1].isalpha() and name[:1] != "_" else identifier(name)
    return (
        re.search(rf"(?<![\w.\"$]){prefix}{re.escape(spelled)}(?![\w\"$])", other.definition or other.name) is not None
    )


def _operator(schema: str, symbol: str) -> re.Pattern[str]:
    """An operator with its schema, or as itself, where no built-in one is called the same."""
    named = re.escape(f"OPERATOR({identifier(schema)}.{symbol})")
    marks = re.escape("+-*/<>=~!@#%^&|`?")
    return re.compile(named if symbol in _BUILT_IN else rf"{named}|(?<![{marks}]){re.escape(symbol)}(?![{marks}])")


def _expressions(state: State, pattern: re.Pattern[str]) -> Iterator[Edge]:
    def passes(text: str | None) -> bool:
        return text is not None and pattern.search(text) is not None

    for kind in _EXPRESSIVE:
        for key, item in state.store(kind).items():  # type: ignore[arg-type]
            yield from ((part, False) for part in holding(kind, key, item, passes))


def _collated(state: State, collation: str) -> Iterator[Edge]:
    for key, table in state.tables.items():
        yield from ((Part("tables", key, "column", c.name), False) for c in table.columns if c.collation == collation)
    for key, view in state.views.items():
        if any(column.collation == collation for column in view.columns):
            yield Part("views", key), False
    for key, composite in state.composites.items():
        yield from (
            (Part("composites", key, "column", c.name), False) for c in composite.columns if c.collation == collation
        )
    yield from ((Part("domains", key), False) for key, d in state.domains.items() if d.collation == collation)
    yield from ((Part("ranges", key), False) for key, r in state.ranges.items() if _ranged(r, collation))
    yield from _indexes(state, lambda part: part.collation == collation)


def _ranged(item: Range, collation: str) -> bool:
    return any(
        option in (f"collation={collation}", f"collation={collation.rpartition('.')[2]}") for option in item.options
    )


def _indexes(state: State, test: Callable[[Any], bool]) -> Iterator[Edge]:
    for kind in ("tables", "views"):
        hosts: dict[Any, Table | View] = state.store(kind)
        for key, host in hosts.items():
            for index in host.indexes:
                if any(test(part) for part in index.keys):
                    named = ("index", index.name) if index.constraint is None else ("constraint", index.constraint)
                    yield Part(kind, key, *named), False


def _indexed(state: State, name: str) -> Iterator[Edge]:
    yield from _indexes(state, lambda part: part.opclass is not None and part.opclass.partition(" (")[0] == name)


def _excluding(state: State, operator: str) -> Iterator[Edge]:
    for key, table in state.tables.items():
        yield from (
            (Part("tables", key, "constraint", c.name), False) for c in table.constraints if operator in c.operators
        )


def _stored(state: State, method: str) -> Iterator[Edge]:
    yield from ((Part("tables", key), False) for key, t in state.tables.items() if t.access_method == method)
    for key, table in state.tables.items():
        yield from ((Part("tables", key, "index", i.name), False) for i in table.indexes if i.method == method)
