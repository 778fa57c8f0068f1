"""Reads what can be read of a file that does not parse as a whole, and says what was left out."""

import re
from collections.abc import Iterator
from itertools import islice

from policytool.source.model import SqlFile
from policytool.syntax import raw
from policytool.syntax.assemble import Found, found
from policytool.syntax.location import line_index
from policytool.syntax.placeholder import filled, placeholders
from policytool.syntax.problem import Problem, problem_at
from policytool.syntax.psql import MetaCommand, meta_command
from policytool.syntax.split import Piece, quoted_spans, split

_SMALLEST, _LARGEST = 8, 256
_MOST_RESUMES = 200
_OBJECT = (
    r"(?:table|view|materialized|function|procedure|trigger|policy|(?:unique\s+)?index|type|schema|extension|sequence|"
    r"role|user|publication|domain|aggregate|rule|database|server|foreign|event|(?:global\s+|local\s+)?temp\w*|unlogged|"
    r"default\s+privileges|constraint\s+trigger)\b"
)
_STATEMENT = re.compile(
    rf"^(?:(?:create|alter|drop)\s+(?:or\s+replace\s+)?{_OBJECT}|grant\s|revoke\s|comment\s+on\s|do\s+\$|"
    r"insert\s+into\s|delete\s+from\s|truncate\s|begin\s*;|commit\s*;|set\s+\w+\s*(?:=|to\s))",
    re.IGNORECASE | re.MULTILINE,
)


class Recovery:
    """One pass over a file in pieces; statements and problems in the order of the file."""

    def __init__(self, file: SqlFile) -> None:
        self.file = file
        self.found: list[Found] = []
        self.problems: list[Problem] = []
        self.commands: list[tuple[int, MetaCommand, Piece]] = []
        self._gap = 0
        self._resumes = 0

    def run(self) -> None:
        """Read the whole file, chunk by chunk, so that one bad statement costs only itself."""
        start, size, resumes = 0, _SMALLEST, 0
        while chunk := list(islice(self._statements(start), size)):
            start = self._read(chunk)
            # After a resume the pieces ahead are cut anew, so few of them are cut at a time while that lasts.
            size = min(2 * size, _LARGEST) if resumes == self._resumes else _SMALLEST
            resumes = self._resumes

    def _statements(self, start: int) -> Iterator[Piece]:
        """Pieces of SQL up to the first thing between them that is none."""
        seen = False
        for piece in split(self.file.text, start):
            if piece.kind == "sql":
                seen = True
                yield piece
                if piece.after > piece.end + 1:
                    return  # rows of a COPY follow, which no parser can read together with the next statement
            elif seen:
                return
            else:
                self._gap = piece.after
                if piece.kind == "psql":
                    command = meta_command(self.file.text[piece.body : piece.end])
                    self.commands.append((len(self.found), command, piece))

    def _read(self, chunk: list[Piece]) -> int:
        """Read these statements and return where to go on."""
        after = chunk[-1].after
        while chunk:
            broken, error = self._parse(chunk)
            if error is not None and error.position is None and len(chunk) > 1:
                return self._one_by_one(chunk)
            if error is None:
                self._gap = chunk[-1].after
                return chunk[-1].after
            if broken:
                self._parse_good(chunk[:broken])
            resumed = self._broken(chunk[broken], error)
            if resumed is not None:
                return resumed
            chunk = chunk[broken + 1 :]
        return after

    def _one_by_one(self, chunk: list[Piece]) -> int:
        for piece in chunk:
            resumed = self._read([piece])
            if resumed != piece.after:
                return resumed
        return chunk[-1].after

    def _parse_good(self, chunk: list[Piece]) -> None:
        if self._parse(chunk)[1] is not None:
            self._read(chunk)

    def _parse(self, chunk: list[Piece]) -> tuple[int, raw.Unparsable | None]:
        """Take a run of statements if it parses; otherwise the number of the one that does not, and why."""
        start, end = chunk[0].body, chunk[-1].end
        try:
            raws = raw.parse(self.file.text[start:end])
        except raw.Unparsable as error:
            position = error.position if error.position is not None else 0
            error.position = start + position if error.position is not None else None
            last = len(chunk) - 1
            return next((n for n, piece in enumerate(chunk) if start + position < piece.after), last), error
        self._take(raws, self.file.text[start:end], chunk[0])
        return 0, None

    def _take(self, raws: list[raw.Raw], text: str, first: Piece) -> None:
        base = line_index(self.file.text).byte(first.body)
        self.found += found(raws, text, base=base, offset=first.body, gap=max(first.start, self._gap))
        if self.found:
            self._gap = self.found[-1].end

    def _broken(self, piece: Piece, error: raw.Unparsable) -> int | None:
        """Deal with one statement that does not parse; where to resume if its end cannot be trusted."""
        text = self.file.text
        sql = text[piece.body : piece.end]
        spots = placeholders(sql)
        if spots and self._fill(piece, sql, spots[0]):
            return None
        at = error.position if error.position is not None else piece.body
        resume = _resume(text, piece, at) if self._resumes < _MOST_RESUMES else None
        self._resumes += resume is not None
        end = piece.end if resume is None else resume
        if resume is not None and self._whole(piece, resume):
            message = f"no semicolon ends this statement ({error.message})"
        else:
            message = error.message
        word = re.compile(r"\w+|\S").match(text, at)
        span = (at, word.end() if word else at + 1)
        self.problems.append(problem_at(self.file, "syntax", message, span, text[piece.body : end]))
        self._gap = piece.after if resume is None else resume
        return resume

    def _whole(self, piece: Piece, end: int) -> bool:
        try:
            raws = raw.parse(self.file.text[piece.body : end])
        except raw.Unparsable:
            return False
        self._take(raws, self.file.text[piece.body : end], piece)
        return True

    def _fill(self, piece: Piece, sql: str, spot: tuple[int, int]) -> bool:
        for text in filled(sql):
            try:
                raws = raw.parse(text)
            except raw.Unparsable:
                continue
            self._take(raws, sql, piece)
            start, end = piece.body + spot[0], piece.body + spot[1]
            message = f"{sql[slice(*spot)]} is a placeholder; the statement is read with a stand-in for it"
            self.problems.append(problem_at(self.file, "placeholder", message, (start, end), sql))
            return True
        return False


def _resume(text: str, piece: Piece, at: int) -> int | None:
    """Where the next statement begins, if a quote or a semicolon is missing in this one."""
    spans = quoted_spans(text, piece.body, piece.end)
    span = next(spans, None)
    for match in _STATEMENT.finditer(text, piece.body + 1, piece.end):
        start = match.start()
        while span is not None and span[1] <= start:
            span = next(spans, None)
        if span is None or start <= span[0]:
            if start >= at:
                return start
        elif span[1] <= at or span[0] == piece.unclosed:
            # The error comes after a quote that swallowed a statement: the quote was never meant to open here.
            return start
    return None
