"""The report of a fleet as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.report.fleet.model import FleetReport, Member
from policytool.report.overview.markdown import code, escaped
from policytool.report.words import count


def render(fleet: FleetReport) -> str:
    """The whole report."""
    return "\n".join(_lines(fleet)) + "\n"


def _lines(fleet: FleetReport) -> Iterator[str]:
    states = ", ".join(f"{number} {state}" for state, number in fleet.states.items() if number)
    yield from (
        f"# {escaped(fleet.title)}",
        "",
        f"{count(len(fleet.members), 'database')}: {states}. {fleet.generated}",
    )
    yield from ("", "| database | state | errors | warnings | tables | open | |", "|---|---|--:|--:|--:|--:|---|")
    yield from (_row(member) for member in fleet.members)
    if fleet.shared:
        yield from ("", "## Findings that databases share", "", "| finding | rule | databases |", "|---|---|---|")
        for item in fleet.shared:
            names = ", ".join(escaped(name) for name in item.databases)
            yield f"| {item.severity}: {escaped(item.message)} | {code(item.rule)} | {names} |"
    common = {item.fingerprint for item in fleet.shared}
    for member in fleet.members:
        own = [f for f in member.findings if f.fingerprint not in common]
        if own:
            yield from ("", f"## Only {escaped(member.name)}", "")
            yield from (f"- {f.severity}: {escaped(f.message)} ({code(f.rule)})" for f in own)


def _row(member: Member) -> str:
    name, numbers = escaped(member.name), member.summary
    if numbers is None:
        return f"| {name} | **{member.state}** | – | – | – | – | {escaped(member.message or '')} |"
    said = escaped(member.verdict.headline) if member.verdict else ""
    return (
        f"| {name} | {member.state} | {numbers.severity['error']} | {numbers.severity['warning']} | {numbers.tables} "
        f"| {len(member.open)} | {said} |"
    )
