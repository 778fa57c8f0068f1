"""The report of a fleet as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.report.fleet.model import FleetReport, Member
from policytool.report.words import count, printable


def render(fleet: FleetReport) -> str:
    """A line for each database, then what they share."""
    return "\n".join(_lines(fleet)) + "\n"


def _lines(fleet: FleetReport) -> Iterator[str]:
    width = max(len(printable(m.name)) for m in fleet.members)
    for member in fleet.members:
        yield f"{printable(member.name).ljust(width)}  {member.state.ljust(15)}  {_said(member)}"
    if fleet.shared:
        yield from ("", f"{count(len(fleet.shared), 'finding')} in more than one database:")
    for item in fleet.shared:
        yield f"  {item.severity}[{item.rule}] {printable(item.message)}"
        yield f"    in {printable(', '.join(item.databases))}"


def _said(member: Member) -> str:
    numbers = member.summary
    if numbers is None:
        return printable(member.message or "")
    told = ", ".join(f"{numbers.severity[s]:,} {s}" for s in ("error", "warning", "info"))
    return f"{told}; {count(numbers.tables, 'table')}, {len(member.open):,} open"
