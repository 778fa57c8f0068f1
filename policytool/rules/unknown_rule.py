"""Ignores of rules that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.finding import Finding
from policytool.rule import Context, IgnoreRule, IgnoreUse


class UnknownRule(IgnoreRule):
    """An ignore names a rule that does not exist, so it hides nothing."""

    name = "unknown-rule"
    severity = "warning"
    concern = "correctness"

    def check(self, ignore: IgnoreUse, context: Context) -> Iterator[Finding]:
        if ignore.unknown:
            message = f"there is no rule {ignore.rule!r} to ignore: {ignore.unknown}"
            yield self.finding(ignore.ref, message, at=ignore.location, key=ignore.target)
