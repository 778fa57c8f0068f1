"""`policytool baseline`: findings that were there when the project took policytool up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from policytool.cli.auditing import own_rules, rule_options, selection
from policytool.cli.options import common, configuration, option, progress, targets, write
from policytool.errors import UsageError

if TYPE_CHECKING:
    from policytool.audit.baseline import Baseline, Compared, Entry
    from policytool.catalog.objects import Catalog
    from policytool.finding import Finding

F = TypeVar("F", bound=Callable[..., Any])


@click.group("baseline")
def command() -> None:
    """Remember the findings that there are, so that `audit` shows only others.

    The file is made for review: one line for each finding. `audit` uses it by itself, where the configuration names it
    or it lies at its usual place, and says how many findings it hides. A finding that gets worse is new again.

    \b
    policytool baseline create
    policytool baseline update
    """


def shared(function: F) -> F:
    """The options of all four."""
    function = common(("text", "json"))(function)
    function = rule_options(function)
    function = option("--baseline", "file", metavar="FILE", help="The file.  [default: .policytool-baseline.json]")(
        function
    )
    decorated: F = click.argument("source", required=False)(function)
    return decorated


@command.command("create")
@shared
def create(source: str | None, file: str | None, **options: Any) -> int:
    """Write a baseline of all findings there are; refuses where there is one already.

    \b
    policytool baseline create
    policytool baseline create --select fk-unindexed
    """
    found = _Found(source, file, options)
    if found.path.exists():
        raise UsageError(f"{found.path}: there is a baseline already", hint="`policytool baseline update` renews it")
    entries = found.entries()
    found.write(entries)
    return found.say({"written": len(entries)}, f"{_count(len(entries))} written to {found.path}")


@command.command("update")
@shared
def update(source: str | None, file: str | None, **options: Any) -> int:
    """Take over what is new and changed, and drop what is gone. What rules hold that did not run stays.

    \b
    policytool baseline update
    """
    found = _Found(source, file, options)
    compared = found.compared()
    changed = {entry.fingerprint for entry in compared.changed}
    added = [finding for finding in compared.new if finding.fingerprint not in changed]
    found.write([*found.entries(), *compared.unjudged])
    counts = {"added": len(added), "changed": len(compared.changed), "gone": len(compared.gone)}
    return found.say(counts, f"{found.path}: {_said(counts)}")


@command.command("prune")
@shared
def prune(source: str | None, file: str | None, **options: Any) -> int:
    """Drop what is gone, and take over nothing.

    \b
    policytool baseline prune
    """
    found = _Found(source, file, options)
    compared = found.compared()
    found.write([*_hidden(compared, found), *compared.changed, *compared.unjudged])
    return found.say({"gone": len(compared.gone)}, f"{found.path}: {len(compared.gone)} gone")


@command.command("show")
@shared
def show(source: str | None, file: str | None, **options: Any) -> int:
    """What the baseline holds, and what has become of it.

    \b
    policytool baseline show
    policytool baseline show -f json
    """
    found = _Found(source, file, options)
    compared = found.compared()
    states: tuple[tuple[str, tuple[Entry, ...]], ...] = (
        ("there", tuple(_hidden(compared, found))),
        ("changed", compared.changed),
        ("gone", compared.gone),
        ("not judged", compared.unjudged),
    )
    rows = [(state, entry) for state, entries in states for entry in entries]
    lines = [
        f"{state:<10} {e.severity:<8} {e.rule}: {e.object}" for state, e in sorted(rows, key=lambda r: _order(r[1]))
    ]
    counts = {state: len(entries) for state, entries in states if entries}
    lines.append(f"{found.path}: {_count(len(rows))}" + (f" ({_said(counts)})" if counts else ""))
    return found.say({"findings": [{"state": state, **_plain(entry)} for state, entry in rows]}, "\n".join(lines))


class _Found:
    """An audit without any baseline, and the file it is for."""

    def __init__(self, source: str | None, file: str | None, options: dict[str, Any]) -> None:
        from policytool import api
        from policytool.audit import baseline

        config = configuration(options["config_path"])
        say = progress(quiet=options["quiet"], disabled=options["no_progress"])
        self.path = Path(file) if file is not None else baseline.default_path(config)
        self._options = options
        try:
            loaded = api.load(
                source, config=config, platform=options["platform"], as_tool=options["as_tool"], progress=say
            )
            own = own_rules(options, config)
            audit = api.audit(loaded, selection=selection(options, config), rules=own, progress=say)
        finally:
            say("")
        self.catalog: Catalog = loaded.built.catalog
        self.findings: tuple[Finding, ...] = audit.result.findings
        self._ran = audit.result.ran

    def entries(self) -> tuple[Entry, ...]:
        """The findings there are, as the file holds them."""
        from policytool.audit.baseline import entries_of

        return entries_of(self.findings, self.catalog)

    def compared(self) -> Compared:
        """The findings against the file there is."""
        from policytool.audit import baseline

        known: Baseline = baseline.read(self.path)
        return baseline.compare(known, self.findings, self.catalog, self._ran)

    def write(self, entries: Any) -> None:
        """The file, whole or not at all; left alone where it would stay the same."""
        from policytool.audit.baseline import render

        text = render(entries)
        if not self.path.is_file() or self.path.read_text(encoding="utf-8") != text:
            write(self.path, text)

    def say(self, counts: dict[str, Any], text: str) -> int:
        """What was done."""
        from policytool.report.json import pretty
        from policytool.report.words import printable

        document = {"path": str(self.path), **counts}
        for form, path in targets(self._options["form"], self._options["outputs"], ("text", "json")):
            write(path, pretty(document) if form == "json" else printable(text) + "\n")
        return 0


def _hidden(compared: Compared, found: _Found) -> tuple[Entry, ...]:
    from policytool.audit.baseline import entries_of

    return entries_of(compared.hidden, found.catalog)


def _plain(entry: Entry) -> dict[str, str]:
    return {name: getattr(entry, name) for name in entry.__struct_fields__}


def _order(entry: Entry) -> tuple[str, str, str]:
    return entry.rule, entry.object, entry.fingerprint


def _said(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in counts.items())


def _count(number: int) -> str:
    return f"{number} finding" + ("" if number == 1 else "s")
