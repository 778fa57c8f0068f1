"""A view with security_invoker reads a view without, which passes by policies all the same."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.views import keeps_out, protected_below, readers, ties_to_caller
from policytool.access.wording import and_list, who, widest
from policytool.catalog.expression.references import references
from policytool.catalog.model import View
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, view_ref
from policytool.rule import Context, ViewRule


class InvokerOverDefiner(ViewRule):
    """A view with security_invoker reads a view without, which passes by policies all the same."""

    name = "invoker-over-definer"
    severity = "warning"
    cwe = 863

    def check(self, view: View, context: Context) -> Iterator[Finding]:
        """Views with security_invoker over views that pass by policies and that the same clients may read. An error
        where that inner view is in no exposed schema, so that this one alone lets them in."""
        access = context.access
        if not view.security_invoker or view.materialized or not access.profile.exposes(view.schema):
            return
        able = readers(view, access)
        for inner in _inner(view, context) if able else ():
            allowed = [r for r in able if access.can(r, "SELECT", inner) and not keeps_out(inner, r, access)]
            below = protected_below(inner, access) if allowed else ()
            hidden = [t for t in below if any(access.row_filter(r, t, "SELECT").reach != "all" for r in allowed)]
            if not hidden or ties_to_caller(view, access) or ties_to_caller(inner, access):
                continue
            role = widest(allowed)
            names = and_list(f"{t.schema}.{t.name}" for t in hidden[:3])
            yield self.finding(
                view_ref(view),
                f"{who(role)} can read {names} through view {view.schema}.{view.name} without their policies, for all "
                f"its security_invoker: below it {inner.schema}.{inner.name} reads as its owner {inner.owner}",
                at=context.settled(view, "definition", "security_invoker"),
                severity="warning" if access.profile.exposes(inner.schema) else "error",
                because=(
                    Related(message=f"view {inner.schema}.{inner.name} has no security_invoker", location=inner.made),
                ),
                fix=Fix(sql=f"alter view {qualified(inner.schema, inner.name)} set (security_invoker = on);"),
                key=f"{inner.schema}.{inner.name}",
            )
            return


def _inner(view: View, context: Context) -> Iterator[View]:
    """The views without security_invoker that it reads, directly or by way of views that have it."""
    todo, seen = [view], {(view.schema, view.name)}
    for current in todo:
        for name in sorted(references(current.definition).tables):
            found = context.catalog.views.get(name)
            if found is None or name in seen or found.materialized:
                continue
            seen.add(name)
            if found.security_invoker:
                todo.append(found)
            else:
                yield found
