"""Every subject of a catalog, handed to every rule that wants it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from policytool.catalog.model import Function, Table, View
from policytool.finding import Finding, ObjectRef
from policytool.rule import (
    CatalogRule,
    Context,
    ForeignKeyRule,
    FunctionRule,
    IgnoreRule,
    PolicyRule,
    Rule,
    StatementRule,
    TableRule,
    ViewRule,
)


def walk(rules: Iterable[Rule], context: Context) -> Iterator[Finding]:
    """All findings of the rules, in no particular order. What the platform made is no subject; policies on it are."""
    for rule in rules:
        found = guarded(rule, _subjects(rule, context), context)
        yield from _latest(found) if isinstance(rule, StatementRule) else found


def _latest(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Of several statements that are the same finding, the last."""
    return {(f.object, f.key): f for f in findings}.values()


def guarded(rule: Rule, subjects: Iterable[tuple[object, ...]], context: Context) -> Iterator[Finding]:
    """The findings of a rule on each of its subjects; a rule that raises is itself reported, once."""
    check: Callable[..., Iterable[Finding]] = rule.check  # type: ignore[attr-defined]
    failed: list[tuple[str, Exception]] = []
    for subject in subjects:
        try:
            found = list(check(*subject, context))
        except Exception as error:  # whatever the code of others does
            if os.environ.get("POLICYTOOL_DEBUG"):
                raise
            failed.append((_name(subject), error))
        else:
            yield from found
    if failed:
        yield broken(rule.name, failed)


def broken(rule: str, failed: list[tuple[str, Exception]]) -> Finding:
    """The finding that a rule did not do its work."""
    subject, error = failed[0]
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    frames = traceback.extract_tb(error.__traceback__)
    where = f", {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    return Finding(
        rule=rule,
        severity="error",
        concern="correctness",
        message=f"the rule itself failed{subject}{more} ({type(error).__name__}: {error}{where}): "
        "what it would have found is unknown",
        object=ObjectRef(kind="rule", name=rule),
        key="broken",
    )


def _name(subject: tuple[object, ...]) -> str:
    """` on public.orders`, as far as the subject has a name."""
    names = [getattr(item, part, None) for item in subject[:1] for part in ("schema", "name")]
    names += [getattr(item, "name", None) for item in subject[1:]]
    named = ".".join(name for name in names if isinstance(name, str))
    return f" on {named}" if named else ""


def _subjects(rule: Rule, context: Context) -> Iterable[tuple[object, ...]]:
    match rule:
        case TableRule():
            return ((table,) for table in own_tables(context))
        case ViewRule():
            return ((view,) for view in own_views(context))
        case FunctionRule():
            return ((function,) for function in own_functions(context))
        case StatementRule():
            return ((step,) for step in context.steps)
        case PolicyRule():
            return _policies(context)
        case ForeignKeyRule():
            return _foreign_keys(context)
        case CatalogRule():
            return ((),)
        case IgnoreRule():  # judged when all others are done
            return ()
    raise TypeError(f"{type(rule).__name__} has no kind of subject")


def own_tables(context: Context) -> tuple[Table, ...]:
    """The tables that the user made: neither the platform's nor an extension's."""
    return tuple(t for t in context.catalog.tables.values() if t.origin is None)


def own_views(context: Context) -> tuple[View, ...]:
    """The views that the user made."""
    return tuple(v for v in context.catalog.views.values() if v.origin is None)


def own_functions(context: Context) -> tuple[Function, ...]:
    """The functions that the user made."""
    return tuple(f for f in context.catalog.functions.values() if f.origin is None)


def _policies(context: Context) -> Iterator[tuple[object, ...]]:
    for table in context.catalog.tables.values():
        for policy in table.policies:
            if policy.origin is None:
                yield table, policy


def _foreign_keys(context: Context) -> Iterator[tuple[object, ...]]:
    for table in own_tables(context):
        for constraint in table.constraints:
            if constraint.kind == "FOREIGN KEY":
                yield table, constraint
