"""A statement could not be analysed, so what it does is not in this report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from policytool.finding import Finding, ObjectRef
from policytool.rule import CatalogRule, Context


class UnanalyzedSql(CatalogRule):
    """A statement could not be analysed, so what it does is not in this report."""

    name = "unanalyzed-sql"
    severity = "info"
    concern = "correctness"

    def check(self, context: Context) -> Iterator[Finding]:
        """What the catalog records as unmodelled and may change who can do what."""
        seen: Counter[tuple[str, str]] = Counter()
        for item in context.catalog.unmodelled:
            if not item.security or item.kind == "assumed":
                continue
            file = item.location.path.rpartition("/")[2]
            seen[file, item.kind] += 1
            yield self.finding(
                ObjectRef(kind="file", name=file),
                item.message,
                at=item.location,
                key=f"{item.kind} {seen[file, item.kind]}",
            )
