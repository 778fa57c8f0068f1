"""A function was made anew without SECURITY DEFINER or the search_path that it had."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.bodies import resolve, touched
from policytool.access.lives import changed, life
from policytool.access.searched import leaves_open
from policytool.access.wording import and_list
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, Severity, function_ref
from policytool.rule import Context, StatementRule, Step

TOLD = frozenset({"definer-search-path"})


class ReplaceFunctionDropsSettings(StatementRule):
    """A function was made anew without SECURITY DEFINER or the search_path that it had."""

    name = "replace-function-drops-settings"
    severity = "error"
    cwe = 426

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """CREATE [OR REPLACE] FUNCTION without what the function had, if it lacks it at the end and it matters."""
        if step.statement.kind == "AlterFunctionStmt":
            return  # ALTER FUNCTION says what it does
        for change, before, after in changed(step, "functions"):
            if after is None or after.origin is not None or change.old_key is not None:
                continue
            former = before if before is not None else _dropped(step, change.key, context)
            end = life(context.history, "functions", change.key, step).end
            if former is None or end is None:
                continue
            if former.security_definer and not after.security_definer and not end.security_definer:
                yield from self._as_caller(former, end, step, context)
            elif after.security_definer and end.security_definer and _path(former) and not _path(after):
                yield from self._path_lost(former, end, step, context)

    def _path_lost(self, former: Function, end: Function, step: Step, context: Context) -> Iterator[Finding]:
        """It keeps the rights of its owner and looks names up where the caller says."""
        path = _path(former)
        if path is None or _path(end) is not None or end.atomic:
            return
        ref = function_ref(end)
        yield self.finding(
            ref,
            f"{end.schema}.{ref.name} had a search_path of its own and was made anew without: it still runs with the "
            f"rights of {end.owner}, and looks names up where its caller says",
            at=step.statement.location,
            severity="info" if context.told(end, TOLD) or not leaves_open(end) else None,
            because=_since(former),
            fix=Fix(sql=f"alter {_named(end, ref.name)} set search_path = {_spelled(path)};", safety="safe"),
            key="search_path",
        )

    def _as_caller(self, former: Function, end: Function, step: Step, context: Context) -> Iterator[Finding]:
        """It was made to pass by policies, and is bound by them now: what needed it to stops working."""
        body = touched(end)
        found = {k for n in (*body.reads, *body.writes) if (k := resolve(n, context.catalog.tables)) is not None}
        tables = [t for k in sorted(found) if (t := context.catalog.tables[k]).rls_enabled]
        bound = [f"{t.schema}.{t.name}" for t in tables if context.access.exempt(former.owner, t)]
        if not bound:
            return
        policies, trigger = context.access.helpers.in_policies(end), end.returns == "trigger"
        severity: Severity = "warning" if policies or (trigger and body.writes) else "info"
        user = "the policies that call it" if policies else "the trigger" if trigger else "it"
        ref = function_ref(end)
        yield self.finding(
            ref,
            f"{end.schema}.{ref.name} was SECURITY DEFINER and was made anew without: "
            f"{user} now {'meet' if policies else 'meets'} {and_list(bound[:3])} under the policies for the caller",
            at=step.statement.location,
            severity=severity,
            because=_since(former),
            fix=Fix(sql=f"alter {_named(end, ref.name)} security definer;"),
            key="security definer",
        )


def _dropped(step: Step, key: tuple[str, str, tuple[str, ...]], context: Context) -> Function | None:
    """The function of this signature that the same file found, and dropped before this statement."""
    first = context.history.same_file(step)[0]
    found = context.history.before("functions", key, first)
    return found if isinstance(found, Function) and first is not step else None


def _path(function: Function) -> str | None:
    return next((s.partition("=")[2] for s in function.settings if s.startswith("search_path=")), None)


def _spelled(path: str) -> str:
    return "''" if path in ("", '""') else path


def _since(former: Function) -> tuple[Related, ...]:
    return (Related(message="it was said here", location=former.changed or former.made),)


def _named(function: Function, signature: str) -> str:
    kind = "procedure" if function.kind == "procedure" else "function"
    return f"{kind} {identifier(function.schema)}.{signature}"
