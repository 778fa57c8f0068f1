"""Which variables a block declares; the parser gives them only by number and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policytool.catalog.build.plpgsql.frame import Frame

Node = dict[str, Any]
_SPECIAL = ("found", "sqlstate", "sqlerrm")


def blocks(node: object) -> Iterator[Node]:
    """Every BEGIN … END in a tree."""
    if isinstance(node, list):
        for item in node:
            yield from blocks(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "PLpgSQL_stmt_block":
                yield value
            if isinstance(value, dict | list):
                yield from blocks(value)


def owners(tree: Node) -> Mapping[int, tuple[int, ...]]:
    """The variables of each block, by the line of its BEGIN.

    A variable belongs to the first BEGIN at or after its line; those of loops and of CASE belong to their statement.
    """
    lines = sorted({block.get("lineno", 0) for block in blocks(tree["action"])})
    loops = set(_loop_variables(tree["action"]))
    found: dict[int, list[int]] = {}
    for number, datum in enumerate(tree.get("datums", ())):
        kind, body = next(iter(datum.items()))
        name, line = body.get("refname", ""), body.get("lineno")
        if kind not in ("PLpgSQL_var", "PLpgSQL_rec") or line is None or name in _SPECIAL:
            continue
        if name.startswith("__Case__Variable") or (name, line) in loops:
            continue
        begin = next((candidate for candidate in lines if candidate >= line), None)
        if begin is not None:
            found.setdefault(begin, []).append(number)
    return {line: tuple(numbers) for line, numbers in found.items()}


def _loop_variables(node: object) -> Iterator[tuple[str, int]]:
    if isinstance(node, list):
        for item in node:
            yield from _loop_variables(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("PLpgSQL_stmt_fori", "PLpgSQL_stmt_forc"):
                variable = next(iter(value["var"].values()))
                yield variable["refname"], variable.get("lineno", 0)
            if isinstance(value, dict | list):
                yield from _loop_variables(value)


def names_of_block(frame: Frame, block: Node) -> Mapping[str, int]:
    """The names that a block declares."""
    numbers = frame.owners.get(block.get("lineno", 0), ())
    return {next(iter(frame.datums[n].values()))["refname"]: n for n in numbers}
