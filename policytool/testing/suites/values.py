"""Values of a policy test file as Postgres takes them: text as written, lists and mappings by the column's type."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any, Final

from policytool.catalog.model import Name
from policytool.testing.suites.lookup import Lookup
from policytool.testing.suites.suite import Handle, Place, Ref, Value
from policytool.testing.suites.yamlfile import Listing, Node, Scalar

_JSON: Final = ("json", "jsonb")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")
_ROWS: Final = uuid.UUID("0c0f5d0a-8a0e-4f55-9f0b-5b0e6a1d7c42")
Known = Callable[[Ref, Place], str | None]


class Values:
    """Reads values; `known` is what a row's column will hold, where that is known before there is a row."""

    def __init__(self, lookup: Lookup, known: Known) -> None:
        self._lookup = lookup
        self._known = known

    def of_column(self, table: Name, column: str, node: Node) -> Value:
        """The value of a column; None where it is a problem, too."""
        found = self._lookup.column(table, column, node.at)
        if found is None:
            return None
        if found.generated is not None:
            self._lookup.problems.add(node.at, f"{column} is a generated column", "leave it out")
            return None
        return self.of_type(found.type, node, (table, column))

    def of_type(self, kind: str, node: Node, column: tuple[Name, str] | None = None) -> Value:
        """A value for a type; `column` is where a reference would stand."""
        if isinstance(node, Scalar):
            if node.null:
                return None
            if node.text.startswith("@@"):
                return node.text[1:]
            return self._lookup.reference(node.text, node.at, column) if node.text.startswith("@") else node.text
        if kind in _JSON:
            return json.dumps(self.data(node), separators=(",", ":"))
        if kind.endswith("[]") and isinstance(node, Listing):
            return self._array(node)
        what = "a list" if isinstance(node, Listing) else "a mapping"
        self._lookup.problems.add(node.at, f"{what} cannot be a value of the type {kind}", "write it as text")
        return None

    def data(self, node: Node) -> Any:
        """JSON: scalars without quotes are numbers, booleans and null where they look like them."""
        if isinstance(node, Scalar):
            return self._datum(node)
        if isinstance(node, Listing):
            return [self.data(item) for item in node.items]
        return {key.text: self.data(value) for key, value in node.entries}

    def _datum(self, node: Scalar) -> Any:
        if node.text.startswith("@"):
            return node.text[1:] if node.text.startswith("@@") else self.early(node)
        if node.null or node.quoted:
            return None if node.null else node.text
        if node.text in ("true", "false") or _NUMBER.match(node.text):
            return json.loads(node.text)
        return node.text

    def early(self, node: Scalar) -> str | None:
        """What a reference stands for, where it must be known before the rows are made."""
        ref = self._lookup.reference(node.text, node.at)
        return None if ref is None else self._known(ref, node.at)

    def _array(self, node: Listing) -> str:
        return "{" + ",".join(self._element(item) for item in node.items) + "}"

    def _element(self, node: Node) -> str:
        if isinstance(node, Listing):
            return self._array(node)
        if not isinstance(node, Scalar):
            self._lookup.problems.add(node.at, "a mapping cannot be an element of an array", "write it as text")
            return "NULL"
        text = self._datum(node) if node.text.startswith("@") else node.text
        if node.null or text is None:
            return "NULL"
        escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'


def made_up_key(handle: Handle) -> str:
    """The key of a row that is spoken of before it is there; always the same."""
    return str(uuid.uuid5(_ROWS, handle.key))
