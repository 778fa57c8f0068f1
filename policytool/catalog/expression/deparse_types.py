"""SQL text of a type name as it was written."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.deparse import ANY_LEVEL, dotted, strings, write
from policytool.catalog.expression.types import built_in

# Types that the grammar itself names: their tree says pg_catalog where the text has a keyword.
_WORDS: Final = """
    bit bool bpchar float4 float8 int2 int4 int8 interval numeric time timetz timestamp timestamptz varbit varchar
    json
"""
_KEYWORDS: Final = frozenset(_WORDS.split())


def type_text(node: dict[str, Any]) -> str:
    """The spelling of a TypeName; canonical trees carry theirs ready in `spelled`."""
    if "spelled" in node:
        return str(node["spelled"])
    text = _base(node) + "".join(map(_bound, node.get("arrayBounds", ())))
    return f"SETOF {text}" if node.get("setof") else text


def _base(node: dict[str, Any]) -> str:
    names, typmods = strings(node["names"]), node.get("typmods", [])
    if node.get("pct_type"):
        return f"{dotted(node['names'])}%TYPE"
    modifiers = tuple(write(mod, ANY_LEVEL) for mod in typmods)
    if names[0] == "pg_catalog" and len(names) == 2 and names[1] in _KEYWORDS:
        if names[1] == "bpchar":
            # The grammar turns a bare CHAR into bpchar(1), so one without a length can only be spelled out.
            return f"character({modifiers[0]})" if modifiers else "pg_catalog.bpchar"
        return built_in(names[1], modifiers)
    return dotted(node["names"]) + (f"({', '.join(modifiers)})" if modifiers else "")


def _bound(node: dict[str, Any]) -> str:
    size = node["Integer"].get("ival", 0)
    return "[]" if size < 0 else f"[{size}]"
