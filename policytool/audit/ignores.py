"""Findings that a project has decided to live with: by configuration, or by a comment at the statement."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from policytool.catalog.model import Column, Constraint, Policy, Table
from policytool.catalog.objects import Catalog
from policytool.config import Ignore
from policytool.finding import Finding, ObjectRef, function_ref
from policytool.syntax.location import Location
from policytool.syntax.statement import Statement

_COMMENT = re.compile(r"policytool:\s*ignore\[([^\]]*)\]\s*(.*)")


class Ignored(Struct, frozen=True, kw_only=True):
    """A finding that is not counted, and why."""

    finding: Finding
    reason: str
    by: str  # "configuration" or "comment"


class Directive(Struct, frozen=True, kw_only=True):
    """`-- policytool: ignore[rule, …] reason`, on the statement from `line` to `end_line`."""

    path: str
    line: int
    end_line: int
    rules: frozenset[str]
    reason: str


def directives(statements: Iterable[Statement]) -> Mapping[str, tuple[Directive, ...]]:
    """The ignore comments of all statements, by file."""
    found: dict[str, list[Directive]] = {}
    for statement in statements:
        for comment in statement.comments:
            if "policytool:" in comment and (match := _COMMENT.search(comment)):
                names = frozenset(n.strip() for n in match[1].split(",") if n.strip())
                place = statement.location
                directive = Directive(
                    path=place.path, line=place.line, end_line=place.end_line, rules=names, reason=match[2].strip()
                )
                found.setdefault(place.path, []).append(directive)
    return {path: tuple(items) for path, items in found.items()}


def reason_by_comment(finding: Finding, comments: Mapping[str, tuple[Directive, ...]], catalog: Catalog) -> str | None:
    """The reason of the comment that covers a finding: on the statement it points at, or that made its object."""
    if not comments:
        return None
    places = (finding.location, _made(finding.object, catalog))
    for place in (p for p in places if p is not None):
        for directive in comments.get(place.path, ()):
            if finding.rule in directive.rules and directive.line <= place.line <= directive.end_line:
                return directive.reason or "no reason given"
    return None


def _made(ref: ObjectRef, catalog: Catalog) -> Location | None:
    """Where the object of a finding was made."""
    schema = ref.schema or ""
    if ref.table is not None or ref.kind == "table":
        table = catalog.tables.get((schema, ref.table or ref.name))
        return None if table is None else _made_in(ref, table)
    if ref.kind.endswith("view"):
        view = catalog.views.get((schema, ref.name))
        return None if view is None else view.made
    named = (f for f in catalog.functions.values() if f.schema == schema and function_ref(f) == ref)
    return next((f.made for f in named), None) if ref.kind in ("function", "procedure") else None


def _made_in(ref: ObjectRef, table: Table) -> Location | None:
    members: dict[str, tuple[Policy | Column | Constraint, ...]] = {
        "policy": table.policies,
        "column": table.columns,
        "constraint": table.constraints,
    }
    return next((m.made for m in members.get(ref.kind, ()) if m.name == ref.name), table.made)


def reason_by_configuration(finding: Finding, ignores: Iterable[Ignore], today: datetime.date) -> str | None:
    """The reason of the configured ignore that covers a finding; an expired one covers nothing."""
    for ignore in ignores:
        live = ignore.expires is None or ignore.expires >= today
        if live and fnmatchcase(finding.rule, ignore.rule) and _names(finding, ignore.object):
            return ignore.reason
    return None


def _names(finding: Finding, glob: str) -> bool:
    ref = finding.object
    short = ".".join(p for p in (ref.schema, ref.table, ref.name) if p is not None)
    owner = ".".join(p for p in (ref.schema, ref.table) if p is not None)
    return any(fnmatchcase(name, glob) for name in (ref.identity, short, owner))
