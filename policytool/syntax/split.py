"""A tolerant splitter: SQL text to statements and psql lines, right about quotes even where the SQL is not."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

PieceKind = Literal["sql", "psql"]

_TOKEN = re.compile(
    r"--[^\n]*|/\*|(?<![\w$])\$(?:[^\W\d]\w*)?\$|(?<!\w)[eE]'|['\";]|\\[A-Za-z!?.]|(?<!\w)begin\s+atomic\b",
    re.IGNORECASE,
)
_ATOMIC = re.compile(_TOKEN.pattern + r"|(?<!\w)(?:case|end)\b", re.IGNORECASE)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ESCAPED_END = re.compile(r"[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'", re.DOTALL)
_PLAIN_END = re.compile(r"[^']*+(?:''[^']*+)*+'")
_NAME_END = re.compile(r'[^"]*+(?:""[^"]*+)*+"')
_COPY_STDIN = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_COPY_END = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_RULE = re.compile(r"create\s+(?:or\s+replace\s+)?rule\b", re.IGNORECASE)
_SENDS = re.compile(r"\\(?:g|gx|gexec|gset|gdesc|watch|crosstabview)\b")


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a file in characters.

    `start` includes leading comments, `body` does not; `end` excludes the semicolon; `after` comes after it, and
    after the rows of a COPY.
    """

    kind: PieceKind
    start: int
    body: int
    end: int
    after: int
    unclosed: int | None = None


def split(text: str, start: int = 0) -> Iterator[Piece]:
    """The pieces of a text from `start` on, in order; parts of nothing but comments are left out."""
    while piece := _next_piece(text, start):
        yield piece
        start = piece.after


def quoted_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The quoted tokens between two offsets: start, end and opening mark."""
    while match := _TOKEN.search(text, start, end):
        start = token_end(text, match) or end
        if match[0][-1] in "'\"$" and not match[0].startswith("--"):
            yield match.start(), min(start, end), match[0]


def token_end(text: str, match: re.Match[str]) -> int | None:
    """Where a token that the splitter knows ends, or None where it is never closed."""
    token = match[0]
    if token == "/*":
        return _comment_end(text, match.end())
    if token.startswith("$"):
        found = text.find(token, match.end())
        return found + len(token) if found >= 0 else None
    patterns = {"'": _PLAIN_END, '"': _NAME_END, "e'": _ESCAPED_END}
    if pattern := patterns.get(token.lower()):
        closed = pattern.match(text, match.end())
        return closed.end() if closed else None
    return match.end()


def _comment_end(text: str, start: int) -> int | None:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return None


def _next_piece(text: str, start: int) -> Piece | None:
    body: int | None = None
    position, atomic = start, 0
    while match := (_ATOMIC if atomic else _TOKEN).search(text, position):
        if body is None:
            body = _first_ink(text, position, match.start())
        token = match[0].lower()
        if token == ";":
            if body is not None and not atomic and not _inside_rule(text, body, match.start()):
                return Piece(kind="sql", start=start, body=body, end=match.start(), after=_after(text, body, match))
            start = match.end() if body is None else start
        elif token.startswith("\\"):
            if piece := _meta_command(text, start, body, match.start()):
                return piece
        elif body is None and token[:2] not in ("--", "/*"):
            body = match.start()
        atomic = _depth(token, atomic)
        end = token_end(text, match)
        if end is None:
            body = match.start() if body is None else body
            return Piece(kind="sql", start=start, body=body, end=len(text), after=len(text), unclosed=match.start())
        position = end
    if body is None:
        body = _first_ink(text, position, len(text))
    if body is None:
        return None
    return Piece(kind="sql", start=start, body=body, end=len(text), after=len(text))


def _depth(token: str, depth: int) -> int:
    if token.startswith("begin") or (token == "case" and depth):
        return depth + 1
    return depth - 1 if token == "end" else depth


def _meta_command(text: str, start: int, body: int | None, at: int) -> Piece | None:
    """A psql line, or the statement that it cuts off; None where the backslash is just a stray character."""
    line_end = text.find("\n", at)
    line_end = len(text) if line_end < 0 else line_end
    if body is None:
        return Piece(kind="psql", start=start, body=at, end=line_end, after=line_end)
    line_start = text.rfind("\n", 0, at) + 1
    if _SENDS.match(text, at) or not text[line_start:at].strip():
        return Piece(kind="sql", start=start, body=body, end=at, after=at)
    return None


def _after(text: str, body: int, semicolon: re.Match[str]) -> int:
    """Where the next piece begins: behind the semicolon, or behind the rows that follow COPY … FROM stdin."""
    after = semicolon.end()
    if not _COPY_STDIN.match(text, body, after):
        return after
    line = text.find("\n", after)
    rows = _COPY_END.search(text, line + 1) if line >= 0 and not text[after:line].strip() else None
    return rows.end() if rows else after


def _inside_rule(text: str, body: int, end: int) -> bool:
    # The actions of CREATE RULE are the one place where a semicolon may stand inside parentheses.
    return bool(_RULE.match(text, body)) and text.count("(", body, end) > text.count(")", body, end)


def _first_ink(text: str, start: int, end: int) -> int | None:
    ink = text[start:end].lstrip()
    return end - len(ink) if ink else None


def ink_end(text: str, start: int, end: int) -> int:
    """The end of a statement without the white space and comments behind it."""
    end = start + len(text[start:end].rstrip())
    last_line = text.rfind("\n", start, end) + 1
    if text.find("--", max(start, last_line), end) < 0 and not text.endswith("*/", start, end):
        return end
    position = inked = start
    while match := _TOKEN.search(text, position, end):
        gap = text[position : match.start()].rstrip()
        inked = position + len(gap) if gap else inked
        position = min(token_end(text, match) or end, end)
        if match[0][:2] not in ("--", "/*"):
            inked = position
    gap = text[position:end].rstrip()
    return position + len(gap) if gap else inked
