"""Objects and their parts, as things that can depend on others and be dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from policytool.catalog.build import texts
from policytool.catalog.build.partition_text import key_expressions
from policytool.catalog.expression.references import References, references
from policytool.catalog.model import Function, Name, Table, View
from policytool.catalog.objects import Composite, Domain, Publication
from policytool.catalog.spelling import qualified

Test = Callable[[References], bool]
_NOUNS = {
    "tables": "table",
    "views": "view",
    "sequences": "sequence",
    "functions": "function",
    "enums": "type",
    "composites": "type",
    "ranges": "type",
    "base_types": "type",
    "domains": "type",
    "event_triggers": "event trigger",
    "wrappers": "foreign-data wrapper",
    "default": "default value for column",
    "member": "publication of",
}


class Part(NamedTuple):
    """An object, or with `part` and `name` one of its columns, defaults, constraints, indexes, policies, …"""

    kind: str  # the store
    key: Any
    part: str = ""  # "column", "default", "constraint", "index", "policy", "trigger", "rule", "member"
    name: Any = ""

    @property
    def whole(self) -> Part:
        """The object that this is a part of."""
        return Part(self.kind, self.key) if self.part else self

    def __str__(self) -> str:
        if self.kind == "others":
            return f"{self.key[0]} {qualified(self.key[1] or None, self.key[2])}"
        own = self.key if isinstance(self.key, str) else qualified(self.key[0], self.key[1])
        noun = _NOUNS.get(self.kind, self.kind.rstrip("s"))
        if not self.part:
            return f"{noun} {own}"
        name = qualified(*self.name) if isinstance(self.name, tuple) else self.name
        link = "of" if self.part in ("column", "default") else "on"
        return f"{_NOUNS.get(self.part, self.part)} {name} {link} {noun} {own}"


def using(kind: str, key: Any, item: Any, test: Test) -> Iterator[Part]:
    """The parts of an object with an expression that passes a test; the object itself where it is all expression."""
    if isinstance(item, Publication):
        yield from (Part(kind, key, "member", t) for t, text in _filters(item) if test(owned(references(text), t)))
    else:
        yield from holding(kind, key, item, lambda text: text is not None and test(references(text)))


def holding(kind: str, key: Any, item: Any, passes: Callable[[str | None], bool]) -> Iterator[Part]:
    """The same for a test of the text."""
    match item:
        case Table():
            yield from (
                Part(kind, key, "policy", p.name) for p in item.policies if passes(p.using) or passes(p.with_check)
            )
            yield from (Part(kind, key, "default", c.name) for c in item.columns if passes(c.default))
            yield from (Part(kind, key, "column", c.name) for c in item.columns if passes(c.generated))
            yield from (Part(kind, key, "constraint", c.name) for c in item.constraints if passes(c.expression))
            if item.partition_key is not None and any(passes(text) for text in key_expressions(item.partition_key)):
                yield Part(kind, key)
            yield from _attached(kind, key, item, passes)
        case View():
            if passes(item.definition):
                yield Part(kind, key)
            yield from _attached(kind, key, item, passes)
        case Domain():
            if passes(item.default):
                yield Part(kind, key, "default", item.name)
            yield from (Part(kind, key, "constraint", c.name) for c in item.constraints if passes(c.expression))
        case Function():
            if any(passes(text) for text in texts.expressions(item)):
                yield Part(kind, key)


def _filters(publication: Publication) -> Iterator[tuple[Name, str]]:
    """The tables with a row filter, which speaks of the columns of its table without naming it."""
    for member in publication.tables:
        if member.where is not None:
            yield (member.schema, member.table), member.where


def owned(refs: References, table: Name) -> References:
    """The references of an expression that belongs to a table, its own columns among the others."""
    return replace(refs, columns=refs.columns | {(*table, column) for column in refs.own_columns})


def _attached(kind: str, key: Any, item: Table | View, passes: Callable[[str | None], bool]) -> Iterator[Part]:
    for index in item.indexes:
        if any(passes(text) for text in texts.index_expressions(index)):
            part = ("index", index.name) if index.constraint is None else ("constraint", index.constraint)
            yield Part(kind, key, *part)
    yield from (Part(kind, key, "trigger", t.name) for t in item.triggers if passes(t.when))
    yield from (Part(kind, key, "rule", r.name) for r in item.rules if passes(r.definition))


def made_of(kind: str, key: Any, item: Any, name: tuple[str, str]) -> Iterator[Part]:
    """The parts of an object that are of a type; the object itself where it cannot do without."""
    match item:
        case Table() | Composite():
            if isinstance(item, Table) and item.of_type == name:
                yield Part(kind, key)
            yield from (Part(kind, key, "column", c.name) for c in item.columns if texts.type_in(c.type) == name)
        case _:
            if name in texts.types(item):
                yield Part(kind, key)


def calling(kind: str, key: Any, item: Any, name: tuple[str, str]) -> Iterator[Part]:
    """The parts of an object that name a function outside expressions."""
    match item:
        case Table() | View():
            yield from (Part(kind, key, "trigger", t.name) for t in item.triggers if t.function == name)
        case _:
            if name in texts.functions(item):
                yield Part(kind, key)
