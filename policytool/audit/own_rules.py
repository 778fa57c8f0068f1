"""Rules that a project or an installed package brings: code of others, run only where somebody has said so."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from glob import glob
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct

from policytool.audit.registry import all_rules
from policytool.config import Config
from policytool.errors import ConfigurationError
from policytool.finding import CONCERNS, SEVERITIES
from policytool.rule import Rule

GROUP = "policytool.rules"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class OwnRules(Struct, frozen=True, kw_only=True):
    """Rules besides policytool's; `not_run` are the patterns whose files were not allowed to run."""

    rules: tuple[Rule, ...] = ()
    not_run: tuple[str, ...] = ()


def is_file(entry: str) -> bool:
    """Whether an entry of the key `rules` names Python files, and not an installed package's entry point."""
    return entry.endswith(".py") or "/" in entry or "\\" in entry


def own_rules(config: Config, *, allow: bool) -> OwnRules:
    """The rules that the configuration names. Files run only if allowed: a repository may be anybody's.

    What is installed was chosen by whoever installed it, and is loaded once the configuration names it.
    """
    rules: list[Rule] = []
    not_run: list[str] = []
    for entry in config.own_rules:
        if not is_file(entry):
            rules += _installed(entry, config)
        elif allow:
            rules += _of_files(entry, config)
        else:
            not_run.append(entry)
    _check(rules, config)
    return OwnRules(rules=tuple(rules), not_run=tuple(not_run))


def _of_files(pattern: str, config: Config) -> Iterator[Rule]:
    paths = sorted(glob(str(config.folder / pattern), recursive=True))  # noqa: PTH207 - a pattern may be absolute
    if not paths:
        raise ConfigurationError(
            f"{config.path}: `rules` names {pattern}, and there is no such file",
            hint="paths start at the configuration",
        )
    for path in paths:
        found = list(_rules_of(_module(Path(path))))
        if not found:
            hint = "a rule is a class made from TableRule, PolicyRule or another of policytool.rule (docs/own-rules.md)"
            raise ConfigurationError(f"{path} holds no rule", hint=hint)
        yield from found


def _module(path: Path) -> ModuleType:
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    name = f"policytool_own_rules_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} is no Python file", hint="name files that end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where inspect and dataclasses look for it
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise _failed(str(path), error) from None
    return module


def _installed(name: str, config: Config) -> Iterator[Rule]:
    points = tuple(entry_points(group=GROUP))
    point = next((point for point in points if point.name == name), None)
    if point is None:
        known = ", ".join(sorted(p.name for p in points)) or "none"
        hint = f"installed are: {known}; a file is written with its path, as ./policies/*.py"
        raise ConfigurationError(f"{config.path}: `rules` names {name!r}, which no installed package brings", hint=hint)
    yield from _of_point(point)


def _of_point(point: EntryPoint) -> Iterator[Rule]:
    """An entry point may be a module, a rule's class, or a function that gives classes."""
    try:
        loaded: Any = point.load()
        if inspect.ismodule(loaded):
            yield from _rules_of(loaded)
        else:
            kinds: Any = (loaded,) if inspect.isclass(loaded) else loaded()
            for kind in kinds:
                yield kind()
    except (Exception, SystemExit) as error:
        raise _failed(f"entry point {point.name} ({point.value})", error) from None


def _rules_of(module: ModuleType) -> Iterator[Rule]:
    for _, kind in inspect.getmembers(module, inspect.isclass):
        if issubclass(kind, Rule) and kind.__module__ == module.__name__ and not inspect.isabstract(kind):
            yield kind()


def _failed(what: str, error: BaseException) -> ConfigurationError:
    frame = error.__traceback__
    line = None
    while frame is not None:  # the line of the file itself, not of what it calls
        line = frame.tb_lineno if what == frame.tb_frame.f_code.co_filename else line
        frame = frame.tb_next
    where = f" line {line}" if line else ""
    message = f"the rules of {what} cannot be loaded: {type(error).__name__}{where}: {error}"
    return ConfigurationError(message, hint="mend the rule, or leave it out of `rules` in the configuration")


def _check(rules: Sequence[Rule], config: Config) -> None:
    taken = {rule.name for rule in all_rules()}
    for rule in rules:
        kind = type(rule).__name__
        if wrong := next(_mistakes(rule, taken), None):
            raise ConfigurationError(f"{config.path}: the rule {kind} {wrong}", hint="docs/own-rules.md shows one")
        taken.add(rule.name)


def _mistakes(rule: Rule, taken: Iterable[str]) -> Iterator[str]:
    name = getattr(rule, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield f"needs a `name` in kebab-case, not {name!r}"
    elif name in taken:
        yield f"is called {name!r}, as another rule is"
    if getattr(rule, "severity", None) not in SEVERITIES:
        yield f"needs a `severity`: {', '.join(SEVERITIES)}"
    if rule.confidence not in ("high", "medium", "low"):
        yield "needs a `confidence`: high, medium, low"
    if rule.concern not in CONCERNS:
        yield f"needs a `concern`: {', '.join(CONCERNS)}"
