"""Objects that a migration names and no migration made: they are taken to exist, and that is said once for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Argument, Column, Function, Name, Role, Signature, Table
from policytool.catalog.objects import BaseType
from policytool.catalog.spelling import qualified

Node = dict[str, Any]
UNKNOWN = "unknown"


def table(state: State, range_var: Node) -> Name:
    """The table that a RangeVar names, made up where there is none; its columns come as statements name them."""
    found = state.find_relation(range_var.get("schemaname"), range_var["relname"])
    if found is not None:
        if found[0] != "tables":
            raise Refused("42809", f'"{range_var["relname"]}" is not a table')
        return found[1]
    schema = state.creation_schema(range_var.get("schemaname"))
    key = (schema, range_var["relname"])
    owner = state.session.role
    grants = initial_grants(state, "TABLES", schema, owner)
    state.create("tables", key, Table(schema=schema, name=key[1], owner=owner, grants=grants, assumed=True))
    _say(state, f"table {qualified(*key)}", range_var.get("location"))
    return key


def columns(state: State, key: Name, names: Iterable[str]) -> None:
    """Give an assumed table the columns that a statement names; on any other, a column it lacks is an error."""
    found: Table = state.tables[key]
    known = {c.name for c in found.columns}
    missing = [name for name in dict.fromkeys(names) if name not in known]
    if not missing:
        return
    if not found.assumed:
        raise Refused("42703", f'column "{missing[0]}" of relation "{key[1]}" does not exist')
    added = tuple(Column(name=name, type=UNKNOWN, made=state.at, changed=state.at) for name in missing)
    state.update("tables", key, columns=found.columns + added)


def function(
    state: State, schema: str | None, name: str, types: tuple[str, ...], location: int | None = None
) -> Signature:
    """A function of these argument types."""
    signature = (state.creation_schema(schema), name, types)
    if signature not in state.functions:
        owner = state.session.role
        arguments = tuple(Argument(type=t) for t in types)
        grants = initial_grants(state, "FUNCTIONS", signature[0], owner)
        item = Function(schema=signature[0], name=name, owner=owner, arguments=arguments, grants=grants)
        state.create("functions", signature, item)
        _say(state, f"function {qualified(signature[0], name)}({', '.join(types)})", location)
    return signature


def type(state: State, schema: str | None, name: str, location: int | None = None) -> Name:  # noqa: A001
    """A type of which nothing but the name is known."""
    found = state.find_type(schema, name)
    if found is not None:
        return found[1]
    key = (state.creation_schema(schema), name)
    owner = state.session.role
    grants = initial_grants(state, "TYPES", key[0], owner)
    state.create("base_types", key, BaseType(schema=key[0], name=name, owner=owner, grants=grants))
    _say(state, f"type {qualified(*key)}", location)
    return key


def role(state: State, name: str, location: int | None = None) -> str:
    """A role without any attribute."""
    if name not in state.roles and name != "public":
        state.create("roles", name, Role(name=name))
        _say(state, f"role {name}", location)
    return name


def _say(state: State, what: str, location: int | None) -> None:
    state.record(f"{what} is assumed: no migration made it", kind="assumed", location=state.place(location))
