"""A view shows clients rows that the policies of its tables would hide."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.access.users import USERS
from policytool.access.views import filters, protected_below, readers, ties_to_caller, written_past
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import View
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, Severity, view_ref
from policytool.rule import Context, ViewRule


class DefinerViewOverRls(ViewRule):
    """A view shows clients rows that the policies of its tables would hide."""

    name = "definer-view-over-rls"
    severity = "error"
    splinter = "0010_security_definer_view"
    cwe = 863

    def check(self, view: View, context: Context) -> Iterator[Finding]:
        """Views without security_invoker over tables whose policies do not bind the view's owner. Info where the view
        asks who reads it, and where `definer-view-writable` or `auth-users-exposed` says more."""
        access = context.access
        if view.materialized or view.security_invoker or not access.profile.exposes(view.schema):
            return
        able = readers(view, access)
        role, below = widest(able or ("",)), [t for t in protected_below(view, access) if (t.schema, t.name) != USERS]
        hidden = [t for t in below if any(access.row_filter(r, t, "SELECT").reach != "all" for r in able)]
        if not hidden:
            return
        names = and_list(f"{t.schema}.{t.name}" for t in hidden[:3])
        tied = ties_to_caller(view, access)
        how = "by its own conditions and not by their policies" if tied else "without their policies"
        yield self.finding(
            view_ref(view),
            f"{who(role)} can read {names} through view {view.schema}.{view.name} {how}: "
            f"it reads as its owner {view.owner}",
            at=context.settled(view, "definition", "security_invoker"),
            severity="info" if tied or _told_elsewhere(view, access) else self._severity(view, role, context),
            because=(
                *access.because(role, ("SELECT",), view),
                *(
                    Related(message=f"{t.schema}.{t.name} has row level security on", location=t.rls_at)
                    for t in hidden[:3]
                ),
            ),
            fix=Fix(
                sql=f"alter view {qualified(view.schema, view.name)} set (security_invoker = on);",
                note="the view then shows each caller what the tables' policies show them (PostgreSQL 15 and later)",
            ),
        )

    def _severity(self, view: View, role: str, context: Context) -> Severity:
        """A warning where a view that leaves rows out is granted by name to those who need no account: it is public."""
        access = context.access
        grants = access.privileges.grants(role, "SELECT", view) if access.anonymous(role) and filters(view) else []
        named = any(g.grantee == role != "public" and context.deliberate(g) for g in grants)
        return "warning" if named else self.severity


def _told_elsewhere(view: View, access: Access) -> bool:
    return bool(written_past(view, access)[1]) or bool(access.users.of_view(view))
