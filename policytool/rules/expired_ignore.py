"""Ignores past their date."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.finding import Finding
from policytool.rule import Context, IgnoreRule, IgnoreUse


class ExpiredIgnore(IgnoreRule):
    """The date of an ignore is past, so it hides nothing any more."""

    name = "expired-ignore"
    severity = "warning"
    concern = "correctness"

    def check(self, ignore: IgnoreUse, context: Context) -> Iterator[Finding]:
        if not ignore.expired or ignore.unknown or ignore.problem:
            return
        where = "" if ignore.by == "comment" else f" on {ignore.target}"
        reason = f" ({ignore.reason})" if ignore.reason else ""
        back = {0: "it can go, there is nothing left to hide", 1: "one finding is back"}
        after = back.get(ignore.covers, f"{ignore.covers} findings are back") if ignore.ran else "it hides nothing now"
        message = f"the ignore of {ignore.rule}{where} held until {ignore.expires}{reason}: {after}"
        yield self.finding(ignore.ref, message, at=ignore.location, key=ignore.target)
