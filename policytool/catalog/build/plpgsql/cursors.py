"""Cursors: what they give is taken to be unknown."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.plpgsql import effects
from policytool.catalog.build.plpgsql.machine import Machine, Signal
from policytool.catalog.build.plpgsql.values import Unknown

Node = dict[str, Any]
_REASON = "what a cursor gives"


def opened(machine: Machine, node: Node) -> Signal | None:
    """OPEN."""
    return None


def fetched(machine: Machine, node: Node) -> Signal | None:
    """FETCH and MOVE."""
    if "target" in node:
        machine.forget(list(effects.targets(machine, node["target"])), _REASON)
    machine.found(Unknown(_REASON))
    return None
