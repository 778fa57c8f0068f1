"""Operators with their partners, and operator classes with what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, option_name, split_name
from policytool.catalog.build.other_names import Key, operator_key
from policytool.catalog.build.routines import argument_type
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.types import type_name
from policytool.catalog.objects import Other
from policytool.catalog.spelling import identifier, qualified

# The clauses of CREATE OPERATOR beyond its operands, in the order in which pg_dump has them.
_CLAUSES: Final = ("function", "commutator", "negator", "restrict", "join", "hashes", "merges")
_PARTNER: Final = {"commutator": "COMMUTATOR", "negator": "NEGATOR"}
_ITEMS: Final = {1: "OPERATOR", 2: "FUNCTION"}


def operator(state: State, node: Node) -> tuple[Key, str]:
    """The key and definition of CREATE OPERATOR."""
    parts = {element["defname"]: element for element in elements(node.get("definition", []))}
    if "procedure" in parts:
        parts.setdefault("function", parts["procedure"])
    types = [
        argument_type(state, parts[side]["arg"]["TypeName"], assumed=True) if side in parts else "NONE"
        for side in ("leftarg", "rightarg")
    ]
    if types[1] == "NONE":
        raise Refused("42P13", "operator right argument type must be specified")
    if "function" not in parts:
        raise Refused("42P13", "operator function must be specified")
    schema, name = split_name(node["defnames"])
    key = ("operator", state.creation_schema(schema), f"{name}({', '.join(types)})")
    return key, ", ".join(_clauses(state, parts, key[1]))


def _clauses(state: State, parts: dict[str, Node], home: str) -> Iterator[str]:
    for clause in _CLAUSES:
        element = parts.get(clause)
        if element is None:
            continue
        word = clause.upper()
        if clause in _PARTNER:
            yield f"{word} = {_partner(state, element, home)}"
        elif clause in ("hashes", "merges"):
            yield word
        else:
            yield f"{word} = {_function(state, *(option_name(element) or (None, '')))}"


def _function(state: State, schema: str | None, name: str) -> str:
    schema, name = names_of(state).function(schema, name, None) or (schema, name)
    return qualified(None if schema == "pg_catalog" else schema, name)


def _partner(state: State, element: Node, home: str) -> str:
    """OPERATOR(schema.name); one that is not there yet will be in the schema of this one."""
    items = element["arg"]["List"]["items"] if "List" in element["arg"] else [element["arg"]]
    if "TypeName" in element["arg"]:
        items = element["arg"]["TypeName"]["names"]
    schema, name = split_name(items)
    if schema is None:
        found = (s for kind, s, n in state.others if kind == "operator" and n.partition("(")[0] == name)
        schema = next((s for s in found if s in state.path), home)
    return f"OPERATOR({identifier(schema)}.{name})"


def partnered(state: State, key: Key) -> None:
    """Postgres notes a partner on both sides (OperatorUpd)."""
    own = state.others[key]
    for clause, partner in _partners(own):
        other = state.others.get(_partner_key(own, clause, partner))
        if other is not None and f"{clause} = " not in other.definition:
            _tell(state, other, clause, own)
    for other in [o for o in state.others.values() if o.kind == "operator" and o is not own]:
        for clause, partner in _partners(other):
            current = state.others[key]
            if _partner_key(other, clause, partner) == key and f"{clause} = " not in current.definition:
                _tell(state, current, clause, other)


def _tell(state: State, operator_: Other, clause: str, partner: Other) -> None:
    name = f"OPERATOR({identifier(partner.schema or '')}.{partner.name.partition('(')[0]})"
    clauses = dict.fromkeys([*_split(operator_.definition), f"{clause} = {name}"])
    words = [word.upper() for word in _CLAUSES]
    ordered = sorted(clauses, key=lambda text: words.index(text.partition(" = ")[0]))
    state.update("others", (operator_.kind, operator_.schema or "", operator_.name), definition=", ".join(ordered))


def _split(definition: str) -> list[str]:
    return re.split(r", (?=(?:COMMUTATOR|NEGATOR|RESTRICT|JOIN|HASHES|MERGES)\b)", definition)


def _partners(other: Other) -> Iterator[tuple[str, str]]:
    for text in _split(other.definition):
        clause, _, partner = text.partition(" = ")
        if clause in _PARTNER.values():
            yield clause, partner


def _partner_key(own: Other, clause: str, partner: str) -> Key:
    schema, _, name = partner.removeprefix("OPERATOR(").removesuffix(")").rpartition(".")
    left, _, right = own.name.partition("(")[2].removesuffix(")").partition(", ")
    types = f"{right}, {left}" if clause == "COMMUTATOR" else f"{left}, {right}"
    return ("operator", schema.strip('"').replace('""', '"'), f"{name}({types})")


def parted(state: State, gone: Other) -> None:
    """A dropped operator is nobody's partner any more."""
    key = ("operator", gone.schema or "", gone.name)
    for other in [o for o in state.others.values() if o.kind == "operator"]:
        left = [t for t in _split(other.definition) if not _is_link(other, t, key)]
        if len(left) != len(_split(other.definition)):
            state.update("others", ("operator", other.schema or "", other.name), definition=", ".join(left))


def _is_link(other: Other, text: str, key: Key) -> bool:
    clause, _, partner = text.partition(" = ")
    return clause in _PARTNER.values() and _partner_key(other, clause, partner) == key


def alter(state: State, node: Node) -> None:
    """ALTER OPERATOR … SET."""
    key = operator_key(state, node["opername"])
    found = state.others.get(key)
    if found is None:
        raise NotModelled(f'operator "{key[2]}" was made by no migration', security=False)
    given = {element["defname"]: element for element in elements(node.get("options", []))}
    new = {
        text.partition(" = ")[0]: text for text in _clauses(state, {k: e for k, e in given.items() if _says(e)}, key[1])
    }
    old = {text.partition(" = ")[0]: text for text in _split(found.definition)}
    kept = {k: t for k, t in old.items() if k.lower() not in given}
    ordered = [(kept | new)[w] for w in (c.upper() for c in _CLAUSES) if w in kept | new]
    state.update("others", key, definition=", ".join(ordered))
    partnered(state, key)


def _says(element: Node) -> bool:
    return "arg" in element or element["defname"] in ("hashes", "merges")


# --- operator classes -----------------------------------------------------------------------------------------------


def operator_class(state: State, node: Node) -> tuple[Key, str, Key | None]:
    """The key and definition of CREATE OPERATOR CLASS, and the key of the family that comes with it."""
    schema, name = split_name(node["opclassname"])
    home = state.creation_schema(schema)
    kind = type_name(node["datatype"], names_of(state))
    text = f"{'DEFAULT ' if node.get('isDefault') else ''}FOR TYPE {kind} USING {node['amname']}"
    family = _family(state, node, home)
    if family is not None and family != (home, name):
        text += f" FAMILY {qualified(*family)}"
    items = ", ".join(_item(state, entry["CreateOpClassItem"], kind) for entry in node.get("items", []))
    own = None if "opfamilyname" in node else ("operator family", home, name)
    return ("operator class", home, name), f"{text} AS {items}", own


def _family(state: State, node: Node, home: str) -> tuple[str, str] | None:
    if "opfamilyname" not in node:
        return None
    schema, name = split_name(node["opfamilyname"])
    found = (s for s in ((schema,) if schema else state.path) if ("operator family", s, name) in state.others)
    return next(found, schema or home), name


def _item(state: State, item: Node, kind: str) -> str:
    if item["itemtype"] == 3:
        return f"STORAGE {type_name(item['storedtype'], names_of(state))}"
    schema, name = split_name(item["name"]["objname"])
    types = [argument_type(state, a["TypeName"]) for a in item["name"].get("objargs", []) if "TypeName" in a]
    sides = [type_name(a["TypeName"], names_of(state)) for a in item.get("class_args", [])]
    head = f"{_ITEMS[item['itemtype']]} {item['number']}"
    if item["itemtype"] == 1:
        types = types or [kind, kind]
        schema = schema or _home(state, f"{name}({', '.join(types)})")
        spelled = f"{identifier(schema)}.{name}" if schema not in (None, "pg_catalog") else name
        return f"{head} {spelled}({','.join(types)})"
    between = f" ({', '.join(sides)})" if sides and sides != [kind, kind] else ""
    return f"{head}{between} {_function(state, schema, name)}({','.join(types)})"


def _home(state: State, spelled: str) -> str | None:
    return next((s for s in state.path if ("operator", s, spelled) in state.others), None)
