"""Clients read a materialised view, which no policy can protect."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.views import stored_below
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import View
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Related, view_ref
from policytool.rule import Context, ViewRule


class MatviewExposed(ViewRule):
    """Clients read a materialised view, which no policy can protect."""

    name = "matview-exposed"
    severity = "error"
    splinter = "0016_materialized_view_in_api"
    cwe = 863

    def check(self, view: View, context: Context) -> Iterator[Finding]:
        """Materialised views that clients read. An error where they hold rows that policies would hide; else info."""
        access = context.access
        if not view.materialized or not access.profile.exposes(view.schema):
            return
        readers = [r for r in access.clients if access.reach(r, "SELECT", view)]
        if not readers:
            return
        role = widest(readers)
        hidden = [t for t in stored_below(view, access) if access.row_filter(role, t, "SELECT").reach != "all"]
        names = and_list(f"{t.schema}.{t.name}" for t in hidden[:3])
        what = f": it holds rows of {names} without their policies" if hidden else ", on which no policy can be put"
        roles = ", ".join("public" if r == "public" else identifier(r) for r in readers)
        yield self.finding(
            view_ref(view),
            f"{who(role)} can read materialized view {view.schema}.{view.name}{what}",
            at=context.settled(view, "definition"),
            severity=None if hidden and not access.users.of_view(view) else "info",
            because=(
                *access.because(role, ("SELECT",), view),
                *(
                    Related(message=f"{t.schema}.{t.name} has row level security on", location=t.rls_at)
                    for t in hidden[:3]
                ),
            ),
            fix=Fix(
                sql=f"revoke select on {qualified(view.schema, view.name)} from {roles};",
                note="and let clients read it through a function that asks who they are",
            ),
        )
