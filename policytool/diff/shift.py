"""What changes around objects between two catalogs, so that access to them may change though they do not."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from policytool.catalog.ddl.names import qualified_names
from policytool.catalog.expression.references import references
from policytool.catalog.model import Function, Name, Schema, Table, View
from policytool.catalog.objects import Catalog
from policytool.diff.same import same

EVIDENCE: Final = frozenset({"comment"})
_WORD: Final = re.compile(r"[\w$]+")
Functions = dict[Name, list[Function]]
UNTOLD: Final = frozenset({"comment", "grants", "owner", "cost", "rows", "volatility", "parallel"})


class Shift:
    """Two catalogs: which roles, schemas, functions and views are others in the second."""

    def __init__(self, one: Catalog, other: Catalog) -> None:
        self._one, self._other = one, other
        self._resting: dict[tuple[int, str], frozenset[Name]] = {}

    @functools.cached_property
    def roles(self) -> frozenset[str]:
        """The roles that are others, or belong to others, with all who are their members."""
        one, other = self._one, self._other
        found = _moved(one.roles, other.roles, EVIDENCE)
        if one.memberships != other.memberships:
            old, new = ({(m.role, m.member, m.inherit) for m in side.memberships} for side in (one, other))
            found |= {member for _, member, _ in old ^ new}
        pairs = {(m.role, m.member) for side in (one, other) for m in side.memberships}
        return frozenset(_with_members(found, pairs))

    @functools.cached_property
    def schemas(self) -> frozenset[str]:
        """The schemas whose names others may speak than before."""
        one, other = self._one.schemas, self._other.schemas
        return frozenset(n for n in _moved(one, other, EVIDENCE) if _usable(one.get(n)) != _usable(other.get(n)))

    @functools.cached_property
    def asked(self) -> frozenset[Name]:
        """The functions and views that do something else, whoever may call or read them."""
        functions = {key[:2] for key in _moved(self._one.functions, self._other.functions, UNTOLD)}
        views = _moved(self._one.views, self._other.views, frozenset({"comment", "grants", "indexes"}))
        return frozenset(functions | views)

    def asks(self, catalog: Catalog, item: Any) -> frozenset[Name]:
        """What an object of one of the catalogs rests on, at any depth, and is another now."""
        if not self.asked or not isinstance(item, Table | View):
            return frozenset()
        known = self._functions[0 if catalog is self._one else 1]
        return frozenset(name for text in _texts(item) for name in self._rests(catalog, known, text)) & self.asked

    @functools.cached_property
    def _functions(self) -> tuple[Functions, Functions]:
        return _by_name(self._one), _by_name(self._other)

    def _rests(self, catalog: Catalog, known: Functions, text: str) -> frozenset[Name]:
        """The functions and views that a text names, and those that these name in turn."""
        key = (id(known), text)
        if key not in self._resting:
            found: set[Name] = set()
            queue: list[tuple[str, bool]] = [(text, False)]
            for written, body in queue:
                refs = references(written)
                names = self._spoken_of(written) if body else refs.functions | refs.tables
                for name in names - found:
                    found.add(name)
                    queue += [(function.body, True) for function in known.get(name, ()) if function.body]
                    if name in catalog.views:
                        queue.append((catalog.views[name].definition, False))
            self._resting[key] = frozenset(found)
        return self._resting[key]

    def _spoken_of(self, body: str) -> frozenset[Name]:
        """What the body of a function may name, with a schema or without."""
        words = frozenset(_WORD.findall(body))
        return qualified_names(body) | {name for name in self.asked if name[1] in words}

    def touches(self, catalog: Catalog, item: Any) -> bool:
        """Whether access to an object that stays as it is may be another for any role."""
        return item.schema in self.schemas or bool(self.asks(catalog, item))


def _moved(one: dict[Any, Any], other: dict[Any, Any], without: frozenset[str]) -> set[Any]:
    if one is other:
        return set()
    shared = one.keys() & other.keys()
    return set(one.keys() ^ other.keys()) | {key for key in shared if not same(one[key], other[key], without=without)}


def _usable(schema: Schema | None) -> tuple[str, frozenset[str]] | None:
    if schema is None:
        return None
    return schema.owner, frozenset(grant.grantee for grant in schema.grants if grant.privilege == "USAGE")


def _with_members(roles: set[str], pairs: Iterable[tuple[str, str]]) -> set[str]:
    members: dict[str, set[str]] = {}
    for role, member in pairs:
        members.setdefault(role, set()).add(member)
    queue = list(roles)
    for role in queue:
        new = members.get(role, set()) - roles
        roles |= new
        queue += new
    return roles


def _texts(item: Table | View) -> Iterator[str]:
    if isinstance(item, View):
        yield item.definition
        return
    for policy in item.policies:
        yield from (text for text in (policy.using, policy.with_check) if text is not None)


def _by_name(catalog: Catalog) -> Functions:
    found: Functions = {}
    for function in catalog.functions.values():
        if function.origin is None:
            found.setdefault((function.schema, function.name), []).append(function)
    return found
