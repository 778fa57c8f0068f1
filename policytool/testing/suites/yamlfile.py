"""YAML as a tree of scalars, lists and mappings that know their place; scalars stay as they are written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from policytool.errors import PolicytoolError
from policytool.testing.suites.suite import Place

_NULL: Final = "tag:yaml.org,2002:null"
_MERGE: Final = "tag:yaml.org,2002:merge"
_KNOWN: Final = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("null", "bool", "int", "float", "str", "timestamp", "value", "merge", "seq", "map")
)
_QUOTES: Final = ("'", '"', "|", ">")
_MOST: Final = 200_000  # nodes, aliases followed


class Scalar(Struct, frozen=True):
    """A scalar; YAML 1.1 would read `on`, `no` or `2030-01-01` as something else, Postgres reads the text."""

    text: str
    at: Place
    quoted: bool = False
    null: bool = False


class Listing(Struct, frozen=True):
    items: tuple[Node, ...]
    at: Place


class Mapping(Struct, frozen=True):
    entries: tuple[tuple[Scalar, Node], ...]
    at: Place


Node = Scalar | Listing | Mapping


class Problem(Struct, frozen=True, kw_only=True):
    """Something wrong with a file, and where."""

    path: str
    at: Place
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        said = f"{self.path}:{self.at.line}:{self.at.column}: {self.message}"
        return f"{said}; {self.hint}" if self.hint else said


class BadSuite(PolicytoolError):
    """A policy test file that cannot be used as it is; every mistake that was found is told."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.path, p.at)))
        hint = "docs/policy-tests.md explains the format, `policytool schema policy-test` is its JSON Schema"
        super().__init__("\n".join(str(problem) for problem in self.problems), hint=hint)


class Problems:
    """The mistakes of one file, gathered."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: list[Problem] = []

    def add(self, at: Place, message: str, hint: str | None = None) -> None:
        self.found.append(Problem(path=self.path, at=at, message=message, hint=hint))

    def check(self) -> None:
        """Raise BadSuite if there are any."""
        if self.found:
            raise BadSuite(dict.fromkeys(self.found))


def nearest(name: str, known: Iterable[str], noun: str = "there are") -> str | None:
    """`did you mean …?`, or which there are if they are few."""
    choices = list(dict.fromkeys(known))
    if close := difflib.get_close_matches(name, choices, n=1):
        return f"did you mean {close[0]}?"
    return f"{noun} {', '.join(choices)}" if 0 < len(choices) <= 12 else None


def parse(path: str, text: str) -> Node:
    """The tree of a file. Raises BadSuite where it is no YAML, empty, or has a key twice."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    problems = Problems(path)
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        what = ": ".join(part for part in (error.context, error.problem) if part)
        problems.add(at, f"not valid YAML: {what}", "quote values that hold `: `, ` #` or begin with @")
        raise BadSuite(problems.found) from None
    except yaml.YAMLError as error:
        problems.add(Place(1, 1), f"not valid YAML: {' '.join(str(error).split())}")
        raise BadSuite(problems.found) from None
    if root is None:
        problems.add(Place(1, 1), "the file is empty", "`policytool test --init` writes one to begin with")
        raise BadSuite(problems.found)
    tree = _Tree(problems).convert(root, ())
    problems.check()
    return tree


class _Tree:
    """Turns nodes of the library into ours."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._left = _MOST

    def convert(self, node: Any, above: tuple[int, ...]) -> Node:
        at = Place(node.start_mark.line + 1, node.start_mark.column + 1)
        self._left -= 1
        if id(node) in above or self._left < 0:
            what = "an alias of what it stands in" if self._left >= 0 else "too many values"
            self._problems.add(at, f"{what} cannot be read")
            self._problems.check()
        if node.tag not in _KNOWN:
            self._problems.add(at, f"the tag {node.tag} means nothing here", "leave it out")
        if node.id == "sequence":
            return Listing(tuple(self.convert(item, (*above, id(node))) for item in node.value), at)
        if node.id == "mapping":
            return Mapping(tuple(self._entries(node, (*above, id(node)))), at)
        quoted = node.style in _QUOTES
        return Scalar(node.value, at, quoted=quoted, null=not quoted and node.tag == _NULL)

    def _entries(self, node: Any, above: tuple[int, ...]) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Place] = {}
        for key, value in node.value:
            at = Place(key.start_mark.line + 1, key.start_mark.column + 1)
            if key.id != "scalar":
                self._problems.add(at, "a key must be a word")
                continue
            if key.tag == _MERGE:
                self._problems.add(at, "`<<` is not understood", "write the entries out")
                continue
            if key.value in seen:
                self._problems.add(at, f"{key.value} is there twice", f"it is also on line {seen[key.value].line}")
                continue
            seen[key.value] = at
            yield Scalar(key.value, at, quoted=key.style in _QUOTES), self.convert(value, above)
