"""The tree of a PL/pgSQL body."""

from functools import lru_cache
from typing import Any

import msgspec

_DECODER = msgspec.json.Decoder(list[dict[str, dict[str, Any]]])


@lru_cache(maxsize=1024)
def parse_body(sql: str) -> dict[str, Any] | None:
    """The PLpgSQL_function of a whole CREATE FUNCTION, CREATE PROCEDURE or DO statement; None where it does not parse.

    Trees are shared between callers, so not to be changed.
    """
    from pglast import parser

    try:
        found = _DECODER.decode(parser.parse_plpgsql_json(sql))
    except (parser.ParseError, msgspec.DecodeError, RecursionError):
        return None
    tree = found[0].get("PLpgSQL_function", {}) if found else {}
    # For a function in another language the parser answers with an empty tree.
    return tree if "action" in tree else None


def parse_block(body: str) -> dict[str, Any] | None:
    """The tree of the text between the dollars of a DO block in PL/pgSQL."""
    return parse_body(do_statement(body))


def do_statement(body: str) -> str:
    """A DO statement around a body, with a dollar quote that the body does not hold."""
    tag, number = "$body$", 0
    while tag in body:
        number += 1
        tag = f"$body{number}$"
    return f"do {tag}{body}{tag}"
