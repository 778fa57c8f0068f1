"""Where a name is used: from a word to the objects whose expressions, types or references hold it."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from policytool.catalog.build import texts
from policytool.catalog.build.definitions import definitions

if TYPE_CHECKING:
    from policytool.catalog.build.state import State

Object = tuple[str, Any]  # store and key
_WORD = re.compile(r"[^\W\d][\w$]*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_KINDS = frozenset(
    {
        "tables",
        "views",
        "functions",
        "domains",
        "composites",
        "ranges",
        "event_triggers",
        "publications",
        "wrappers",
        "others",
    }
)  # their objects name others; roles, schemas, enums and the like do not


class Users:
    """A reverse index of words, brought up to date when it is asked, for the objects changed since.

    It says where to look, not what depends: reading words is far cheaper than parsing every expression, and few
    objects are ever asked about.
    """

    def __init__(self) -> None:
        self._changed: dict[Object, None] = {}
        self._objects: dict[str, dict[Object, None]] = {}
        self._words: dict[Object, frozenset[str]] = {}

    def fork(self) -> Users:
        """A copy that goes its own way."""
        other = Users()
        other._changed, other._words = self._changed.copy(), self._words.copy()
        other._objects = {word: objects.copy() for word, objects in self._objects.items()}
        return other

    def touch(self, kind: str, key: Any) -> None:
        """Note that an object was made, changed or removed."""
        if kind in _KINDS:
            self._changed[(kind, key)] = None

    def of(self, state: State, word: str) -> list[Object]:
        """The objects that hold a word, as a whole identifier."""
        if self._changed:
            for kind, key in self._changed:
                self._refresh((kind, key), state.store(kind).get(key))  # type: ignore[arg-type]
            self._changed.clear()
        return list(self._objects.get(word, ()))

    def _refresh(self, object_: Object, item: Any) -> None:
        before = self._words.pop(object_, frozenset())
        now = _words(item) if item is not None else frozenset()
        for word in before - now:
            del self._objects[word][object_]
        for word in now - before:
            self._objects.setdefault(word, {})[object_] = None
        if item is not None:
            self._words[object_] = now


def _words(item: Any) -> frozenset[str]:
    found: set[str] = set()
    for text in texts.expressions(item):
        found |= words(text)
    for text in definitions(item):
        found |= words(text)
    for name in (*texts.types(item), *texts.functions(item), *texts.relations(item)):
        found.update(name)
    return frozenset(found)


@functools.lru_cache(maxsize=16384)
def words(text: str) -> frozenset[str]:
    """The identifiers of a text, keywords and the words of its strings among them."""
    found = frozenset(_WORD.findall(text))
    return found | {q.replace('""', '"') for q in _QUOTED.findall(text)} if '"' in text else found
