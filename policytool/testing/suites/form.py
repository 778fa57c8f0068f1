"""The form of a policy test file: which keys there are, and that each holds what it should."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from policytool.testing.suites.suite import ALLOW, DENY, Expect
from policytool.testing.suites.yamlfile import Listing, Mapping, Node, Problems, Scalar, nearest

BY: Final = ("grant", "check", "read", "filtered", "trigger", "constraint")
_SQLSTATE: Final = re.compile(r"[0-9A-Z]{5}\Z")
_EXPECT: Final = ("denied", "error", "message", "rows", "columns", "values", "value")


class Form:
    """Takes nodes apart; what has not the right form is a problem, and is left out."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def keys(self, node: Node, known: Collection[str], what: str) -> dict[str, tuple[Scalar, Node]]:
        """The entries of a mapping whose keys are fixed."""
        found = {}
        for key, value in self.entries(node, what):
            if key.text in known:
                found[key.text] = (key, value)
            else:
                self.problems.add(key.at, f"{what} has no key {key.text}", nearest(key.text, known))
        return found

    def entries(self, node: Node, what: str) -> Iterator[tuple[Scalar, Node]]:
        """The entries of a mapping; nothing is an empty one."""
        if isinstance(node, Mapping):
            yield from node.entries
        elif not (isinstance(node, Scalar) and node.null):
            self.problems.add(node.at, f"{what} must be a mapping, `key: value`")

    def items(self, node: Node, what: str) -> tuple[Node, ...]:
        """The items of a list."""
        if isinstance(node, Listing):
            return node.items
        self.problems.add(node.at, f"{what} must be a list, `[one, two]`")
        return ()

    def words(self, node: Node, what: str) -> tuple[Scalar, ...]:
        """One word, or a list of them."""
        items = (node,) if isinstance(node, Scalar) and not node.null else self.items(node, what)
        words = tuple(item for item in items if isinstance(item, Scalar) and not item.null)
        for item in items:
            if item not in words:
                self.problems.add(item.at, f"{what} must hold words only")
        return words

    def word(self, node: Node, what: str) -> Scalar | None:
        """A single word."""
        if isinstance(node, Scalar) and not node.null:
            return node
        self.problems.add(node.at, f"{what} must be a single word or text")
        return None

    def choice(self, node: Node, known: Collection[str], what: str) -> str | None:
        """One of some words."""
        word = self.word(node, what)
        if word is None or word.text in known:
            return word.text if word else None
        self.problems.add(word.at, f"{what} cannot be {word.text}", nearest(word.text, known, "it is one of"))
        return None

    def boolean(self, node: Node, what: str) -> bool:
        return self.choice(node, ("true", "false"), what) == "true"

    def number(self, node: Node, what: str) -> int | None:
        word = self.word(node, what)
        if word is None or word.text.isdecimal():
            return int(word.text) if word else None
        self.problems.add(word.at, f"{what} must be a number, not {word.text}")
        return None

    # --- what is expected -------------------------------------------------------------------------------------------

    def expect(self, node: Node) -> Expect | None:
        """`allow`, `deny`, or a mapping that says more."""
        if isinstance(node, Scalar):
            word = self.choice(node, ("allow", "deny"), "an expectation")
            return {"allow": ALLOW, "deny": DENY}.get(word or "")
        found = {key: value for key, (_, value) in self.keys(node, _EXPECT, "an expectation").items()}
        if sum(bool(found.keys() & kind) for kind in ({"denied"}, {"error", "message"}, set(_EXPECT[3:]))) != 1:
            hint = "it is one of allow, deny, {denied: …}, {error: …}, {rows: …}"
            self.problems.add(node.at, "an expectation says one thing", hint)
            return None
        if "denied" in found:
            by = self.choice(found["denied"], BY, "denied")
            return None if by is None else Expect(kind="deny", by=by)
        return self._error(found, node) if "error" in found or "message" in found else self._result(found)

    def _error(self, found: dict[str, Node], node: Node) -> Expect | None:
        state = self.word(found["error"], "error") if "error" in found else None
        message = self.word(found["message"], "message") if "message" in found else None
        if state is not None and not _SQLSTATE.match(state.text):
            hint = "a SQLSTATE has five capital letters and digits, as P0001; the text goes under `message`"
            self.problems.add(state.at, f"{state.text} is no SQLSTATE", hint)
            return None
        return Expect(kind="error", sqlstate=state.text if state else "", message=message.text if message else "")

    def _result(self, found: dict[str, Node]) -> Expect:
        columns = tuple(w.text for w in self.words(found["columns"], "columns")) if "columns" in found else None
        values: tuple[tuple[str | None, ...], ...] | None = None
        if "value" in found:
            values = ((self._text(found["value"]),),)
        elif "values" in found:
            rows = [self.items(row, "a row of values") for row in self.items(found["values"], "values")]
            values = tuple(tuple(self._text(value) for value in row) for row in rows)
        rows_ = self.number(found["rows"], "rows") if "rows" in found else None
        return Expect(kind="result", rows=rows_, columns=columns, values=values)

    def _text(self, node: Node) -> str | None:
        if isinstance(node, Scalar):
            return None if node.null else node.text
        self.problems.add(node.at, "a value must be a single text, as Postgres prints it")
        return None
