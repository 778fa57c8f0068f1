"""SQL text of the SQL/JSON and XML expressions."""

from __future__ import annotations

from typing import Final

from policytool.catalog.expression.deparse import Handler

HANDLERS: Final[dict[str, Handler]] = {}
