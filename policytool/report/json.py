"""The audit as JSON: the stable form that other programs read (docs/json.md)."""

from __future__ import annotations

from typing import Any

import msgspec

from policytool.audit.ignores import Ignored
from policytool.audit.outcome import Audit
from policytool.audit.run import Coverage
from policytool.finding import Finding
from policytool.syntax.location import Location


def render(audit: Audit) -> str:
    """The whole audit; the same input gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(document(audit)), indent=2).decode() + "\n"


def document(audit: Audit) -> dict[str, Any]:
    """The audit as plain values."""
    result = audit.result
    return {
        "source": {"label": audit.project.label, "layout": audit.project.layout, "files": len(audit.project.files)},
        "platform": {
            "name": audit.platform.name,
            "why": audit.platform.why,
            "exposed_schemas": audit.platform.exposed_schemas,
        },
        "notes": [msgspec.to_builtins(note) for note in audit.project.notes],
        "findings": [finding(f) for f in result.findings],
        "ignored": [ignored(i) for i in result.ignored],
        "coverage": coverage(result.coverage),
        "summary": {severity: result.count(severity) for severity in ("error", "warning", "info")},
    }


def finding(item: Finding) -> dict[str, Any]:
    """One finding, as section 6 of the design fixes it."""
    ref = item.object
    target = {"kind": ref.kind, "schema": ref.schema, "name": ref.name}
    if ref.table is not None:
        target["table"] = ref.table
    return {
        "rule": item.rule,
        "severity": item.severity,
        "confidence": item.confidence,
        "message": item.message,
        "object": target,
        "identity": item.identity,
        "location": location(item.location),
        "related": [{"message": r.message, "location": location(r.location)} for r in item.related],
        "fix": None if item.fix is None else msgspec.to_builtins(item.fix),
        "fingerprint": item.fingerprint,
    }


def location(place: Location | None) -> dict[str, Any] | None:
    """A place, columns in characters from 1, the end exclusive."""
    return None if place is None else msgspec.to_builtins(place)


def ignored(item: Ignored) -> dict[str, Any]:
    """A finding that is not counted, with the reason."""
    return {**finding(item.finding), "reason": item.reason, "ignored_by": item.by}


def coverage(item: Coverage) -> dict[str, Any]:
    """How many tables were audited, each of them, and what could not be analysed."""
    return {
        "tables": len(item.tables),
        "clean": item.clean,
        "with_findings": len(item.tables) - item.clean,
        "unmodelled": [msgspec.to_builtins(u) for u in item.unmodelled],
        "by_table": [msgspec.to_builtins(row) for row in item.tables],
    }
