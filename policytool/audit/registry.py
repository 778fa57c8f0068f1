"""All rules: the modules of `policytool/rules/`, each with its page."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from policytool.errors import UsageError
from policytool.rule import Rule


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by name."""
    folder = Path(__file__).resolve().parent.parent / "rules"
    stems = sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__")
    rules = [rule for stem in stems for rule in _rules_of(stem)]
    return tuple(sorted(rules, key=lambda r: r.name))


def _rules_of(stem: str) -> Iterator[Rule]:
    module = import_module(f"policytool.rules.{stem}")
    for _, kind in inspect.getmembers(module, inspect.isclass):
        if issubclass(kind, Rule) and kind.__module__ == module.__name__ and not inspect.isabstract(kind):
            yield kind()


def rule_named(name: str, rules: Sequence[Rule] | None = None) -> Rule:
    """The rule of this name, among all or those given; a UsageError that suggests near ones otherwise."""
    known = all_rules() if rules is None else rules
    for rule in known:
        if rule.name == name:
            return rule
    raise UsageError(f"there is no rule {name!r}", hint=suggestion(name, known))


def page(rule: Rule) -> str:
    """The Markdown page of a rule: its documentation, its help text and its test.

    A rule from elsewhere may do without: its docstring is then all there is to say.
    """
    path = Path(inspect.getfile(type(rule))).with_suffix(".md")
    if not path.is_file():
        return f"# {rule.name}\n\n{inspect.getdoc(type(rule)) or ''}\n"
    return path.read_text(encoding="utf-8")


def title(rule: Rule) -> str:
    """The one-line title of a rule: its docstring."""
    return (inspect.getdoc(type(rule)) or rule.name).splitlines()[0]


def suggestion(name: str, rules: Sequence[Rule]) -> str:
    """What somebody may have meant who wrote a name that no rule has."""
    import difflib

    near = difflib.get_close_matches(name, [r.name for r in rules], n=3, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else "`policytool rules` lists them"
