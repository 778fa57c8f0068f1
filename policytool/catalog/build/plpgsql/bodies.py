"""Bodies made ready for the parser, which knows no types but Postgres's own and those of public."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from policytool.catalog.build.plpgsql.objects import name_parts
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.types import is_built_in
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.syntax.plpgsql import parse_block, parse_body

Node = dict[str, Any]
IsRow = Callable[[str], bool]
Types = Mapping[tuple[str, int], str]  # name and line of a variable → the type it was declared with
_TOKEN: Final = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?\*/)
    | [eE]?'(?:[^'\\]|\\.|'')*'
    | "(?:[^"]|"")*"
    | \$(?P<tag>\w*)\$
    | [A-Za-z_\x80-\U0010ffff][\w$]*
    | :=
    | .""",
    re.VERBOSE | re.DOTALL,
)
_ENDS: Final = frozenset((";", ":=", "=", "default", "not", "collate"))
_NO_TYPE: Final = frozenset(("cursor", "alias", "no", "scroll"))
# Words that SQL has for types of Postgres's own, apart from their names there.
_WORDS: Final = frozenset(
    """int integer bigint smallint boolean decimal real float double character varchar char timestamp time bit national
    nchar interval record serial bigserial dec json refcursor""".split()  # noqa: SIM905
)
_ROW: Final = "public.some_row"  # a type the parser has never heard of counts as that of a row


_CONFLICT: Final = re.compile(r"\s*#\s*variable_conflict\s+(?:use_)?(\w+)", re.IGNORECASE)


def conflict(body: str) -> str:
    """What #variable_conflict says of names that both a column and a variable have."""
    found = _CONFLICT.match(body)
    return found[1].lower() if found is not None else "error"


def block(state: State, body: str) -> tuple[Node | None, Types]:
    """The tree of a DO block, and the types of its variables that the parser was not told."""
    text, types = prepared(body, lambda name: _is_row(state, name))
    return parse_block(text), types


def function(state: State, item: Function) -> tuple[Node | None, Types]:
    """The tree of a function's body, and the types of its variables that the parser was not told."""
    text, types = prepared(item.body, lambda name: _is_row(state, name))
    return parse_body(statement(item, text, lambda name: _is_row(state, name))), types


def _is_row(state: State, name: str) -> bool:
    """Whether a type name means a row: of a table, a view or a composite type."""
    try:
        parts = name_parts(name)
    except Refused:
        return False
    found = state.find_type(parts[-2] if len(parts) > 1 else None, parts[-1])
    return found is not None and found[0] in ("tables", "views", "composites")


# --- declarations ---------------------------------------------------------------------------------------------------


def prepared(body: str, is_row: IsRow) -> tuple[str, Types]:
    """The body with the types of its variables replaced where the parser would stumble, line by line the same."""
    parts, position = [], 0
    types: dict[tuple[str, int], str] = {}
    for name, line, start, end in _declarations(body):
        spelled = re.sub(r"\s*%\s*", "%", " ".join(body[start:end].split()))
        instead = _instead(spelled, is_row)
        if instead is not None:
            parts += [body[position:start], instead, "\n" * body.count("\n", start, end), " "]
            position = end
            types[(name, line)] = spelled
    return "".join((*parts, body[position:])), types


def _instead(spelled: str, is_row: IsRow) -> str | None:
    """What to tell the parser; None where it knows the type."""
    lowered = spelled.lower()
    if lowered.endswith("%rowtype"):
        return "record"
    if lowered.endswith("%type"):
        return "text"
    plain = re.sub(r"\s*\(.*?\)|\s*\[.*", "", lowered)
    array = "[]" if "[" in spelled else ""
    first = plain.removeprefix("pg_catalog.").partition(" ")[0].strip('"')
    if first in _WORDS or (is_built_in(first) and "." not in first):
        return None
    return "record" if not array and is_row(plain) else f"text{array}"


def _declarations(body: str) -> Iterator[tuple[str, int, int, int]]:
    """Name, line, and start and end of the type of each variable that the DECLARE sections declare."""
    inside = False
    words: list[tuple[str, int, int]] = []
    for word, start, end in _words(body):
        lowered = word.lower()
        if not inside:
            inside, words = lowered == "declare", []
        elif lowered == "begin" and not words:
            inside = False
        elif word == ";":
            yield from _declaration(body, words, start)
            words = []
        elif not (lowered == "declare" and not words):
            words.append((word, start, end))


def _declaration(body: str, words: list[tuple[str, int, int]], stop: int) -> Iterator[tuple[str, int, int, int]]:
    if len(words) < 2:
        return
    name, place, _ = words[0]
    rest = words[2:] if words[1][0].lower() == "constant" else words[1:]
    if not rest or rest[0][0].lower() in _NO_TYPE:
        return
    depth, end = 0, stop
    for word, start, _ in rest:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word.lower() in _ENDS:
            end = start
            break
    plain = name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
    yield plain, body.count("\n", 0, place) + 1, rest[0][1], end


def _words(body: str) -> Iterator[tuple[str, int, int]]:
    position = 0
    while (token := _TOKEN.match(body, position)) is not None:
        start, position = position, token.end()
        if token["tag"] is not None:
            closing = body.find(token[0], position)
            position = len(body) if closing < 0 else closing + len(token[0])
        if token["skip"] is None:
            yield body[start:position], start, position


# --- functions ------------------------------------------------------------------------------------------------------


def statement(item: Function, body: str, is_row: IsRow) -> str:
    """A statement that makes the function, for the parser of bodies: with types that it knows."""
    arguments = []
    for argument in item.arguments:
        if argument.mode != "TABLE":
            name = "" if argument.name is None else f"{identifier(argument.name)} "
            arguments.append(f"{argument.mode} {name}{_known(argument.type, is_row)}")
    head = "procedure" if item.kind == "procedure" else "function"
    tag = "$body$"
    while tag in body:
        tag = f"${tag.strip('$')}_$"
    signature = f"{head} {identifier(item.name)}({', '.join(arguments)}){_returns(item, is_row)}"
    return f"create {signature} language plpgsql as {tag}{body}{tag}"


def _returns(item: Function, is_row: IsRow) -> str:
    if item.kind == "procedure" or any(a.mode in ("OUT", "INOUT") for a in item.arguments):
        return ""
    table = [f"{identifier(a.name or '')} {_known(a.type, is_row)}" for a in item.arguments if a.mode == "TABLE"]
    if table:
        return f" returns table ({', '.join(table)})"
    plain = (item.returns or "void").removeprefix("SETOF ")
    many = "setof " if (item.returns or "").startswith("SETOF ") else ""
    return f" returns {many}{_known(plain, is_row)}"


def _known(spelled: str, is_row: IsRow) -> str:
    """A type that the parser knows, in the place of any."""
    instead = _instead(spelled, is_row)
    return spelled if instead is None else _ROW if instead == "record" else instead
