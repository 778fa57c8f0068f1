"""Folding of blocks."""

from __future__ import annotations

from policytool.catalog.build.dispatch import Handler

HANDLERS: dict[str, Handler] = {}
