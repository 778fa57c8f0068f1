"""What an extension brought: its objects, found by folding its script again."""

from __future__ import annotations

from typing import Any, Literal

from policytool.catalog.build.dispatch import execute
from policytool.catalog.build.moves import move_function, move_relation, move_type
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.stores import TYPE_KINDS, Kind
from policytool.source.bootstrap import extension_file, extension_parts, sql_folder
from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file

KINDS: tuple[Kind, ...] = ("tables", "views", "sequences", "functions", *TYPE_KINDS, "schemas", "others")  # type: ignore[assignment]


def on_supabase(state: State) -> bool:
    """Whether the platform is Supabase, where its own superuser makes the extensions."""
    role = state.roles.get("supabase_admin")
    return role is not None and role.origin == "platform" and "service_role" in state.roles


def run_script(state: State, name: str, schema: str) -> bool:
    """Fold what an extension brings into a schema; False when policytool does not know the extension."""
    file = extension_file(name)
    # Nobody asks for the hundreds of functions that only tests call, and folding them takes longer than most projects.
    if file is not None and len(extension_parts()[name]) == 1:
        _run(state, file, schema, "extension")
    return file is not None


def run_after(state: State, name: str) -> None:
    """Fold what Supabase grants once an extension has been made."""
    path = sql_folder() / "bootstrap" / "supabase" / "after_extension" / f"{name}.sql"
    if on_supabase(state) and path.is_file():
        file = SqlFile(path=path.name, text=path.read_text(encoding="utf-8"))
        _run(state, file, "pg_catalog", "platform")


def _run(state: State, file: SqlFile, schema: str, origin: Literal["platform", "extension"]) -> None:
    session, statement = state.session, state.statement
    state.session = session.copy()
    state.session.search_path = (schema,)
    if on_supabase(state):
        state.session.role = "supabase_admin"
    try:
        with state.as_origin(origin):
            for part in parse_file(file).statements:
                state.statement = part
                _fold(state, part.kind, part.node)
    finally:
        state.session, state.statement = session, statement


def _fold(state: State, kind: str, node: dict[str, Any]) -> None:
    # A part of the script that cannot be folded leaves the rest of the extension as it is.
    mark = state.savepoint()
    try:
        execute(state, kind, node)
    except Refused:
        state.rollback(mark)
    except NotModelled:
        pass


def members(state: State, name: str) -> list[tuple[Kind, Any]]:
    """The objects of an installed extension that are still there."""
    schema = state.extensions[name].schema
    trial = State(role=state.default_role, search_path=(schema,), major_version=state.major_version)
    trial.assume_schema(schema)
    run_script(trial, name, schema)
    return [
        (kind, key)
        for kind in KINDS
        for key in trial.store(kind)
        if key != schema and (item := state.store(kind).get(key)) is not None and item.origin == "extension"
    ]


def move_extension(state: State, name: str, schema: str) -> None:
    """ALTER EXTENSION … SET SCHEMA: its objects go along."""
    old = state.extensions[name].schema
    if old == schema:
        return
    for kind, key in members(state, name):
        if kind == "functions":
            move_function(state, key, (schema, key[1]))
        elif kind in ("tables", "views", "sequences"):
            move_relation(state, kind, key, (schema, key[1]))
        elif kind in TYPE_KINDS:
            move_type(state, kind, key, (schema, key[1]))
        elif kind == "others" and key[1] == old:
            state.rekey("others", key, (key[0], schema, key[2]), schema=schema)
    state.update("extensions", name, schema=schema)
