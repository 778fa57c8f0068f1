"""Findings that a project has decided to live with: by configuration, or by a comment in the SQL."""

from __future__ import annotations

import datetime
import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from policytool.audit.config_places import ignore_places
from policytool.audit.directives import Directive
from policytool.catalog.model import Column, Constraint, Policy, Table
from policytool.catalog.objects import Catalog
from policytool.config import Config
from policytool.finding import Finding, ObjectRef, function_ref
from policytool.rule import IgnoreUse
from policytool.syntax.location import Location


class Ignored(Struct, frozen=True, kw_only=True):
    """A finding that is not counted, and why. `at` is where the ignore stands."""

    finding: Finding
    reason: str
    by: str  # "configuration" or "comment"
    at: Location | None = None


class Ignores:
    """All ignores of a source and its configuration; counts what each of them covers."""

    def __init__(self, comments: Iterable[Directive], config: Config, today: datetime.date, catalog: Catalog) -> None:
        self._catalog = catalog
        self._today = today
        self._hits: Counter[int] = Counter()
        self._all: list[IgnoreUse] = []
        self._by_file: dict[tuple[str, str], list[tuple[int, Directive]]] = {}
        self._configured: list[tuple[int, str]] = []
        for directive in comments:
            self._add_comment(directive)
        for entry, place in zip(config.ignore, ignore_places(config), strict=True):
            self._configured.append((len(self._all), entry.object))
            self._all.append(
                IgnoreUse(by="configuration", rule=entry.rule, target=entry.object, reason=entry.reason,
                       expires=entry.expires, expired=self._expired(entry.expires), location=place)
            )  # fmt: skip

    def _add_comment(self, directive: Directive) -> None:
        subject = hashlib.sha256(directive.subject.encode()).hexdigest()[:8] if directive.subject else ""
        target = f"{directive.location.path} {subject}".rstrip()
        for rule in directive.rules or ("",):
            if directive.covers is not None:
                here = self._by_file.setdefault((directive.location.path, rule), [])
                here.append((len(self._all), directive))
            self._all.append(
                IgnoreUse(by="comment", rule=rule, target=target, reason=directive.reason, expires=directive.expires,
                       expired=self._expired(directive.expires), location=directive.location,
                       problem=directive.problem)
            )  # fmt: skip

    def _expired(self, expires: datetime.date | None) -> bool:
        return expires is not None and expires < self._today

    def apply(self, finding: Finding) -> Ignored | None:
        """The finding as ignored, by the first ignore in force that covers it; every one that does is counted."""
        first: IgnoreUse | None = None
        for number in self._covering(finding):
            self._hits[number] += 1
            if first is None and not self._all[number].expired:
                first = self._all[number]
        if first is None:
            return None
        return Ignored(finding=finding, reason=first.reason or "no reason given", by=first.by, at=first.location)

    def _covering(self, finding: Finding) -> Iterator[int]:
        if self._by_file:
            places = [p for p in (finding.location, self._made(finding.object)) if p is not None]
            for path in dict.fromkeys(p.path for p in places):
                for number, directive in self._by_file.get((path, finding.rule), ()):
                    if directive.whole_file or any(_inside(p, directive.covers) for p in places):
                        yield number
        for number, glob in self._configured:
            if fnmatchcase(finding.rule, self._all[number].rule) and _names(finding, glob):
                yield number

    def _made(self, ref: ObjectRef) -> Location | None:
        """Where the object of a finding was made."""
        key = (ref.schema or "", ref.table or ref.name)
        if ref.table is not None or ref.kind == "table":
            table = self._catalog.tables.get(key)
            return None if table is None else _made_in(ref, table)
        if ref.kind.endswith("view"):
            view = self._catalog.views.get(key)
            return None if view is None else view.made
        return self._functions.get(ref)

    @functools.cached_property
    def _functions(self) -> dict[ObjectRef, Location | None]:
        return {function_ref(f): f.made for f in self._catalog.functions.values() if f.origin is None}

    def uses(self, judge: Callable[[str], tuple[bool, str]]) -> Iterator[IgnoreUse]:
        """Each ignore with what it covers; `judge` says whether a rule ran, and what else its name may mean."""
        for number, ignore in enumerate(self._all):
            ran, unknown = judge(ignore.rule) if ignore.rule else (False, "")
            yield replace(ignore, covers=self._hits[number], ran=ran, unknown=unknown)


def _inside(place: Location, scope: Location | None) -> bool:
    return scope is not None and place.path == scope.path and scope.line <= place.line <= scope.end_line


def _made_in(ref: ObjectRef, table: Table) -> Location | None:
    members: dict[str, tuple[Policy | Column | Constraint, ...]] = {
        "policy": table.policies,
        "column": table.columns,
        "constraint": table.constraints,
    }
    return next((m.made for m in members.get(ref.kind, ()) if m.name == ref.name), table.made)


def _names(finding: Finding, glob: str) -> bool:
    ref = finding.object
    short = ".".join(p for p in (ref.schema, ref.table, ref.name) if p is not None)
    owner = ".".join(p for p in (ref.schema, ref.table) if p is not None)
    return any(fnmatchcase(name, glob) for name in (ref.identity, short, owner))
