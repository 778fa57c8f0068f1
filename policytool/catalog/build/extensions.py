"""Extensions and what they bring."""

from __future__ import annotations

import re

from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.members import on_supabase, run_after, run_script
from policytool.catalog.build.nodes import elements, option_text
from policytool.catalog.build.schemas import create_schema
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.objects import Extension
from policytool.source.bootstrap import extension_file

_HEADER = re.compile(r"-- \S+: schema = (?P<schema>\S+), fixed = (?P<fixed>yes|no),.*? version = (?P<version>[^,\s]+)")


def _create(state: State, node: Node) -> None:
    name = node["extname"]
    if name in state.extensions:
        if node.get("if_not_exists"):
            return
        raise Refused("42710", f'extension "{name}" already exists')
    options = {o["defname"]: option_text(o) for o in elements(node.get("options", []))}
    file = extension_file(name)
    header = _HEADER.match(file.text) if file is not None else None
    schema = _schema(state, name, header, options.get("schema"))
    version = options.get("new_version") or (header["version"] if header else None)
    state.create("extensions", name, Extension(name=name, schema=schema, version=version))
    if run_script(state, name, schema):
        run_after(state, name)
    else:
        message = f"extension {name} is not known to policytool: what it brings is not in the catalog"
        state.record(message, kind="extension", security=False)


def _schema(state: State, name: str, header: re.Match[str] | None, wanted: str | None) -> str:
    home = header["schema"] if header is not None and header["schema"] != "current" else None
    if header is not None and header["fixed"] == "yes":
        assert home is not None
        if wanted not in (None, home):
            raise Refused("0A000", f'extension "{name}" must be installed in schema "{home}"')
        if home not in state.schemas and home != "pg_catalog":
            create_schema(state, home, _maker(state))
        return home
    if wanted is not None:
        return wanted if wanted == "pg_catalog" else state.creation_schema(wanted)
    return home or state.creation_schema(None)


def _maker(state: State) -> str:
    return "supabase_admin" if on_supabase(state) else state.session.role


def _alter(state: State, node: Node) -> None:
    name = node["extname"]
    if name not in state.extensions:
        raise Refused("42704", f'extension "{name}" does not exist')
    version = {o["defname"]: option_text(o) for o in elements(node.get("options", []))}.get("new_version")
    if version is not None:
        state.update("extensions", name, version=version)


def _contents(state: State, node: Node) -> None:
    raise NotModelled(f"the members of extension {node['extname']} are not modelled one by one", security=False)


HANDLERS: dict[str, Handler] = {
    "CreateExtensionStmt": _create,
    "AlterExtensionStmt": _alter,
    "AlterExtensionContentsStmt": _contents,
}
