"""What a text refers to: the things of a catalog that its qualified names mean."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any, Final

from policytool.catalog.ddl.step import Key
from policytool.catalog.model import Function, Name
from policytool.catalog.objects import Catalog

_PART: Final = r'(?:"((?:[^"]|"")*)"|([^\W\d][\w$]*))'
_QUALIFIED: Final = re.compile(rf"(?<![\w\".]){_PART}\.{_PART}")
_OPERATOR: Final = re.compile(rf"OPERATOR(?:\(| \d+ ){_PART}\.([^\w\s()]+)[()]")


def relation_key(name: Name) -> Key:
    """The key of a table, view or sequence."""
    return ("relation", *name)


def type_key(name: Name) -> Key:
    """The key of a type that is no row type."""
    return ("type", *name)


def function_key(function: Function) -> Key:
    """The key of a function."""
    schema, name, types = function.signature
    return ("function", schema, name, *types)


class References:
    """Finds the keys of what texts name. Names in strings count, for `'public.s'::regclass` is one."""

    def __init__(self, catalog: Catalog) -> None:
        self._keys: dict[Name, set[Key]] = {}
        self._operators: dict[Name, set[Key]] = {}
        relations: tuple[dict[Name, Any], ...] = (catalog.tables, catalog.views, catalog.sequences)
        for store in relations:
            for name in store:
                self._keys.setdefault(name, set()).add(relation_key(name))
        types: tuple[dict[Name, Any], ...] = (
            catalog.enums, catalog.domains, catalog.composites, catalog.ranges, catalog.base_types,
        )  # fmt: skip
        for store in types:
            for name in store:
                self._keys.setdefault(name, set()).add(type_key(name))
        for name, item in catalog.ranges.items():
            self._keys.setdefault((name[0], item.multirange), set()).add(type_key(name))
        for function in catalog.functions.values():
            self._keys.setdefault((function.schema, function.name), set()).add(function_key(function))
        self._partitions: dict[Name, set[Key]] = {}
        for name, table in catalog.tables.items():
            if table.partition_of is not None:
                self._partitions.setdefault(table.partition_of, set()).add(("attached", *name))
        for kind, schema, name_of in catalog.others:
            store_of = self._operators if kind == "operator" else self._keys
            store_of.setdefault((schema, name_of.partition("(")[0]), set()).add(("other", kind, schema, name_of))

    def partitions(self, name: Name) -> frozenset[Key]:
        """The keys of the statements that attach the partitions of a table."""
        return frozenset(self._partitions.get(name, ()))

    def of(self, texts: Iterable[str | None]) -> frozenset[Key]:
        """The keys of everything that the texts name."""
        found: set[Key] = set()
        for text in texts:
            if text:
                for name in qualified_names(text):
                    found |= self._keys.get(name, set())
                if "OPERATOR" in text:
                    for name in _operators(text):
                        found |= self._operators.get(name, set())
        return frozenset(found)


@functools.lru_cache(maxsize=16384)
def qualified_names(text: str) -> frozenset[Name]:
    """Every `schema.name` of a text; columns of aliases look the same and do no harm."""
    if "." not in text:
        return frozenset()
    return frozenset(
        ((a or b).replace('""', '"'), (c or d).replace('""', '"')) for a, b, c, d in _QUALIFIED.findall(text)
    )


def _operators(text: str) -> list[Name]:
    return [((a or b).replace('""', '"'), name) for a, b, name in _OPERATOR.findall(text)]
