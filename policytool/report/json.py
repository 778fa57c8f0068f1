"""The audit as JSON: the stable form that other programs read (docs/json.md)."""

from __future__ import annotations

from typing import Any

import msgspec

from policytool.audit.outcome import Audit
from policytool.report.document import document


def render(audit: Audit) -> str:
    """The whole audit; the same input gives the same bytes."""
    return pretty(document(audit))


def pretty(value: Any) -> str:
    """JSON with two spaces of indent and a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
