"""Clients read the accounts of all users through a view or a function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policytool.access.users import USERS
from policytool.access.views import readers, ties_to_caller, written_past
from policytool.access.wording import and_list, verbs, who, widest
from policytool.catalog.model import Function, View
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Severity, function_ref, lowered, view_ref
from policytool.rule import CatalogRule, Context

# Columns that say little of anybody.
_PLAIN = frozenset({"instance_id", "aud", "role", "created_at", "updated_at", "last_sign_in_at", "confirmed_at",
                    "email_confirmed_at", "phone_confirmed_at", "invited_at", "deleted_at", "banned_until",
                    "is_anonymous", "is_sso_user"})  # fmt: skip


class AuthUsersExposed(CatalogRule):
    """Clients read the accounts of all users through a view or a function."""

    name = "auth-users-exposed"
    severity = "error"
    splinter = "0002_auth_users_exposed"
    cwe = 359

    def check(self, context: Context) -> Iterator[Finding]:
        """Views, materialised views and definer functions that put out columns of auth.users beyond its key. Info where
        they ask who reads, a warning where nothing personal is among the columns."""
        for view in context.catalog.views.values():
            if view.origin is None and context.access.profile.exposes(view.schema):
                yield from self._view(view, context)
        for function in context.catalog.functions.values():
            if function.origin is None and function.security_definer:
                yield from self._function(function, context)

    def _view(self, view: View, context: Context) -> Iterator[Finding]:
        access = context.access
        shown = dict.fromkeys(access.users.of_view(view).values())
        able = readers(view, access) if shown else []
        if not able:
            return
        role, kind = widest(able), "materialized view" if view.materialized else "view"
        tied = not view.materialized and ties_to_caller(view, access)
        roles = ", ".join("public" if r == "public" else identifier(r) for r in able)
        yield self.finding(
            view_ref(view),
            f"{who(role)} can read {_some(shown)} of {'users' if tied else 'every user'}{_writes(view, role, context)} "
            f"through {kind} {view.schema}.{view.name}: it acts on auth.users as {view.owner}",
            at=context.settled(view, "definition", "security_invoker"),
            severity=self._severity(shown, tied=tied),
            because=access.because(role, ("SELECT",), view),
            fix=Fix(
                sql=f"revoke all on {qualified(view.schema, view.name)} from {roles};",
                note="keep what others may know of a person in a table of your own, with policies",
            ),
        )

    def _function(self, function: Function, context: Context) -> Iterator[Finding]:
        access = context.access
        shown = access.definers.shows_users(function)
        if not shown:
            return
        callers, guard = access.definers.callers(function), access.guards.of(function)
        role, ref = (
            widest([r for r in callers if not (guard.login and access.anonymous(r))] or callers),
            function_ref(function),
        )
        roles = ", ".join("public" if r == "public" else identifier(r) for r in dict.fromkeys(("public", *callers)))
        head = "procedure" if function.kind == "procedure" else "function"
        yield self.finding(
            ref,
            f"{who(role)} can read {_some(shown)} of {'users' if guard.refers else 'any user'} through "
            f"{function.schema}.{ref.name}: it reads auth.users as {function.owner}",
            at=context.settled(function, "body", "security_definer"),
            severity=self._severity(shown, tied=guard.refers or access.definers.takes_secret(function)),
            because=access.because(role, ("EXECUTE",), function),
            fix=Fix(sql=f"revoke execute on {head} {identifier(function.schema)}.{ref.name} from {roles};"),
        )

    def _severity(self, shown: Iterable[str], *, tied: bool) -> Severity:
        return "info" if tied else lowered(self.severity) if _PLAIN.issuperset(shown) else self.severity


def _writes(view: View, role: str, context: Context) -> str:
    table, writers = written_past(view, context.access)
    if table is None or (table.schema, table.name) != USERS or role not in writers:
        return ""
    return f", and {verbs(writers[role])} them,"


def _some(shown: Iterable[str]) -> str:
    """The most telling columns first."""
    return and_list(sorted(shown, key=lambda c: c in _PLAIN)[:3])
