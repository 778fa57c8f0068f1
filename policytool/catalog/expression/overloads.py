"""What a call returns where several functions of the name take as many arguments, or one takes any type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from policytool.catalog.expression.kinds import array_of, base, element

Candidate = tuple[Sequence[str], str | None]  # the types of the input arguments, and the type that is returned
_ELEMENT: Final = frozenset(("anyelement", "anynonarray", "anyenum"))
_ANY: Final = frozenset((*_ELEMENT, "anyarray"))


def returned(candidates: Sequence[Candidate], types: Sequence[str | None]) -> str | None:
    """The type that the function returns which takes arguments of these types; None where that is not known.

    None among the types stands for a constant without a type of its own, which Postgres would rather take for text.
    """
    fitting = [c for c in candidates if _fits(c[0], types, text=False)]
    if len({own for _, own in fitting}) > 1:
        fitting = [c for c in fitting if _fits(c[0], types, text=True)]
    if not fitting and len({own for _, own in candidates}) == 1:
        fitting = list(candidates)
    found = {_meant(inputs, own, types) for inputs, own in fitting}
    return found.pop() if len(found) == 1 else None


def _fits(inputs: Sequence[str], types: Sequence[str | None], *, text: bool) -> bool:
    return len(types) <= len(inputs) and all(
        (own == "text" or not text) if given is None else base(given) == own
        for own, given in zip(inputs, types, strict=False)
    )


def _meant(inputs: Sequence[str], own: str | None, types: Sequence[str | None]) -> str | None:
    plain = own.removeprefix("SETOF ") if own is not None else ""
    if plain not in _ANY:
        return own
    for declared, given in zip(inputs, types, strict=False):
        if declared in _ANY and given is not None:
            one = base(given) if declared in _ELEMENT else element(base(given))
            return one if plain in _ELEMENT else array_of(one)
    return None
