"""Every subject of a catalog, handed to every rule that wants it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def walk(rules: Iterable[Rule], context: Context) -> Iterator[Finding]:
    """All findings of the rules, in no particular order. Only what the user made is a subject, policies anywhere included."""
    for rule in rules:
        match rule:
            case TableRule():
                for table in own_tables(context):
                    yield from rule.check(table, context)
            case PolicyRule():
                yield from _policies(rule, context)
            case ForeignKeyRule():
                yield from _foreign_keys(rule, context)
            case ViewRule():
                for view in own_views(context):
                    yield from rule.check(view, context)
            case FunctionRule():
                for function in own_functions(context):
                    yield from rule.check(function, context)
            case StatementRule():
                for step in context.steps:
                    yield from rule.check(step, context)
            case CatalogRule():
                yield from rule.check(context)


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
            if table.origin is None or policy.made is not None:
                yield from rule.check(table, policy, context)


def _foreign_keys(rule: ForeignKeyRule, context: Context) -> Iterator[Finding]:
    for table in own_tables(context):
        for constraint in table.constraints:
            if constraint.kind == "FOREIGN KEY":
                yield from rule.check(table, constraint, context)
