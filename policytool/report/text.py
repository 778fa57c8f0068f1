"""The audit for people: cargo style, the guilty line first, then why, then how to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from policytool.audit.outcome import Audit
from policytool.catalog.objects import Unmodelled
from policytool.finding import SEVERITIES, Finding, Severity
from policytool.report.groups import told
from policytool.report.words import count, printable, tally
from policytool.syntax.location import Location, excerpt

STYLE: dict[Severity, str] = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
SHOWN: dict[Severity, int] = {"error": 10, "warning": 3, "info": 0}  # findings of one rule shown in full
MAX_ASSUMED = 5
MAX_UNMODELLED = 5
UNREAD = frozenset({"psql", "syntax", "placeholder", "refused", "transaction"})  # what no server makes clearer


def show(audit: Audit, console: Console, *, verbosity: int = 0) -> None:
    """Print head, findings, coverage and counts. Verbosity 1 shows every finding and file; -1 only the counts."""
    if verbosity >= 0:
        _head(audit, console, verbosity)
        for severity in SEVERITIES:
            _severity(audit, console, severity, verbosity)
        _unmodelled(audit, console, verbosity)
    _tail(audit, console, verbosity)


def _head(audit: Audit, console: Console, verbosity: int) -> None:
    project, platform = audit.project, audit.platform
    schemas = ", ".join(platform.exposed_schemas) or "all"
    read = f"{count(len(project.files), 'file')} ({project.layout}), {count(audit.statements, 'statement')}"
    live = f"a live PostgreSQL {platform.major_version}"
    what = {"snapshot": "a snapshot", "database": live}.get(project.layout, read)
    line = f"{project.label}: {what}; platform {platform.name}: {platform.why}; exposed schemas: {schemas}"
    console.print(Text(line), soft_wrap=False, style="dim")
    for note in project.notes:
        place = f"{note.path}: " if note.path else ""
        console.print(Text(f"note: {place}{note.message}" + (f" ({note.hint})" if note.hint else "")), style="dim")
    if verbosity > 0:
        for file in project.files:
            console.print(
                Text(f"  {file.path}" + (" (not run by the layout's own tool)" if file.skipped_by_tool else ""))
            )
    console.print()


def _severity(audit: Audit, console: Console, severity: Severity, verbosity: int) -> None:
    findings = [f for f in audit.result.findings if f.severity == severity]
    totals = Counter(f.rule for f in findings)
    shown: Counter[str] = Counter()
    for finding in sorted(findings, key=lambda f: _first(findings, f.rule)):
        if verbosity <= 0 and shown[finding.rule] >= SHOWN[severity]:
            continue
        shown[finding.rule] += 1
        _finding(audit, console, finding)
    rest = [(rule, total - shown[rule]) for rule, total in totals.items() if total > shown[rule]]
    for rule, left in sorted(rest, key=lambda item: (-item[1], item[0])):
        _rest(console, [f for f in findings if f.rule == rule], left, shown[rule])
    if rest:
        console.print()


def _first(findings: list[Finding], rule: str) -> int:
    """Keeps the findings of one rule together, rules in the order of their first finding."""
    return next(i for i, f in enumerate(findings) if f.rule == rule)


def _rest(console: Console, findings: list[Finding], left: int, shown: int) -> None:
    rest = told(findings[shown:])
    more = rest.replace(" ", " more ", 1) if shown else rest
    names = printable(", ".join(f.object.identity.partition(" ")[2] for f in findings[shown : shown + 3]))
    text = Text(findings[0].severity, style=STYLE[findings[0].severity])
    text.append(f"[{findings[0].rule}]: {more}: {names}{', …' if left > 3 else ''}", style="default")
    console.print(text)


def _finding(audit: Audit, console: Console, finding: Finding) -> None:
    head = Text(f"{finding.severity}[{finding.rule}]", style=STYLE[finding.severity])
    head.append(": ", style="bold default")
    head.append(printable(finding.message), style="bold default")
    console.print(head)
    if finding.location is not None:
        _place(console, finding.location)
        _excerpt(console, audit.shown(finding.location.path), finding.location, finding.severity)
    for related in finding.related:
        where = f" ({related.location.path}:{related.location.line})" if related.location else ""
        _note(console, "because", related.message + where)
    if finding.fix is not None:
        if finding.fix.note:
            _note(console, "help", finding.fix.note)
        _note(console, "fix", finding.fix.sql)
    console.print()


def _place(console: Console, place: Location) -> None:
    console.print(
        Text("  --> ", style="bold blue").append(f"{place.path}:{place.line}:{place.column}", style="default")
    )


def _excerpt(console: Console, text: str | None, place: Location, severity: Severity) -> None:
    """The line where the guilty span begins, with that part of the span underlined."""
    if text is None:
        return
    line = excerpt(text, place)[0]
    gutter = len(str(line.number))
    width = max(20, console.width - gutter - 3)
    shown, (left, right) = line.text, line.mark or (0, 0)
    if left > width * 2 // 3:  # a long line: begin near the span
        cut = left - width // 3
        shown, left, right = "…" + shown[cut:], left - cut + 1, right - cut + 1
    right = min(right, len(shown.rstrip()), width)
    bar = Text(f"{' ' * gutter} |", style="bold blue")
    console.print(bar)
    console.print(Text(f"{line.number} | ", style="bold blue").append(shown[:width], style="default"), no_wrap=True)
    if right > left:
        console.print(bar.copy().append(" " * (left + 1) + "^" * (right - left), style=STYLE[severity]))


def _note(console: Console, label: str, message: str) -> None:
    """`= label: message`, its lines under each other."""
    head = f"  = {label}: "
    for number, line in enumerate(printable(message).splitlines()):
        text = Text(head, style="bold") if number == 0 else Text(" " * len(head))
        for part, piece in enumerate(_wrapped(line, console.width - len(head), console)):
            start = text if part == 0 else Text(" " * len(head))
            console.print(start.append(piece, style="default"), no_wrap=True, overflow="ignore", crop=False)


def _wrapped(line: str, width: int, console: Console) -> list[str]:
    return [part.plain.rstrip() for part in Text(line).wrap(console, max(20, width))] or [""]


def _unmodelled(audit: Audit, console: Console, verbosity: int) -> None:
    """What this SQL takes for granted, and what of it could not be followed."""
    items = audit.result.coverage.unmodelled
    _assumed(items, console, verbosity)
    _open([u for u in items if u.kind != "assumed" and (u.security or verbosity > 0)], console, verbosity)
    if items:
        console.print()


def _assumed(items: Iterable[Unmodelled], console: Console, verbosity: int) -> None:
    names = [u.message.partition(" is assumed")[0] for u in items if u.kind == "assumed"]
    if not names:
        return
    shown = names if verbosity > 0 else names[:MAX_ASSUMED]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    listed = printable(", ".join(shown))
    console.print(Text(f"made by no migration here, so little is known of them: {listed}{more}"))


def _open(items: list[Unmodelled], console: Console, verbosity: int) -> None:
    if items:
        console.print(Text(f"not analysed: {count(len(items), 'statement')}", style="bold"))
    shown = items if verbosity > 0 else items[:MAX_UNMODELLED]
    for item in shown:
        console.print(Text(printable(f"  {item.location.path}:{item.location.line}: {item.message}")))
    if len(items) > len(shown):
        console.print(Text(f"  … and {len(items) - len(shown)} more (-v shows all)"))
    if any(item.security and item.kind not in UNREAD for item in items):
        console.print(Text("`policytool audit --apply` lets a throwaway Postgres tell what they do"))


def _tail(audit: Audit, console: Console, verbosity: int) -> None:
    coverage, result = audit.result.coverage, audit.result
    total, clean = len(coverage.tables), coverage.clean
    line = Text(f"{count(total, 'table')} audited, {clean} clean, {total - clean} with findings", style="bold")
    console.print(line)
    if not total:
        console.print(Text("no table was made by this SQL: that is no clean bill, there was nothing to judge"))
    console.print(Text(tally(audit)))
    if verbosity == 0 and _hidden(result.findings):
        console.print(Text("-v shows every finding; `policytool explain RULE` tells more of one", style="dim"))


def _hidden(findings: Iterable[Finding]) -> bool:
    totals = Counter((f.severity, f.rule) for f in findings)
    return any(count > SHOWN[severity] for (severity, _), count in totals.items())


def concise(audit: Audit) -> Iterator[str]:
    """One line a finding: path:line:column: severity[rule] message."""
    for finding in audit.result.findings:
        place = finding.location
        where = f"{place.path}:{place.line}:{place.column}" if place else finding.identity
        yield printable(f"{where}: {finding.severity}[{finding.rule}] {finding.message}").replace("\n", " ")
