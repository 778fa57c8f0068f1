"""The C parser behind one narrow door: text in, dicts with byte offsets out, and errors with a true position."""

from typing import Any

import msgspec


class Raw(msgspec.Struct):
    """One statement as the parser hands it out; offsets are bytes in the text that was parsed."""

    stmt: dict[str, dict[str, Any]]
    stmt_location: int = 0
    stmt_len: int = 0


class _Tree(msgspec.Struct):
    stmts: list[Raw] = []


class Unparsable(Exception):
    """The text is not SQL that PostgreSQL's grammar accepts; `position` is in characters."""

    def __init__(self, message: str, position: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


_DECODER = msgspec.json.Decoder(_Tree)
_LONGEST_TOKEN = 40
_DEEP = "nested too deeply to be read"


def parse(text: str) -> list[Raw]:
    """The statements of a text; the whole text fails where one statement does."""
    # Importing pglast costs 30 ms, which `--help` must not pay.
    from pglast import parser

    try:
        return _DECODER.decode(parser.parse_sql_json(text)).stmts
    except parser.ParseError as error:
        raise Unparsable(_message(error), _position(text, error)) from None
    except (RecursionError, msgspec.DecodeError):
        raise Unparsable(_DEEP, None) from None


def _message(error: Exception) -> str:
    """PostgreSQL's own words, without the rest of the file that an unclosed quote drags in."""
    message, near, token = str(error.args[0]).partition(' at or near "')
    first, *more = token.removesuffix('"').split("\n", 1)
    short = first if len(first) <= _LONGEST_TOKEN else first[:_LONGEST_TOKEN].rstrip()
    return f'{message}{near}{short}{"…" if more or short != first else ""}"' if near else message


def _position(text: str, error: Exception) -> int | None:
    from pglast import parser

    if not text.isascii():
        # pglast shifts the position twice where the text is not ASCII, so ask again with letters in their place.
        plain = "".join(char if char < "\x80" else "x" for char in text)
        try:
            parser.parse_sql_json(plain)
        except parser.ParseError as again:
            error = again
        else:
            return None
    position = error.args[1] if len(error.args) > 1 else None
    return position if isinstance(position, int) else None
