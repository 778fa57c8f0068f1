"""`-k`: words that a case's name is to hold, joined by `and`, `or` and `not`."""

from __future__ import annotations

import re
from collections.abc import Callable

_JOIN = re.compile(r"\s+or\s+", re.IGNORECASE)
_BOTH = re.compile(r"\s+and\s+", re.IGNORECASE)
_NOT = re.compile(r"not\s+", re.IGNORECASE)


def keyword(expression: str | None) -> Callable[[str], bool]:
    """Whether a text fits; everything does where nothing is asked. Capital letters make no difference."""
    if not expression or not expression.strip():
        return lambda _: True
    ways = [[_term(term) for term in _BOTH.split(way)] for way in _JOIN.split(expression.strip())]
    return lambda text: any(all(wanted == (word in text.lower()) for word, wanted in way) for way in ways)


def _term(term: str) -> tuple[str, bool]:
    found = _NOT.match(term)
    return (term[found.end() :] if found else term).strip().lower(), found is None
