"""Storage options of relations, `name=value`, as in pg_class.reloptions."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.nodes import Node, elements, option_text
from policytool.catalog.build.state import Refused

HEAP = "heap"


def spelled(nodes: list[Node]) -> tuple[str, ...]:
    """The options of a WITH clause; one without a value is true."""
    return merged((), nodes)


def clauses(node: Node) -> dict[str, Any]:
    """The fields of a table that WITH, USING and TABLESPACE fill, without what goes without saying."""
    options = spelled(node.get("options", []))
    if boolean(value_of(options, "oids") or "off"):
        raise Refused("0A000", "tables declared WITH OIDS are not supported")
    tablespace = node.get("tablespacename") or node.get("tableSpaceName")
    method = node.get("accessMethod")
    return {
        "options": tuple(option for option in options if not option.startswith("oids=")),
        "access_method": None if method == HEAP else method,
        "tablespace": None if tablespace == "pg_default" else tablespace,
    }


def merged(options: tuple[str, ...], nodes: list[Node]) -> tuple[str, ...]:
    """The options after SET: what is set anew goes to the end, as transformRelOptions() has it."""
    given = {_name(element): _value(element) for element in elements(nodes)}
    kept = tuple(option for option in options if option.partition("=")[0] not in given)
    return kept + tuple(f"{name}={value}" for name, value in given.items())


def without(options: tuple[str, ...], nodes: list[Node]) -> tuple[str, ...]:
    """The options after RESET."""
    gone = {_name(element) for element in elements(nodes)}
    return tuple(option for option in options if option.partition("=")[0] not in gone)


def value_of(options: tuple[str, ...], name: str) -> str | None:
    """The value of one option; None where it is not set."""
    return next((value for key, _, value in (o.partition("=") for o in options) if key == name), None)


def boolean(text: str) -> bool | None:
    """A boolean as options are read (parse_bool): any beginning of true, false, yes, no; on, off, 1, 0."""
    word = text.lower()
    if word in ("on", "1") or (word and ("true".startswith(word) or "yes".startswith(word))):
        return True
    if word in ("off", "of", "0") or (word and ("false".startswith(word) or "no".startswith(word))):
        return False
    return None


def _name(element: Node) -> str:
    space = element.get("defnamespace")
    name: str = element["defname"]
    return f"{space}.{name}" if space else name


def _value(element: Node) -> str:
    text = option_text(element)
    return "true" if text is None else text
