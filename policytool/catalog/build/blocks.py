"""DO blocks, CALL, and functions that migrations call by themselves: folded as far as they are certain."""

from __future__ import annotations

from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.plpgsql.run import block, call, call_procedure, matters

__all__ = ["HANDLERS", "call", "matters"]

HANDLERS: dict[str, Handler] = {"DoStmt": block, "CallStmt": call_procedure}
