"""A state that can go on in two ways: a copy that shares every object and no container."""

from __future__ import annotations

from copy import copy

from policytool.catalog.build.plpgsql.budget import budget_of, keep
from policytool.catalog.build.state import State


def fork(state: State) -> State:
    """Another state that goes on from here; the objects themselves are frozen and shared."""
    other = copy(state)
    for name, value in vars(state).items():
        if isinstance(value, dict | list | set):
            setattr(other, name, value.copy())
    other.overloads = {name: dict(signatures) for name, signatures in state.overloads.items()}
    other.lookup = state.lookup.fork()
    other.session = state.session.copy()
    other.caches = {}
    keep(other, copy(budget_of(state)))
    return other
