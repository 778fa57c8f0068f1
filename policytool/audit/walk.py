"""Every subject of a catalog, handed to every rule that wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from policytool.catalog.model import Function, Table, View
from policytool.finding import Finding
from policytool.rule import (
    CatalogRule,
    Context,
    ForeignKeyRule,
    FunctionRule,
    PolicyRule,
    Rule,
    StatementRule,
    TableRule,
    ViewRule,
)

S = TypeVar("S")


def walk(rules: Iterable[Rule], context: Context) -> Iterator[Finding]:
    """All findings of the rules, in no particular order. What the platform made is no subject; policies on it are."""
    for rule in rules:
        yield from _findings(rule, context)


def _findings(rule: Rule, context: Context) -> Iterable[Finding]:
    match rule:
        case TableRule():
            return _each(rule.check, own_tables(context), context)
        case ViewRule():
            return _each(rule.check, own_views(context), context)
        case FunctionRule():
            return _each(rule.check, own_functions(context), context)
        case StatementRule():
            return _each(rule.check, context.steps, context)
        case PolicyRule():
            return _policies(rule, context)
        case ForeignKeyRule():
            return _foreign_keys(rule, context)
        case CatalogRule():
            return rule.check(context)
    raise TypeError(f"{type(rule).__name__} has no kind of subject")


def _each(
    check: Callable[[S, Context], Iterator[Finding]], subjects: Iterable[S], context: Context
) -> Iterator[Finding]:
    for subject in subjects:
        yield from check(subject, context)


def own_tables(context: Context) -> tuple[Table, ...]:
    """The tables that the user made: neither the platform's nor an extension's."""
    return tuple(t for t in context.catalog.tables.values() if t.origin is None)


def own_views(context: Context) -> tuple[View, ...]:
    """The views that the user made."""
    return tuple(v for v in context.catalog.views.values() if v.origin is None)


def own_functions(context: Context) -> tuple[Function, ...]:
    """The functions that the user made."""
    return tuple(f for f in context.catalog.functions.values() if f.origin is None)


def _policies(rule: PolicyRule, context: Context) -> Iterator[Finding]:
    for table in context.catalog.tables.values():
        for policy in table.policies:
            if policy.origin is None:
                yield from rule.check(table, policy, context)


def _foreign_keys(rule: ForeignKeyRule, context: Context) -> Iterator[Finding]:
    for table in own_tables(context):
        for constraint in table.constraints:
            if constraint.kind == "FOREIGN KEY":
                yield from rule.check(table, constraint, context)
