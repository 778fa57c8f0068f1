"""Clients write to a table through a view that passes by its policies."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.access.row_filter import Command
from policytool.access.users import USERS
from policytool.access.views import keeps_out, ties_to_caller, written_past
from policytool.access.wording import verbs, who, widest, width
from policytool.catalog.model import View
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, Severity, view_ref
from policytool.rule import Context, ViewRule


class DefinerViewWritable(ViewRule):
    """Clients write to a table through a view that passes by its policies."""

    name = "definer-view-writable"
    severity = "error"
    cwe = 863

    def check(self, view: View, context: Context) -> Iterator[Finding]:
        """Updatable views without security_invoker over a table whose policies do not bind the view's owner. A warning
        where the view keeps to rows of the caller's, info where it checks new rows for that besides."""
        access = context.access
        if not access.profile.exposes(view.schema):
            return
        table, writers = written_past(view, access)
        if table is None or (access.users.of_view(view) and (table.schema, table.name) == USERS):
            return  # `auth-users-exposed` tells it
        role = max(writers, key=lambda r: (len(writers[r]), width(r), r))
        name, deeds, other = f"{table.schema}.{table.name}", list(writers[role]), widest(writers)
        seen = access.reach(role, "SELECT", view) and not keeps_out(view, role, access)
        if seen and access.row_filter(role, table, "SELECT").reach != "all":
            deeds = ["SELECT", *deeds]
        also = () if other == role else (Related(message=f"{who(other)} can {verbs(writers[other])} them too"),)
        yield self.finding(
            view_ref(view),
            f"{who(role)} can {_what(view, name, deeds, access)}: it acts as its owner {view.owner}",
            at=context.settled(view, "definition", "security_invoker"),
            severity=self._severity(view, context),
            because=(
                *access.because(role, writers[role], view),
                *also,
                Related(message=f"{name} has row level security on", location=table.rls_at),
            ),
            fix=Fix(
                sql=f"alter view {qualified(view.schema, view.name)} set (security_invoker = on);",
                note="the tables' policies then hold for each caller (PostgreSQL 15 and later); or revoke the writes",
            ),
        )

    def _severity(self, view: View, context: Context) -> Severity:
        if not ties_to_caller(view, context.access):
            return self.severity
        return "warning" if view.check_option is None else "info"


def _what(view: View, name: str, deeds: list[Command], access: Access) -> str:
    through = f"through view {view.schema}.{view.name}"
    if not ties_to_caller(view, access):
        return f"{verbs(deeds)} rows of {name} past its policies, {through}"
    if view.check_option is not None or "INSERT" not in deeds:
        return f"{verbs(deeds)} rows of {name} {through}, by its conditions and not by the table's policies"
    others = [d for d in deeds if d != "INSERT"]
    more = f", and {verbs(others)} those that its own conditions let through" if others else ""
    return f"insert rows of {name} past its policies {through}{more}"
