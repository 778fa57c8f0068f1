"""A view was made anew without the security options that it had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policytool.access import Access
from policytool.access.lives import changed, life
from policytool.access.views import protected_below, ties_to_caller
from policytool.access.wording import and_list, who, widest
from policytool.catalog.expression.references import references
from policytool.catalog.model import Table, View
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, Severity, view_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.fragments import parse_query
from policytool.syntax.node import walk

TOLD = frozenset({"definer-view-over-rls", "definer-view-writable", "auth-users-exposed"})
CONDITIONS = frozenset({"whereClause", "havingClause", "quals", "usingClause", "isNatural"})
RANK: tuple[Severity, ...] = ("error", "warning", "info")


class Lost(NamedTuple):
    """An option, what comes of its loss, and how bad that is."""

    option: str
    value: str
    consequence: str
    severity: Severity


class ReplaceViewDropsOptions(StatementRule):
    """A view was made anew without the security options that it had."""

    name = "replace-view-drops-options"
    severity = "error"
    cwe = 863

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """CREATE [OR REPLACE] VIEW without what the view had, if it lacks it at the end."""
        if step.statement.kind == "AlterTableStmt":
            return  # ALTER VIEW says what it does
        for change, before, after in changed(step, "views"):
            if after is None or after.materialized or after.origin is not None or change.old_key is not None:
                continue
            former = before if before is not None else _dropped(step, change.key, context)
            end = life(context.history, "views", change.key, step).end
            if former is None or end is None:
                continue
            lost = tuple(_lost(former, after, end, context))
            if lost:
                yield self._finding(former, end, lost, step, context)

    def _finding(self, former: View, end: View, lost: tuple[Lost, ...], step: Step, context: Context) -> Finding:
        settings = ", ".join(f"{one.option} = {one.value}" for one in lost)
        worst = min((one.severity for one in lost), key=RANK.index)
        told = worst != "info" and lost[0].option == "security_invoker" and context.told(end, TOLD)
        return self.finding(
            view_ref(end),
            f"view {end.schema}.{end.name} lost {and_list(one.option for one in lost)} when it was made anew: "
            + "; ".join(one.consequence for one in lost),
            at=step.statement.location,
            severity="info" if told else worst,
            because=(Related(message="it had the option since here", location=former.changed or former.made),),
            fix=Fix(sql=f"alter view {qualified(end.schema, end.name)} set ({settings});", safety="unsafe"),
        )


def _dropped(step: Step, key: tuple[str, str], context: Context) -> View | None:
    """The view of this name that the same file found, and dropped before this statement."""
    first = context.history.same_file(step)[0]
    found = context.history.before("views", key, first)
    return found if isinstance(found, View) and first is not step else None


def _lost(former: View, after: View, end: View, context: Context) -> Iterator[Lost]:
    said = {option.partition("=")[0] for option in (*after.options, *end.options)}
    access = context.access
    readers = [r for r in access.clients if access.reach(r, "SELECT", end)]
    if not access.profile.exposes(end.schema):
        readers = []
    if former.security_invoker and not end.security_invoker and "security_invoker" not in said:
        yield Lost("security_invoker", "on", *_as_owner(end, readers, access))
    if former.security_barrier and not end.security_barrier and "security_barrier" not in said and _sifts(end, access):
        filters = readers and not end.security_invoker and ties_to_caller(end, access)
        consequence = "a function in a caller's condition can see rows before the view's own conditions hide them"
        yield Lost("security_barrier", "on", consequence, "warning" if filters else "info")
    if former.check_option is not None and end.check_option is None and "check_option" not in said:
        writers = [r for r in access.clients for p in ("INSERT", "UPDATE") if access.reach(r, p, end)]
        consequence = "rows can be written through it that it does not show"
        yield Lost("check_option", former.check_option.lower(), consequence, "warning" if writers else "info")


def _sifts(view: View, access: Access) -> bool:
    """Whether the view leaves out rows: one without any condition has nothing that a barrier could hide."""
    tree = parse_query(view.definition)
    if tree is None or any(name in access.catalog.views for name in references(view.definition).tables):
        return True
    return any(
        body.keys() & CONDITIONS or body.get("op") in ("SETOP_EXCEPT", "SETOP_INTERSECT") for _, body in walk(tree)
    )


def _as_owner(view: View, readers: list[str], access: Access) -> tuple[str, Severity]:
    """What it means that the view reads as its owner; as bad as what clients read by it that they could not before."""
    consequence = f"it reads as its owner {view.owner} now, not as whoever asks"
    if not readers:
        return consequence, "warning" if protected_below(view, access) else "info"
    hidden = [t for t in _tables(view, access) if any(not access.reach(r, "SELECT", t) for r in readers)]
    if hidden:
        names = and_list(f"{t.schema}.{t.name}" for t in hidden[:3])
        return f"{consequence}, and {who(widest(readers))} can read {names} by it without a privilege on it", "error"
    return consequence, "warning" if protected_below(view, access) else "info"


def _tables(view: View, access: Access) -> list[Table]:
    """The tables that the view itself names and its owner may read."""
    found = (access.catalog.tables.get(name) for name in sorted(references(view.definition).tables))
    return [t for t in found if t is not None and access.can(view.owner, "SELECT", t)]
