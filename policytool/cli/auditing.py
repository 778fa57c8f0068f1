"""What every command shares that runs the rules: which of them, on which source, against which baseline."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from policytool.cli.options import configuration, option
from policytool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from policytool.audit.own_rules import OwnRules
    from policytool.audit.selection import Selection
    from policytool.config import Config
    from policytool.rule import Rule

F = TypeVar("F", bound="Callable[..., Any]")


def rule_options(function: F) -> F:
    """--select, --ignore, --persona and --allow-rules."""
    options = (
        option("--select", multiple=True, metavar="RULE", help="Run only these rules; repeatable, or comma separated."),
        option(
            "--ignore", multiple=True, metavar="RULE", help="Leave these rules out; repeatable, or comma separated."
        ),
        option(
            "--persona",
            type=click.Choice(["everyone", "auditor"]),
            help="auditor: also what only a security review reads.",
        ),
        option("--allow-rules", is_flag=True, help="Run the Python files that the configuration names as rules."),
    )
    for decorate in reversed(options):
        function = decorate(function)
    return function


def known_options(function: F) -> F:
    """--config and --allow-rules, for commands that speak of rules and run none."""
    for decorate in (
        option("--allow-rules", is_flag=True, help="Run the Python files that the configuration names as rules."),
        option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file."),
    ):
        function = decorate(function)
    return function


def known_rules(config_path: Path | None, *, allow_rules: bool) -> tuple[Rule, ...]:
    """All rules by name: policytool's, and those of the project that may run."""
    from policytool.audit.registry import all_rules

    options = {"allow_rules": allow_rules, "quiet": True}
    own = own_rules(options, configuration(config_path))
    return tuple(sorted((*all_rules(), *(own.rules if own else ())), key=lambda rule: rule.name))


def names(values: tuple[str, ...]) -> tuple[str, ...]:
    """The names given, one by one or separated by commas."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def selection(options: dict[str, Any], config: Config, *, min_severity: Any = "info") -> Selection:
    """Which rules run."""
    from policytool.audit.selection import Selection

    return Selection(
        select=names(options["select"]) or config.select,
        ignore=names(options["ignore"]),
        min_severity=min_severity,
        persona=options["persona"] or config.persona,
    )


def own_rules(options: dict[str, Any], config: Config) -> OwnRules | None:
    """The project's own rules, if it has any; says on stderr when they may not run."""
    if not config.own_rules:
        return None
    from policytool.audit.own_rules import own_rules as load

    found = load(config, allow=options["allow_rules"])
    if found.not_run and not options["quiet"]:
        click.echo(f"note: the rules of {', '.join(found.not_run)} were not run; --allow-rules runs them", err=True)
    return found


def baseline(given: str | None, config: Config, *, unused: bool) -> Path | None:
    """The baseline to hold findings against: the one named, the configured one, or the one at the usual place."""
    from policytool.audit.baseline import default_path

    if given is not None and unused:
        raise UsageError("--baseline and --no-baseline contradict each other", hint="leave one of them out")
    if unused:
        return None
    if given is not None:
        return Path(given)
    path = default_path(config)
    return path if config.baseline is not None or path.is_file() else None


def summarise(markdown: Callable[[], str]) -> None:
    """Append to the summary page of the running GitHub job, where there is one."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(markdown())
        except OSError as error:
            raise UsageError(
                f"{summary}: the job summary cannot be written: {error.strerror}", hint="unset GITHUB_STEP_SUMMARY"
            ) from None
