"""Pieces of statements: lists of names, options, settings, and quoted bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from policytool.catalog.spelling import identifier, literal

_PLAIN: Final = re.compile(r"-?\d+(\.\d+)?|true|false|on|off", re.ASCII)
# Expressions that DEFAULT takes without parentheses: constants and calls, with or without a cast.
_BARE: Final = re.compile(
    r"(?:(?:[\w.\"]+(?:\([^()]*\))?)|(?:-?[\d.]+)|(?:'(?:[^']|'')*'))"
    r"(?:::[\w.\"]+(?: [a-z]+)*(?:\([\d,]*\))?(?:\[\])?)?"
)
_LISTED: Final = ("search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries")


def listed(names: Iterable[str]) -> str:
    """Names, separated by commas."""
    return ", ".join(identifier(name) for name in names)


def bracketed(parts: Iterable[str]) -> str:
    """The lines of a list in parentheses, one part on each."""
    return "(\n  " + ",\n  ".join(parts) + "\n)"


def bare(expression: str) -> str:
    """An expression where the grammar takes a restricted one: in parentheses unless it is simple."""
    return expression if _BARE.fullmatch(expression) else f"({expression})"


def storage(options: Iterable[str]) -> str:
    """Storage parameters, `(name = value, …)`."""
    pairs = (option.partition("=") for option in options)
    return "(" + ", ".join(f"{name} = {_parameter(value)}" for name, _, value in pairs) + ")"


def _parameter(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else literal(value)


def generic(options: Iterable[str]) -> str:
    """Options of foreign objects, ` options (name 'value', …)`; nothing where there are none."""
    pairs = [option.partition("=") for option in options]
    spelled = ", ".join(f"{identifier(name)} {literal(value)}" for name, _, value in pairs)
    return f" options ({spelled})" if pairs else ""


def setting(entry: str) -> str:
    """`name to value` of a `name=value` as in pg_proc.proconfig."""
    name, _, value = entry.partition("=")
    spelled = ".".join(identifier(part) for part in name.split("."))
    if name in _LISTED and value not in ("", '""'):
        return f"{spelled} to {value}"
    return f"{spelled} to {literal('' if value == chr(34) * 2 else value)}"


def dollar_quoted(text: str) -> str:
    """A body between dollar quotes that it does not hold itself."""
    tag, number = "$$", 0
    while tag in text or text.endswith("$"):
        if number and tag not in text:
            break
        number += 1
        tag = f"$body{number if number > 1 else ''}$"
    return f"{tag}{text}{tag}"
