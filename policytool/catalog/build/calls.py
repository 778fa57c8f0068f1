"""Which of several functions of one name an expression calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from policytool.catalog.build import texts
from policytool.catalog.build.names import accepts
from policytool.catalog.build.parts import Part
from policytool.catalog.build.state import State
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.model import Function, Name, Signature


def may_call(state: State, item: Any, part: Part, signature: Signature) -> bool:
    """Whether a part calls this function rather than a namesake, as far as the number of arguments tells.

    Where two namesakes take as many arguments, the types decide, which the model does not know: then it says no, since
    a migration that ran dropped a function that nothing depended on.
    """
    name: Name = signature[:2]
    namesakes = [state.functions[s] for s in state.overloads[name] if s != signature]
    function = state.functions[signature]
    return any(calls(text, function, namesakes) for text in _texts(item, part) if name[1] in text)


def calls(text: str, function: Function, namesakes: Sequence[Function]) -> bool:
    """Whether a text calls a function with so many arguments as none of its namesakes takes."""
    if not namesakes:
        return True
    arities = arguments(parsed(text), (function.schema, function.name))
    return any(accepts(function, n) and not any(accepts(other, n) for other in namesakes) for n in arities)


def arguments(node: Any, name: Name) -> Iterator[int]:
    """The numbers of arguments in the calls of a function."""
    if isinstance(node, list):
        for item in node:
            yield from arguments(item, name)
    elif isinstance(node, dict):
        parts = node.get("funcname")
        if parts and tuple(p["String"].get("sval") for p in parts) == name:
            yield len(node.get("args", ()))
        for value in node.values():
            if isinstance(value, dict | list):
                yield from arguments(value, name)


def _texts(item: Any, part: Part) -> Iterator[str]:
    named = {"policy": "policies", "default": "columns", "column": "columns", "constraint": "constraints",
             "index": "indexes", "trigger": "triggers", "rule": "rules"}.get(part.part)  # fmt: skip
    found = [p for p in getattr(item, named, ()) if p.name == part.name] if named else []
    if not found:
        yield from texts.expressions(item)
    for piece in found:
        for field in ("using", "with_check", "default", "generated", "expression", "predicate", "when", "definition"):
            text = getattr(piece, field, None)
            if text is not None:
                yield text
        for key in getattr(piece, "keys", ()):
            if key.expression is not None:
                yield key.expression
