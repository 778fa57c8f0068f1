"""A view shows clients rows that the policies of its tables would hide."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.access.users import USERS
from policytool.access.views import protected_below, ties_to_caller, written_past
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import View
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, view_ref
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
        readers = [r for r in access.clients if access.reach(r, "SELECT", view)]
        if view.materialized or view.security_invoker or not readers or not access.profile.exposes(view.schema):
            return
        role, below = widest(readers), [t for t in protected_below(view, access) if (t.schema, t.name) != USERS]
        hidden = [t for t in below if any(access.row_filter(r, t, "SELECT").reach != "all" for r in readers)]
        if not hidden:
            return
        names = and_list(f"{t.schema}.{t.name}" for t in hidden[:3])
        yield self.finding(
            view_ref(view),
            f"{who(role)} can read {names} through view {view.schema}.{view.name} without their policies: "
            f"it reads as its owner {view.owner}",
            at=context.settled(view, "definition", "security_invoker"),
            severity="info" if ties_to_caller(view, access) or _told_elsewhere(view, access) else None,
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


def _told_elsewhere(view: View, access: Access) -> bool:
    return bool(written_past(view, access)[1]) or bool(access.users.of_view(view))
