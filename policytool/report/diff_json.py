"""A diff as JSON: the stable form that other programs read."""

from __future__ import annotations

from typing import Any

from policytool.diff.run import Diff
from policytool.report.json import pretty


def render(diff: Diff) -> str:
    """Changes with their hazards and locks, access, and what is wrong with the plan."""
    return pretty(document(diff))


def document(diff: Diff) -> dict[str, Any]:
    """The same, as plain values."""
    proof = diff.verification
    return {
        "before": diff.before,
        "after": diff.after,
        "closes": not diff.problems,
        "changes": [
            {
                "kind": change.kind,
                "action": change.action,
                "identity": change.identity,
                "hazards": [{"name": hazard.name, "message": hazard.message} for hazard in change.hazards],
                "sql": change.sql,
                "segment": change.segment,
                "transaction": not change.alone,
                "locks": [{"relation": x.relation, "mode": x.mode, "stops": x.stops} for x in change.locks],
                "withheld": change.withheld,
            }
            for change in diff.changes
        ],
        "access": [
            {
                "role": cell.role,
                "object": cell.object,
                "kind": cell.kind,
                "command": cell.command,
                "verdict": cell.verdict,
                "before": cell.before,
                "after": cell.after,
                "because": list(cell.because),
            }
            for cell in diff.access
            if cell.verdict != "unchanged"
        ],
        "problems": list(diff.problems),
        "notes": list(diff.notes),
        "verification": None
        if proof is None
        else {
            "passed": proof.passed,
            "server": proof.server,
            "problems": list(proof.problems),
            "notes": list(proof.notes),
            "statements": proof.statements,
            "tables": proof.tables,
            "rows": proof.rows,
        },
        "unmodelled": [
            {"path": u.location.path, "line": u.location.line, "message": u.message} for u in diff.unmodelled
        ],
    }
