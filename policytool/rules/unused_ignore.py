"""Ignores that hide nothing."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.finding import Finding
from policytool.rule import Context, IgnoreRule, IgnoreUse


class UnusedIgnore(IgnoreRule):
    """An ignore hides no finding, so nobody would notice if it began to hide one."""

    name = "unused-ignore"
    severity = "info"
    concern = "correctness"

    def check(self, ignore: IgnoreUse, context: Context) -> Iterator[Finding]:
        if ignore.unknown or ignore.expired:
            return
        if ignore.problem:
            message = f"this ignore of {ignore.rule or 'nothing'} has no effect: {ignore.problem}"
            yield self.finding(ignore.ref, message, at=ignore.location, severity="warning", key=ignore.target)
        elif ignore.ran and not ignore.covers:
            where = "this comment" if ignore.by == "comment" else f"the ignore of {ignore.target}"
            message = f"{where} hides no finding of {ignore.rule}: the rule has nothing to say there (any more)"
            yield self.finding(ignore.ref, message, at=ignore.location, key=ignore.target)
