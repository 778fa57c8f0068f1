"""Small readings of parse trees that every handler needs: names, strings, options."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.state import NotModelled

Node = dict[str, Any]  # a parse tree of libpg_query as JSON: zero, false and empty fields are left out


def strings(nodes: list[Node]) -> list[str]:
    """The texts of a list of String nodes."""
    return [node["String"].get("sval", "") for node in nodes]


def split_name(nodes: list[Node]) -> tuple[str | None, str]:
    """Schema (or None) and name of a dotted name; the database in front of them is left out."""
    parts = strings(nodes)
    return (parts[-2] if len(parts) > 1 else None), parts[-1]


def range_name(range_var: Node) -> tuple[str | None, str]:
    """Schema (or None) and name of a RangeVar."""
    return range_var.get("schemaname"), range_var["relname"]


def type_parts(type_name: Node) -> tuple[str | None, str]:
    """Schema (or None) and name of a TypeName, as they are written."""
    return split_name(type_name["names"])


def elements(nodes: list[Node]) -> list[Node]:
    """The inner nodes of a list of DefElem."""
    return [node["DefElem"] for node in nodes]


def items(node: Node) -> list[Node]:
    """The members of a List node."""
    members: list[Node] = node.get("List", {}).get("items", [])
    return members


def option_text(element: Node) -> str | None:
    """The value of an option as plain text; None where it has none (which most options take for true)."""
    match element.get("arg"):
        case None:
            return None
        case {"String": value}:
            return str(value.get("sval", ""))
        case {"Integer": value}:
            return str(value.get("ival", 0))
        case {"Float": value}:
            return str(value.get("fval", "0"))
        case {"Boolean": value}:
            return "true" if value.get("boolval") else "false"
        case {"TypeName": value}:
            return ".".join(strings(value["names"]))
        case {"List": {"items": parts}} if all("String" in part for part in parts):
            return ".".join(strings(parts))
    raise NotModelled(f"the value of the option {element.get('defname')} is not understood", security=False)


def option_name(element: Node) -> tuple[str | None, str] | None:
    """The qualified name that an option has for its value; None where it has none."""
    match element.get("arg"):
        case {"TypeName": value}:
            return split_name(value["names"])
        case {"List": {"items": parts}}:
            return split_name(parts)
        case {"String": value}:
            return None, str(value.get("sval", ""))
    return None


def is_true(element: Node) -> bool | None:
    """An option read as a boolean, as defGetBoolean() does; None where it is no boolean."""
    text = option_text(element)
    if text is None:
        return True
    return {
        "true": True,
        "on": True,
        "1": True,
        "yes": True,
        "false": False,
        "off": False,
        "0": False,
        "no": False,
    }.get(text.lower())
