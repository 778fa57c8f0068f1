"""The comments before a statement and at the end of its last line."""

import re

_GAP = re.compile(r"--[^\n]*|/\*|\*/")


def comment_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The comments in a stretch that holds nothing but comments, semicolons and white space."""
    spans: list[tuple[int, int]] = []
    depth, opened = 0, start
    for match in _GAP.finditer(text, start, end):
        token = match[0]
        if token == "/*":
            opened = match.start() if depth == 0 else opened
            depth += 1
        elif token == "*/":
            depth = max(0, depth - 1)
            if depth == 0:
                spans.append((opened, match.end()))
        elif depth == 0:
            spans.append(match.span())
        else:
            # Inside a block comment `--` means nothing, and the block may end on the same line.
            closed = text.count("*/", *match.span()) - text.count("/*", *match.span())
            depth -= closed
            if depth <= 0:
                depth = 0
                spans.append((opened, text.rindex("*/", *match.span()) + 2))
    return spans


def has_comment(text: str, start: int, end: int) -> bool:
    """Whether the stretch holds any comment at all; cheap."""
    return text.find("--", start, end) >= 0 or text.find("/*", start, end) >= 0


def leading(text: str, start: int, end: int) -> tuple[str, ...]:
    """The comments right before `end`, with at most one blank line between them."""
    if not has_comment(text, start, end):
        return ()
    kept: list[str] = []
    below = end
    for left, right in reversed(comment_spans(text, start, end)):
        if text.count("\n", right, below) > 2:
            break
        kept.append(text[left:right].rstrip("\r"))
        below = left
    return tuple(reversed(kept))


def trailing(text: str, start: int, end: int) -> tuple[tuple[str, ...], int]:
    """The comments on the rest of the line where a statement ends, and where they end; `end` is the next statement."""
    line = text.find("\n", start, end)
    if line < 0:
        if end < len(text):
            return (), start
        line = end
    if not has_comment(text, start, line):
        return (), start
    spans = [span for span in comment_spans(text, start, end) if span[0] < line]
    if not spans:
        return (), start
    return tuple(text[left:right].rstrip("\r") for left, right in spans), max(line, spans[-1][1])
