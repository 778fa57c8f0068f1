"""Object identifiers: from names to what the state holds, and back to names as Postgres shows them."""

from __future__ import annotations

import re
from typing import Any, Final

from policytool.catalog.build import assume
from policytool.catalog.build.names import names_of
from policytool.catalog.build.plpgsql.parsing import type_named
from policytool.catalog.build.plpgsql.values import NotKnown, Oid, Opaque, Some, Spelled, Value
from policytool.catalog.build.routines import assume_type, without_modifiers
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.types import built_in, is_built_in, type_name
from policytool.catalog.model import Function, Name, Signature
from policytool.catalog.spelling import identifier, qualified

SYSTEM_SCHEMAS: Final = ("pg_catalog", "information_schema", "pg_toast")
_PART: Final = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([A-Za-z_\x80-\U0010ffff][\w$]*))\s*(\.|\Z)')
_INTERNAL: Final = {
    built_in(name, ()): name
    for name in """bit bool bpchar float4 float8 int2 int4 int8 interval json numeric time timetz timestamp timestamptz
    varbit varchar""".split()  # noqa: SIM905
}


def name_parts(text: str) -> tuple[str, ...]:
    """The parts of a qualified name as it is written in SQL."""
    parts, position = [], 0
    while True:
        match = _PART.match(text, position)
        if match is None:
            raise Refused("42602", f'invalid name syntax: "{text}"')
        parts.append(match[1].replace('""', '"') if match[1] is not None else match[2].lower())
        position = match.end()
        if not match[3]:
            return tuple(parts)


def registered(state: State, value: Value, kind: str) -> Value:
    """A cast to oid, regclass and the like."""
    if isinstance(value, Oid):
        return with_name(state, value, kind)
    if isinstance(value, int):
        return value
    if not isinstance(value, str) or isinstance(value, Opaque | Spelled | Some):
        raise NotKnown(f"a value that is cast to {kind}")
    if kind == "oid" or value.strip().isdigit():
        return int(value) if value.strip().isdigit() else _bad_oid(value)
    found = find(state, value, kind, assumed=True)
    if found is None:
        raise Refused("42704", f'{kind.removeprefix("reg")} "{value}" does not exist')
    return found


def _bad_oid(text: str) -> Value:
    raise Refused("22P02", f'invalid input syntax for type oid: "{text}"')


def with_name(state: State, oid: Oid, kind: str) -> Oid:
    """The identifier as one that is shown as a name, or (oid) as the number that nobody knows."""
    if kind == "oid" or oid.of_system:
        return Oid(oid.catalog, oid.key)
    return Oid(oid.catalog, oid.key, shown(state, oid, kind))


def find(state: State, text: str, kind: str, *, assumed: bool = False) -> Oid | None:
    """What to_regclass() and its relatives find."""
    match kind:
        case "regclass":
            return _relation(state, text, assumed=assumed)
        case "regnamespace" | "regrole":
            (name,) = name_parts(text)[-1:]
            if kind == "regrole":
                return Oid("pg_authid", name, identifier(name)) if name in state.roles else None
            known = name in state.schemas or name in SYSTEM_SCHEMAS
            return Oid("pg_namespace", name, identifier(name)) if known else None
        case "regtype":
            return _type(state, text, assumed=assumed)
        case "regprocedure":
            return _routine(state, text)
        case "regproc":
            schema, name = _schema_and_name(text)
            found = state.find_functions(schema, name)
            if len(found) == 1:
                return Oid("pg_proc", found[0], function_name(state, found[0]))
            if found:
                raise Refused("42725", f'more than one function named "{text}"')
            return None
    raise NotKnown(f"a cast to {kind}")


def _schema_and_name(text: str) -> tuple[str | None, str]:
    parts = name_parts(text)
    return (parts[-2] if len(parts) > 1 else None), parts[-1]


def _relation(state: State, text: str, *, assumed: bool) -> Oid | None:
    schema, name = _schema_and_name(text)
    if schema in SYSTEM_SCHEMAS or (schema is None and name.startswith("pg_")):
        return Oid("pg_class", (schema or "pg_catalog", name), qualified(schema, name))
    found = state.find_relation(schema, name)
    if found is None and assumed:
        key = assume.table(state, {"relname": name} | ({"schemaname": schema} if schema else {}))
    elif found is None:
        return None
    else:
        key = found[1]
    return Oid("pg_class", key, relation_name(state, key))


def _type(state: State, text: str, *, assumed: bool) -> Oid | None:
    node = type_named(text)
    if node is None:
        raise Refused("42601", f'invalid type name "{text}"')
    if assumed:
        assume_type(state, node)
    spelled = without_modifiers(type_name(node, names_of(state)))
    oid = type_oid(state, spelled)
    schema, name = oid.key
    known = schema == "pg_catalog" and is_built_in(name.removeprefix("_"))
    return oid if known or state.find_type(schema, name.removeprefix("_")) is not None else None


def _routine(state: State, text: str) -> Oid | None:
    head, opening, rest = text.partition("(")
    if not opening or not rest.rstrip().endswith(")"):
        raise Refused("22P02", "expected a left parenthesis")
    schema, name = _schema_and_name(head)
    types = _argument_types(state, rest.rstrip()[:-1])
    for signature in state.find_functions(schema, name):
        if signature[2] == types:
            return Oid("pg_proc", signature, function_name(state, signature, types=True))
    return None


def _argument_types(state: State, text: str) -> tuple[str, ...]:
    names = names_of(state)
    types = []
    for part in re.split(r",(?![^(]*\))", text) if text.strip() else ():
        node = type_named(part.strip())
        if node is None:
            raise Refused("42601", f'invalid type name "{part}"')
        types.append(without_modifiers(type_name(node, names)))
    return tuple(types)


# --- names as Postgres shows them -----------------------------------------------------------------------------------


def shown(state: State, oid: Oid, kind: str) -> str:
    """The text of a reg… value."""
    key: Any = oid.key
    match oid.catalog:
        case "pg_class":
            return relation_name(state, key)
        case "pg_proc":
            return function_name(state, key, types=kind == "regprocedure")
        case "pg_type":
            return type_text(state, key)
        case "pg_namespace" | "pg_authid":
            return identifier(key)
    raise NotKnown(f"an object shown as {kind}")


def relation_name(state: State, key: Name) -> str:
    """A relation's name, qualified unless the search_path finds it."""
    if key[0] == "pg_catalog":
        return identifier(key[1])
    found = state.find_relation(None, key[1])
    return identifier(key[1]) if found is not None and found[1] == key else qualified(*key)


def function_name(state: State, signature: Signature, *, types: bool = False) -> str:
    """A function's name, qualified unless the search_path finds it, with the types of its arguments if wanted."""
    schema, name, arguments = signature
    reached = (s for s in state.find_functions(None, name) if s[2] == arguments)
    plain = next(reached, None) == signature or schema == "pg_catalog"
    text = identifier(name) if plain else qualified(schema, name)
    return f"{text}({','.join(visible(state, a) for a in arguments)})" if types else text


def identity_arguments(state: State, function: Function) -> str:
    """pg_get_function_identity_arguments()."""
    parts = []
    for argument in function.arguments:
        if argument.mode == "TABLE":
            continue
        mode = "" if argument.mode == "IN" else f"{argument.mode} "
        name = "" if argument.name is None else f"{identifier(argument.name)} "
        parts.append(f"{mode}{name}{visible(state, argument.type)}")
    return ", ".join(parts)


def visible(state: State, spelled: str) -> str:
    """A type as format_type() shows it now: without its schema where the search_path finds it."""
    prefix, setof, rest = ("", "", spelled) if not spelled.startswith("SETOF ") else ("", "SETOF ", spelled[6:])
    match = re.match(r'(?:"((?:[^"]|"")*)"|(\w+))\.(?:"((?:[^"]|"")*)"|(\w+))', rest)
    if match is None:
        return spelled
    schema, name = (match[1] or match[2]).replace('""', '"'), (match[3] or match[4]).replace('""', '"')
    found = state.find_type(None, name)
    if found is None or found[1] != (schema, name):
        return spelled
    return f"{prefix}{setof}{identifier(name)}{rest[match.end() :]}"


def type_oid(state: State, spelled: str) -> Oid:
    """The type of a column or argument by its spelling in the model."""
    plain = without_modifiers(spelled)
    base, array = (plain[:-2], "_") if plain.endswith("[]") else (plain, "")
    if base in _INTERNAL:
        key = ("pg_catalog", array + _INTERNAL[base])
    else:
        parts = name_parts(base) if base.replace('"', "").replace(".", "").strip() else (base,)
        key = (parts[-2] if len(parts) > 1 else "pg_catalog", array + parts[-1])
        key = (
            ("pg_catalog", array + {"character": "bpchar", "char": "char"}.get(parts[-1], parts[-1]))
            if (len(parts) == 1)
            else key
        )
    return Oid("pg_type", key, type_text(state, key))


def type_text(state: State, key: Name) -> str:
    """format_type() of a type without modifier."""
    schema, name = key
    array = name.startswith("_") and len(name) > 1
    base = name.removeprefix("_") if array else name
    if schema == "pg_catalog":
        text = {"bpchar": "character"}.get(base) or built_in(base, ())
    else:
        text = visible(state, qualified(schema, base))
    return f"{text}[]" if array else text


def is_enum(state: State, kind: str) -> bool:
    """Whether a type name means an enum of the user."""
    try:
        parts = name_parts(kind)
    except Refused:
        return False
    found = state.find_type(parts[-2] if len(parts) > 1 else None, parts[-1])
    return found is not None and found[0] == "enums"
