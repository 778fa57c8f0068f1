"""Which rules run, and which of them only to judge the ignores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct

from policytool.audit.registry import rule_named, suggestion
from policytool.config import Config
from policytool.errors import UsageError
from policytool.finding import Severity
from policytool.rule import Context, IgnoreRule, Rule, StatementRule


class Selection(Struct, frozen=True, kw_only=True):
    """Which rules run, and which findings are shown."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_severity: Severity = "info"
    persona: str = "everyone"


def selected_rules(
    selection: Selection, config: Config, known: Sequence[Rule], *, complete: bool = True
) -> tuple[Rule, ...]:
    """The rules that run. Naming a rule selects it whatever its persona; a misspelt name is a UsageError.

    Where the known rules are not complete, the configuration may well speak of others.
    """
    for name in (*selection.select, *selection.ignore, *(config.options if complete else ())):
        try:
            rule_named(name, known)
        except UsageError as error:
            hint = error.hint if complete else "it may be one that the configuration names: --allow-rules runs those"
            raise UsageError(error.message, hint=hint) from None
    return _chosen(selection.select, selection, config, known)


def judging_rules(selection: Selection, config: Config, known: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that must run besides: who selects `unused-ignore` asks about the ignores of all other rules."""
    named = (rule for rule in known if rule.name in selection.select)
    if not any(isinstance(rule, IgnoreRule) for rule in named):
        return ()
    chosen = {rule.name for rule in _chosen(selection.select, selection, config, known)}
    return tuple(rule for rule in _chosen((), selection, config, known) if rule.name not in chosen)


def _chosen(select: Sequence[str], selection: Selection, config: Config, known: Sequence[Rule]) -> tuple[Rule, ...]:
    chosen = []
    for rule in known:
        wanted = rule.name in select if select else rule.persona in ("everyone", selection.persona)
        if wanted and rule.name not in selection.ignore and config.rule_severity(rule.name) != "off":
            chosen.append(rule)
    return tuple(chosen)


def judge(
    ran: Sequence[Rule], known: Sequence[Rule], context: Context, *, complete: bool
) -> Callable[[str], tuple[bool, str]]:
    """Says of a name or glob in an ignore whether its rule ran, and what may be meant where no rule is called so.

    Where the known rules are not complete, a name that none of them has may be that of another.
    """
    done = {
        r.name for r in ran if not isinstance(r, IgnoreRule) and (context.steps or not isinstance(r, StatementRule))
    }
    names = {r.name for r in known}

    def judged(name: str) -> tuple[bool, str]:
        if any(mark in name for mark in "*?["):
            meant = {n for n in names if fnmatchcase(n, name)}
            return bool(meant & done), "" if meant or not complete else "no rule's name is like that"
        unknown = "" if name in names or not complete else suggestion(name, known)
        return name in done, unknown

    return judged


def has_subjects(rule: Rule, context: Context) -> bool:
    """Whether the source is of the kind that the rule looks at: a database has no statements, a file no statistics."""
    if rule.live and context.catalog.live is None:
        return False
    return bool(context.steps) or not isinstance(rule, StatementRule)
