"""Which fixes somebody asks for."""

from __future__ import annotations

from policytool.audit.fixes import Wanted
from policytool.finding import Finding


class Asked(Wanted, frozen=True, kw_only=True):
    """Fixes of some rules, of one table, of one finding."""

    table: str | None = None
    fingerprint: str | None = None

    def asks(self, finding: Finding) -> bool:
        """Whether this finding is to be mended."""
        ref = finding.object
        name = ref.table or ref.name
        return (
            super().asks(finding)
            and self.table in (None, name, f"{ref.schema}.{name}")
            and self.fingerprint in (None, finding.fingerprint)
        )
