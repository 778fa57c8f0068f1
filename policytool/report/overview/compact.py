"""The part of a report that the page makes its rows of: small, each text that is often there held once."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from policytool.access.matrix import Cell
from policytool.report.overview.model import FindingReport, Report
from policytool.syntax.location import Location

ACCESS: Final = ("none", "own", "tenant", "conditional", "all")
COMMANDS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "EXECUTE")


class Interned:
    """Texts by their number; each is held once."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> list[Any]:
        """All of them in order."""
        return list(self._numbers)


def compact(report: Report) -> dict[str, Any]:
    """What the page's script reads."""
    filters, reasons = Interned(), Interned()
    roles = list(dict.fromkeys(cell.role for cell in report.cells))
    objects: dict[str, dict[str, Any]] = {}
    for cell in report.cells:
        entry = objects.setdefault(f"{cell.kind} {cell.table}", {"name": cell.table, "kind": cell.kind, "cells": []})
        entry["cells"].append(_cell(cell, roles, filters, reasons))
    clients = {r.name for r in report.roles if r.client} | {"public"}
    return {
        "tables": [_plain(t) | {"full": t.full_name} for t in report.tables],
        "policies": [_plain(p) for p in report.policies],
        "findings": [_finding(f) for f in report.findings],
        "rules": {r.name: r.title for r in report.rules},
        "matrix": {
            "roles": [{"name": r, "client": r in clients} for r in roles],
            "commands": COMMANDS,
            "access": ACCESS,
            "objects": list(objects.values()),
            "filters": filters.values,
            "reasons": [[r.message, _at(r.location)] for r in reasons.values],
        },
    }


def _cell(cell: Cell, roles: list[str], filters: Interned, reasons: Interned) -> list[Any]:
    """[role, command, access, filter, reasons], each a number."""
    return [
        roles.index(cell.role),
        COMMANDS.index(cell.command),
        ACCESS.index(cell.access),
        filters(cell.filter),
        [reasons(reason) for reason in cell.because],
    ]


def _finding(finding: FindingReport) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "at": _at(finding.location),
        "related": [[r.message, _at(r.location)] for r in finding.related],
        "excerpt": [[line.number, line.text, line.mark] for line in finding.excerpt],
        "fix": msgspec.to_builtins(finding.fix),
    }


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(value)
    if "location" in found:
        found["at"] = _at(value.location)
        del found["location"]
    return found


def _at(place: Location | None) -> str | None:
    return f"{place.path}:{place.line}" if place is not None else None
