"""How names and literals are spelled in SQL."""

from __future__ import annotations

import functools
import re

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")


@functools.cache
def reserved_words() -> frozenset[str]:
    """Keywords that an identifier must be quoted for, as quote_ident() does (manual, appendix C)."""
    from pglast import keywords

    return frozenset(keywords.RESERVED_KEYWORDS) | keywords.TYPE_FUNC_NAME_KEYWORDS | keywords.COL_NAME_KEYWORDS


@functools.lru_cache(maxsize=65536)
def identifier(name: str) -> str:
    """An identifier, quoted where Postgres would need it."""
    if _PLAIN.match(name) and name not in reserved_words():
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str | None, name: str) -> str:
    """schema.name, each quoted where needed."""
    return identifier(name) if schema is None else f"{identifier(schema)}.{identifier(name)}"


def constant(text: str | None) -> str:
    """A value as SQL; None is null."""
    return "null" if text is None else literal(text)


def literal(text: str) -> str:
    """A string constant; the E'' form where it holds a backslash, as quote_literal() does."""
    escaped = text.replace("'", "''")
    return "E'" + escaped.replace("\\", "\\\\") + "'" if "\\" in text else f"'{escaped}'"
