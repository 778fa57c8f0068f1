"""Which tables a statement may come to, whatever way: by policies, triggers, functions, views and foreign keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from policytool.access.bodies import touched
from policytool.catalog.model import Function, Name, Table, View
from policytool.catalog.objects import Catalog

Reader = tuple[Name, str]  # the table that a policy is on, and the policy
Step = tuple[str, bool]  # a name, and whether what bears it may be written to
_WORD: Final = re.compile(r'"((?:[^"]|"")+)"|([^\W\d][\w$]*)')


class Touches:
    """Answers for one catalog, never too few: whatever bears the name of a word in a body may be meant there."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._relations: dict[str, list[Table | View]] = {}
        self._functions: dict[str, list[Function]] = {}
        everything: list[Table | View] = [*catalog.tables.values(), *catalog.views.values()]
        for relation in everything:
            self._relations.setdefault(relation.name, []).append(relation)
        for function in catalog.functions.values():
            if function.origin is None:
                self._functions.setdefault(function.name, []).append(function)
        self._cascades: dict[Name, list[Table]] = {}
        for table in catalog.tables.values():
            for reference in (c.reference for c in table.constraints if c.reference is not None):
                if {reference.on_delete, reference.on_update} - {"NO ACTION", "RESTRICT"}:
                    self._cascades.setdefault((reference.schema, reference.table), []).append(table)
        self._known: dict[frozenset[Step], frozenset[Name] | None] = {}

    def of(self, texts: Iterable[str], *, writing: bool = True) -> frozenset[Name] | None:
        """The tables that SQL texts, or bare names, may come to; None: any."""
        steps = frozenset(s for text in texts for s in self._steps(text, writing))
        if steps not in self._known:
            self._known[steps] = self._closure(steps)
        return self._known[steps]

    def readers(self, table: Name) -> frozenset[Reader]:
        """The policies that may read a table: each with the table that it is on."""
        found = set()
        for name, other in self._catalog.tables.items():
            for policy in other.policies:
                reached = self.of([t for t in (policy.using, policy.with_check) if t is not None], writing=False)
                if reached is None or table in reached:
                    found.add((name, policy.name))
        return frozenset(found)

    def _closure(self, steps: Iterable[Step]) -> frozenset[Name] | None:
        tables: set[Name] = set()
        seen: set[Step] = set()
        todo = list(steps)
        while todo:
            step = todo.pop()
            if step in seen:
                continue
            seen.add(step)
            word, writing = step
            for function in self._functions.get(word, ()):
                if touched(function).opaque:
                    return None
                only_reads = function.volatility != "VOLATILE"  # Postgres lets no other write
                todo += self._steps(function.body, writing or not only_reads)
            for relation in self._relations.get(word, ()):
                if isinstance(relation, Table):
                    tables.add((relation.schema, relation.name))
                todo += self._next(relation, writing)
        return frozenset(tables)

    def _next(self, relation: Table | View, writing: bool) -> Iterator[Step]:
        """What one comes to from a table or view."""
        if isinstance(relation, View):
            yield from self._steps(relation.definition, writing)
        else:
            yield from self._of_table(relation, writing)
        for rule in relation.rules:
            yield from self._steps(rule.definition, True)
        for trigger in relation.triggers if writing else ():
            yield from ((trigger.function[1], True),)

    def _of_table(self, table: Table, writing: bool) -> Iterator[Step]:
        for policy in table.policies:
            for text in (policy.using, policy.with_check) if writing or policy.command in ("SELECT", "ALL") else ():
                yield from self._steps(text or "", False)
        if table.partition_of is not None or table.kind == "partitioned table" or table.inherits:
            yield from ((t.name, writing) for t in self._catalog.tables.values() if _related(t, table))
        if not writing:
            return
        # A foreign key looks and acts past all policies, but what it changes has triggers.
        yield from ((t.name, True) for t in self._cascades.get((table.schema, table.name), ()) if t.triggers)
        texts = [c.default or c.generated or "" for c in table.columns]
        for text in (*texts, *(c.expression or "" for c in table.constraints)):
            yield from self._steps(text, False)

    def _steps(self, text: str, writing: bool) -> Iterator[Step]:
        """The words of a text that are names of something."""
        for word in _words(text):
            if word in self._relations or word in self._functions:
                yield word, writing


def _related(one: Table, other: Table) -> bool:
    mine, theirs = (one.schema, one.name), (other.schema, other.name)
    return theirs in (one.partition_of, *one.inherits) or mine in (other.partition_of, *other.inherits)


def _words(text: str) -> list[str]:
    return [m[1].replace('""', '"') if m[1] else m[2].lower() for m in _WORD.finditer(text)]
