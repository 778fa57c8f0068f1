"""Foreign-data wrappers, servers, user mappings and foreign tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from policytool.catalog.build import others, tables
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, option_name, option_text
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.roles import role_of
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.model import Name
from policytool.catalog.objects import ForeignDataWrapper, ForeignServer

Options = tuple[str, ...]
_SECRET: Final = re.compile(r"pass|secret|token|credential|private|api_?key|access_?key|conn", re.IGNORECASE)
MASK: Final = "***"


def changed(options: Options, nodes: list[Node], *, mask_all: bool = False) -> Options:
    """Generic options after OPTIONS (ADD …, SET …, DROP …), `name=value`; what may be a secret is `name=***`."""
    current = dict(option.partition("=")[::2] for option in options)
    for element in elements(nodes):
        name, action = element["defname"], element.get("defaction", "DEFELEM_UNSPEC")
        if action in ("DEFELEM_SET", "DEFELEM_DROP") and name not in current:
            raise Refused("42704", f'option "{name}" not found')
        if action == "DEFELEM_DROP":
            del current[name]
            continue
        if action != "DEFELEM_SET" and name in current:
            raise Refused("42710", f'option "{name}" provided more than once')
        current[name] = option_text(element) or ""
    return masked((f"{name}={value}" for name, value in current.items()), mask_all=mask_all)


def masked(options: Iterable[str], *, mask_all: bool = False) -> Options:
    """Options, `name=value`, without what may be a secret; with `mask_all` only the user's name is shown."""
    pairs = [option.partition("=")[::2] for option in options]
    return tuple(
        f"{name}={MASK if _SECRET.search(name) or (mask_all and name != 'user') else value}" for name, value in pairs
    )


# --- wrappers and servers -------------------------------------------------------------------------------------------


def create_wrapper(state: State, node: Node) -> None:
    """CREATE FOREIGN DATA WRAPPER."""
    name, owner = node["fdwname"], state.session.role
    if name in state.wrappers:
        raise Refused("42710", f'foreign-data wrapper "{name}" already exists')
    wrapper = ForeignDataWrapper(
        name=name,
        owner=owner,
        options=changed((), node.get("options", [])),
        grants=initial_grants(state, "WRAPPERS", None, owner),
        **_functions(state, node),
    )
    state.create("wrappers", name, wrapper)


def alter_wrapper(state: State, node: Node) -> None:
    """ALTER FOREIGN DATA WRAPPER."""
    name = node["fdwname"]
    if name not in state.wrappers:
        raise Refused("42704", f'foreign-data wrapper "{name}" does not exist')
    options = changed(state.wrappers[name].options, node.get("options", []))
    state.update("wrappers", name, options=options, **_functions(state, node))


def _functions(state: State, node: Node) -> dict[str, Any]:
    found: dict[str, Name | None] = {}
    for element in elements(node.get("func_options", [])):
        named = option_name(element)
        if named is None:  # NO HANDLER, NO VALIDATOR
            found[element["defname"]] = None
        else:
            schema, name = named
            found[element["defname"]] = names_of(state).function(schema, name, None) or (schema or "pg_catalog", name)
    return found


def create_server(state: State, node: Node) -> None:
    """CREATE SERVER."""
    name, owner = node["servername"], state.session.role
    if name in state.servers:
        if node.get("if_not_exists"):
            return
        raise Refused("42710", f'server "{name}" already exists')
    _known_wrapper(state, node["fdwname"])
    server = ForeignServer(
        name=name,
        owner=owner,
        wrapper=node["fdwname"],
        type=node.get("servertype"),
        version=node.get("version"),
        options=changed((), node.get("options", [])),
        grants=initial_grants(state, "SERVERS", None, owner),
    )
    state.create("servers", name, server)


def _known_wrapper(state: State, name: str) -> None:
    if name in state.wrappers:
        return
    grants = initial_grants(state, "WRAPPERS", None, state.session.role)
    state.create("wrappers", name, ForeignDataWrapper(name=name, owner=state.session.role, grants=grants))
    state.record(f"foreign-data wrapper {name} is assumed: no migration made it", kind="assumed", security=False)


def alter_server(state: State, node: Node) -> None:
    """ALTER SERVER."""
    name = known_server(state, node["servername"])
    changes: dict[str, Any] = {"options": changed(state.servers[name].options, node.get("options", []))}
    if node.get("has_version"):
        changes["version"] = node.get("version")
    state.update("servers", name, **changes)


def known_server(state: State, name: str) -> str:
    """A server by its name; refused where there is none."""
    if name not in state.servers:
        raise Refused("42704", f'server "{name}" does not exist')
    return name


# --- user mappings --------------------------------------------------------------------------------------------------


def create_mapping(state: State, node: Node) -> None:
    """CREATE USER MAPPING; of its options only the user's name is kept."""
    key = _mapping(state, node)
    if key in state.others and not node.get("if_not_exists"):
        raise Refused("42710", f"user mapping {key[2]} already exists")
    options = ", ".join(changed((), node.get("options", []), mask_all=True))
    others.add(state, key, options, missing_ok=True)


def alter_mapping(state: State, node: Node) -> None:
    """ALTER USER MAPPING."""
    key = _mapping(state, node)
    if key not in state.others:
        raise Refused("42704", f"user mapping {key[2]} does not exist")
    old = tuple(state.others[key].definition.split(", ")) if state.others[key].definition else ()
    state.update("others", key, definition=", ".join(changed(old, node.get("options", []), mask_all=True)))


def drop_mapping(state: State, node: Node) -> None:
    """DROP USER MAPPING."""
    if node.get("missing_ok") and node["servername"] not in state.servers:
        return
    key = _mapping(state, node)
    if key in state.others:
        state.remove("others", key)
    elif not node.get("missing_ok"):
        raise Refused("42704", f"user mapping {key[2]} does not exist")


def _mapping(state: State, node: Node) -> tuple[str, str, str]:
    server = known_server(state, node["servername"])
    return ("user mapping", "", f"FOR {role_of(state, node['user'])} SERVER {server}")


# --- foreign tables -------------------------------------------------------------------------------------------------


def create_table(state: State, node: Node) -> None:
    """CREATE FOREIGN TABLE."""
    server, options = known_server(state, node["servername"]), changed((), node.get("options", []))
    tables.create_table(
        state,
        node["base"],
        kind="foreign table",
        server=server,
        server_options=options,
        replica_identity="NOTHING",  # what pg_class says of everything that cannot have one
    )


def import_schema(state: State, node: Node) -> None:
    """IMPORT FOREIGN SCHEMA: which tables come is only known to the other server."""
    known_server(state, node["server_name"])
    raise NotModelled(f"the tables of IMPORT FOREIGN SCHEMA {node.get('remote_schema')} are only known to the server")


HANDLERS: dict[str, Handler] = {
    "CreateFdwStmt": create_wrapper,
    "AlterFdwStmt": alter_wrapper,
    "CreateForeignServerStmt": create_server,
    "AlterForeignServerStmt": alter_server,
    "CreateUserMappingStmt": create_mapping,
    "AlterUserMappingStmt": alter_mapping,
    "DropUserMappingStmt": drop_mapping,
    "CreateForeignTableStmt": create_table,
    "ImportForeignSchemaStmt": import_schema,
}
