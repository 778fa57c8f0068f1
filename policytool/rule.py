"""What a rule is: a title, a few class attributes, and one `check` that takes its subject and yields findings."""

from __future__ import annotations

import datetime
import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec import Struct

from policytool.access import Access
from policytool.access.profile import Conventions
from policytool.catalog.history import History, Step
from policytool.catalog.model import Constraint, Function, Grant, Policy, Role, Schema, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import Concern, Confidence, Finding, Fix, ObjectRef, Persona, Related, Severity
from policytool.syntax.location import Location

if TYPE_CHECKING:
    from policytool.catalog.build import Change

__all__ = [
    "CatalogRule", "Context", "ForeignKeyRule", "FunctionRule", "IgnoreRule", "IgnoreUse", "PolicyRule", "Rule",
    "StatementRule", "Step", "TableRule", "ViewRule",
]  # fmt: skip


class Context(Struct, frozen=True, kw_only=True, dict=True):
    """What a rule may look at besides its subject."""

    catalog: Catalog
    access: Access
    conventions: Conventions
    steps: tuple[Step, ...] = ()  # empty where the source is no migrations
    rules: tuple[Rule, ...] = ()  # all there are, for `told`

    @functools.cached_property
    def history(self) -> History:
        """What each statement found and what it left, and which statements commit together."""
        return History(self.steps, self.catalog)

    def deliberate(self, grant: Grant) -> bool:
        """Whether somebody granted this very privilege on this very object, and not all there is on all there are."""
        return not grant.by_default and not grant.sweeping

    @functools.cached_property
    def _changes(self) -> dict[tuple[str, object], list[Change]]:
        changes: dict[tuple[str, object], list[Change]] = {}
        for step in self.steps:
            for change in step.changes:
                changes.setdefault((change.kind, change.key), []).append(change)
        return changes

    def settled(self, item: View | Function | Table | Schema | Role, *fields: str) -> Location | None:
        """The statement that last changed one of these fields; the one that made the object where none is on record."""
        match item:
            case Function():
                key: tuple[str, object] = ("functions", item.signature)
            case Schema() | Role():
                key = ("schemas" if isinstance(item, Schema) else "roles", item.name)
            case _:
                key = ("tables" if isinstance(item, Table) else "views", (item.schema, item.name))
        for change in reversed(self._changes.get(key, ())):
            if change.after is None:
                break
            if change.before is None or any(getattr(change.before, f) != getattr(change.after, f) for f in fields):
                place: Location | None = change.after.changed or change.after.made
                return place
        return item.made

    def told(self, item: Table | View | Function, among: frozenset[str], policy: str | None = None) -> bool:
        """Whether one of these rules says of the object, as it is, something above info: a hole is told once.

        With a policy, what is said of other policies of the table does not count.
        """
        found = (f for rule in self.rules if rule.name in among for f in _of(rule, item, self) if f.severity != "info")
        return any(policy is None or f.object.kind != "policy" or f.object.name == policy for f in found)

    def public(self, table: Table) -> bool:
        """Whether the project's configuration lists the table as one that everybody may read."""
        return any(fnmatchcase(f"{table.schema}.{table.name}", glob) for glob in self.conventions.public_tables)


class Rule(ABC):
    """Base of all rules. The docstring of a rule is its one-line title; its page is the Markdown file of the same stem.

    `concern` orders findings of one severity: what leaks, then what does not work, what stops others while a migration
    runs, what is slow. `live` is for what only a database in use shows.
    `persona` is `auditor` for what only a security review wants to read (off by default for everyone else).
    `splinter` names the lint of Supabase's advisor it covers, `cwe` the weakness.
    """

    name: ClassVar[str]
    severity: ClassVar[Severity]
    confidence: ClassVar[Confidence] = "high"
    concern: ClassVar[Concern] = "security"
    persona: ClassVar[Persona] = "everyone"
    splinter: ClassVar[str | None] = None
    cwe: ClassVar[int | None] = None
    live: ClassVar[bool] = False

    def finding(
        self,
        ref: ObjectRef,
        message: str,
        *,
        at: Location | None,
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        because: tuple[Related, ...] = (),
        fix: Fix | None = None,
        key: str = "",
    ) -> Finding:
        """A finding of this rule, with its own severity and confidence unless told otherwise."""
        return Finding(
            rule=self.name,
            severity=severity or self.severity,
            confidence=confidence or self.confidence,
            concern=self.concern,
            message=message,
            object=ref,
            location=at,
            related=because,
            fix=fix,
            key=key,
        )


class TableRule(Rule):
    """Looks at each table of the user's."""

    @abstractmethod
    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Findings on one table."""


class PolicyRule(Rule):
    """Looks at each policy, also those that the user put on the platform's tables."""

    @abstractmethod
    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Findings on one policy."""


class ForeignKeyRule(Rule):
    """Looks at each foreign key."""

    @abstractmethod
    def check(self, table: Table, foreign_key: Constraint, context: Context) -> Iterator[Finding]:
        """Findings on one foreign key."""


class ViewRule(Rule):
    """Looks at each view and materialised view of the user's."""

    @abstractmethod
    def check(self, view: View, context: Context) -> Iterator[Finding]:
        """Findings on one view."""


class FunctionRule(Rule):
    """Looks at each function and procedure of the user's."""

    @abstractmethod
    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Findings on one function."""


class StatementRule(Rule):
    """Looks at each statement of the migrations, with what it changed."""

    @abstractmethod
    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Findings on one statement."""


class IgnoreUse(Struct, frozen=True, kw_only=True):
    """One rule that a comment or the configuration ignores, with what came of it: the subject of rules about ignores.

    `target` says where it holds, without lines. `ran`: the rule was run, so that `covers` means something; `unknown`
    has a hint for a name that no rule has; `problem` says why it holds for nothing.
    """

    by: Literal["comment", "configuration"]
    rule: str
    target: str
    reason: str
    location: Location | None
    expires: datetime.date | None = None
    expired: bool = False
    problem: str = ""
    covers: int = 0
    ran: bool = False
    unknown: str = ""

    @property
    def ref(self) -> ObjectRef:
        """What a finding on it is about."""
        return ObjectRef(kind="ignore", name=self.rule or "no rule")


class IgnoreRule(Rule):
    """Looks at each ignore, after all other rules have run."""

    @abstractmethod
    def check(self, ignore: IgnoreUse, context: Context) -> Iterator[Finding]:
        """Findings on one ignore."""


class CatalogRule(Rule):
    """Looks at the catalog as a whole."""

    @abstractmethod
    def check(self, context: Context) -> Iterator[Finding]:
        """Findings on the catalog."""


def _of(rule: Rule, item: Table | View | Function, context: Context) -> Iterator[Finding]:
    """What a rule says of one object and of its policies."""
    match rule, item:
        case TableRule(), Table() if item.origin is None:
            yield from rule.check(item, context)
        case ViewRule(), View():
            yield from rule.check(item, context)
        case FunctionRule(), Function():
            yield from rule.check(item, context)
        case PolicyRule(), Table():
            for policy in item.policies:
                if item.origin is None or policy.made is not None:
                    yield from rule.check(item, policy, context)
