"""Which findings are new since another commit: held against those of the catalog as it was there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from policytool.audit.evidence import Evidence
from policytool.audit.run import RANK, Examined
from policytool.audit.selection import Selection
from policytool.catalog.build import Builder, Built
from policytool.catalog.build.platform import Platform
from policytool.catalog.objects import Catalog, Unmodelled
from policytool.finding import Finding
from policytool.rule import IgnoreRule, StatementRule
from policytool.source.model import SqlFile
from policytool.source.since import Before, changed, shared


class Base(Struct, frozen=True, kw_only=True):
    """The catalog at the merge base, and which files are another or were not there."""

    ref: str
    commit: str
    built: Built
    added: frozenset[str]
    changed: frozenset[str]


def build_both(
    before: Before, now: Sequence[SqlFile], platform: Platform, exposed_before: tuple[str, ...]
) -> tuple[Built, Base]:
    """Both catalogs; what the two histories have in common is folded once, and no file is parsed twice."""
    old, new = before.files, tuple(now)
    count = shared(old, new)
    builder = Builder(platform)
    builder.add(new[:count])
    base = builder.fork()
    base.platform = replace(platform, exposed_schemas=exposed_before)
    builder.add(new[count:])
    base.add(old[count:])
    added, edited = changed(old, new)
    return builder.built(), Base(ref=before.ref, commit=before.commit, built=base.built(), added=added, changed=edited)


def needed(examined: Examined, selection: Selection, *, edited: bool) -> Selection | None:
    """What must run on the base to judge these findings; None where nothing must. `edited`: an old file was."""
    judges = {rule.name for rule in examined.rules if isinstance(rule, IgnoreRule)}
    settled = set() if edited else {rule.name for rule in examined.rules if isinstance(rule, StatementRule)}
    names = {f.rule for f in examined.findings if f.object.kind != "rule"} - settled
    if not names:
        return None
    # Whether an ignore was unused already depends on all rules.
    return selection if names & judges else replace(selection, select=tuple(sorted(names)))


def new_findings(
    now: Examined, catalog: Catalog, before: Examined | None, base: Base
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings that are new or rest on worse evidence, and those that were there before."""
    judge = _Judge(now, catalog, before, base)
    fresh: list[Finding] = []
    old: list[Finding] = []
    for finding in now.findings:
        (fresh if judge.is_new(finding) else old).append(finding)
    return tuple(fresh), tuple(old)


class _Judge:
    def __init__(self, now: Examined, catalog: Catalog, before: Examined | None, base: Base) -> None:
        self._base = base
        self._of_statements = {rule.name for rule in now.rules if isinstance(rule, StatementRule)}
        self._now, self._then = Evidence(catalog), Evidence(base.built.catalog)
        self._known: dict[str, list[Finding]] = {}
        self._statements: Counter[tuple[str, str, str]] = Counter()
        for finding in before.findings if before else ():
            self._known.setdefault(finding.fingerprint, []).append(finding)
            if finding.rule in self._of_statements:
                self._statements[self._statement(finding, self._then)] += 1

    def is_new(self, finding: Finding) -> bool:
        if finding.object.kind == "rule":  # it failed: what it would have found is not known
            return True
        if finding.rule in self._of_statements:
            return self._new_statement(finding)
        return all(self._worse(known, finding) for known in self._known.get(finding.fingerprint, ()))

    def _new_statement(self, finding: Finding) -> bool:
        """A statement counts only in a file that is new, or that has been edited and did not hold it before."""
        path = finding.location.path if finding.location else ""
        if path not in self._base.changed:
            return path in self._base.added
        key = self._statement(finding, self._now)
        self._statements[key] -= 1
        return self._statements[key] < 0

    def _statement(self, finding: Finding, evidence: Evidence) -> tuple[str, str, str]:
        path = finding.location.path if finding.location else ""
        return path, finding.fingerprint, evidence.of(finding)

    def _worse(self, known: Finding, finding: Finding) -> bool:
        if RANK[finding.severity] != RANK[known.severity]:
            return RANK[finding.severity] < RANK[known.severity]
        if self._then.of(known) == self._now.of(finding):
            return False
        if self._then.expressions(known.object) != self._now.expressions(finding.object):
            return True
        # Fewer reasons and no other one: somebody has mended a part of it.
        before, after = ({r.message for r in item.related} for item in (known, finding))
        return not (after and after < before)


def new_unmodelled(now: Iterable[Unmodelled], before: Iterable[Unmodelled]) -> tuple[Unmodelled, ...]:
    """What could not be followed now and was not there before; lines may have moved."""
    left = Counter((u.kind, u.message, u.location.path) for u in before)
    fresh = []
    for item in now:
        key = (item.kind, item.message, item.location.path)
        left[key] -= 1
        if left[key] < 0:
            fresh.append(item)
    return tuple(fresh)
