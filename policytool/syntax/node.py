"""Small readers over parse trees, which are plain dicts of the form {kind: body}."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Node = dict[str, Any]


def kind_of(node: Mapping[str, Any]) -> tuple[str, Node]:
    """Kind and body of a node; ("", {}) for an empty one."""
    return next(iter(node.items()), ("", {}))


def walk(node: object) -> Iterator[tuple[str, Node]]:
    """Every node in a tree, outer before inner, in the order of the text as far as the parser keeps it."""
    stack: list[object] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, list):
            stack.extend(reversed(current))
        elif isinstance(current, dict):
            for key, value in current.items():
                if key[0].isupper() and isinstance(value, dict):
                    yield key, value
            stack.extend(reversed(current.values()))


def names(nodes: Iterable[Mapping[str, Any]] | None) -> tuple[str, ...]:
    """The parts of a name given as a list of String nodes; a star counts as "*"."""
    if not nodes:
        return ()
    try:
        return tuple([node["String"]["sval"] for node in nodes])
    except KeyError:  # a star, an empty name, or something that is no name at all
        return tuple("*" if "A_Star" in node else node["String"].get("sval", "") for node in nodes if _names(node))


def _names(node: Mapping[str, Any]) -> bool:
    return "String" in node or "A_Star" in node


def qualified(nodes: Iterable[Mapping[str, Any]] | None) -> tuple[str | None, str]:
    """Schema (or None) and name out of a list of String nodes."""
    parts = names(nodes)
    return (parts[-2] if len(parts) > 1 else None), (parts[-1] if parts else "")


def range_var(node: Mapping[str, Any]) -> tuple[str | None, str]:
    """Schema (or None) and name of a RangeVar, given with or without its kind."""
    body = node.get("RangeVar", node)
    return body.get("schemaname"), body.get("relname", "")


def unwrapped(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A node without the casts around it."""
    while "TypeCast" in node:
        node = node["TypeCast"].get("arg", {})
    return node


def string_of(node: Mapping[str, Any] | None) -> str | None:
    """The text of a string constant, a String or a DefElem that holds one, through casts; else None."""
    node = _argument(node)
    if "String" in node:
        return str(node["String"].get("sval", ""))
    constant = node.get("A_Const", {})
    if "sval" in constant:
        return str(constant["sval"].get("sval", ""))
    return None


def bool_of(node: Mapping[str, Any] | None) -> bool | None:
    """The truth value of a boolean constant, or of an option such as `security_invoker = on`; else None."""
    if node is not None and "DefElem" in node and "arg" not in node["DefElem"]:
        return True
    node = _argument(node)
    if "Boolean" in node:
        return bool(node["Boolean"].get("boolval", False))
    constant = node.get("A_Const", {})
    if "boolval" in constant:
        return bool(constant["boolval"].get("boolval", False))
    if (number := int_of(node)) is not None:
        return bool(number) if number in (0, 1) else None
    return _TRUTH.get((string_of(node) or type_name(node) or "").lower())


def int_of(node: Mapping[str, Any] | None) -> int | None:
    """The value of an integer constant, signed or not, through casts; else None."""
    node = _argument(node)
    if "Integer" in node:
        return int(node["Integer"].get("ival", 0))
    expression: Node = node.get("A_Expr", {})
    if names(expression.get("name")) == ("-",) and "lexpr" not in expression:
        value = int_of(expression.get("rexpr"))
        return None if value is None else -value
    constant: Mapping[str, Any] = node.get("A_Const", {})
    return int(constant["ival"].get("ival", 0)) if "ival" in constant else None


def is_null(node: Mapping[str, Any] | None) -> bool:
    """Whether a node is the constant NULL, through casts."""
    return bool(_argument(node).get("A_Const", {}).get("isnull", False))


def type_name(node: Mapping[str, Any] | None) -> str | None:
    """The bare name of a TypeName, which is also how the parser reads an unquoted word in an option."""
    body = (node or {}).get("TypeName")
    return None if body is None else qualified(body.get("names"))[1]


def word_of(node: Mapping[str, Any] | None) -> str | None:
    """The value of an option as text, whichever way it was written: string, word, number or truth value."""
    inner = _argument(node)
    if (text := string_of(inner)) is not None:
        return text
    if (word := type_name(inner)) is not None:
        return word
    if (number := int_of(inner)) is not None:
        return str(number)
    if "Float" in inner:
        return str(inner["Float"].get("fval", ""))
    truth = bool_of(node)
    return None if truth is None else str(truth).lower()


def options(nodes: Iterable[Mapping[str, Any]] | None) -> dict[str, Node]:
    """The DefElem bodies of an option list by name; the last one of a name wins, as in PostgreSQL's own loops."""
    return {node["DefElem"]["defname"]: node["DefElem"] for node in nodes or () if "DefElem" in node}


_TRUTH = {"true": True, "on": True, "yes": True, "t": True, "false": False, "off": False, "no": False, "f": False}


def _argument(node: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if node is None:
        return {}
    if "DefElem" in node:
        node = node["DefElem"].get("arg", {})
    elif "defname" in node:
        node = node.get("arg", {})
    return unwrapped(node)
