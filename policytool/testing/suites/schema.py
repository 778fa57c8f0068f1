"""The JSON Schema of policy test files, for editors; what depends on a catalog only `policytool test` can check."""

from __future__ import annotations

from typing import Any, Final, get_args

from policytool.config import PLATFORMS
from policytool.testing.suites import form, read, read_actors, read_cases, read_tables
from policytool.testing.suites.suite import Grants

Schema = dict[str, Any]
_TEXT: Final[Schema] = {"type": ["string", "number", "boolean"]}
_VALUE: Final[Schema] = {"description": "Text as Postgres takes it, null, or @name: a column of another row."}
_WORDS: Final[Schema] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_GIVEN: Final[Schema] = {"type": ["object", "null"], "additionalProperties": _VALUE}
_LETTERS: Final[Schema] = {
    "type": "string",
    "pattern": "^(-|[rud]{1,3})$",
    "description": "r reads, u updates, d deletes, - is nothing.",
}


def suite_schema() -> Schema:
    """The schema of a whole file."""
    described: dict[str, tuple[Schema, str]] = {
        "policytool": ({"const": 1}, "The number of the format."),
        "description": ({"type": "string"}, "What the file is about."),
        "migrations": ({"type": "string"}, "The folder of migrations, from this file's folder or one above it."),
        "profile": ({"enum": list(PLATFORMS)}, "Whose database it is; found out by itself."),
        "grants": ({"enum": list(get_args(Grants))}, "What Supabase grants on new tables to its API roles."),
        "actors": (_map(_actor()), "Who acts."),
        "seed": (_map(_map(_GIVEN)), "Rows by table and name; what is not given is made up."),
        "tables": (_map(_table()), "Who may do what; what is not listed is denied."),
        "who": ({"type": "array", "items": _who()}, "Exactly these actors may."),
        "sees": (_map(_map(_WORDS)), "Exactly these seeded rows are what an actor reads."),
        "isolation": (_isolation(), "Nobody touches rows of a tenant that they are no member of."),
        "cases": ({"type": "array", "items": _case()}, "Statements, and what becomes of them by who runs them."),
    }
    properties = {key: {**schema, "description": text} for key, (schema, text) in described.items()}
    return {**_object({key: properties[key] for key in read.KEYS}, required=("policytool",)), "$defs": _definitions()}


def _definitions() -> Schema:
    expect = {
        "denied": {"enum": list(form.BY)},
        "error": {**_TEXT, "description": "A SQLSTATE."},
        "message": {"type": "string", "description": "What the error's message holds."},
        "rows": {"type": "integer", "minimum": 0},
        "columns": _WORDS,
        "value": _VALUE,
        "values": {"type": "array", "items": {"type": "array", "items": _VALUE}},
    }
    return {"expect": {"anyOf": [{"enum": ["allow", "deny"]}, {**_object(expect), "minProperties": 1}]}}


def _actor() -> Schema:
    properties: dict[str, Schema] = {
        "role": {"type": "string", "description": "The database role; on Supabase authenticated unless it is said."},
        "id": {"type": "string", "description": "The person's number, the claim sub."},
        "claims": {"type": "object", "description": "Claims of the token, beside those that Supabase sends."},
        "settings": {**_map(_TEXT), "description": "Settings of the session, as app.tenant_id."},
        "row": {**_map(_GIVEN), "description": "Rows that are the actor's own, by table."},
        "bypass": {"type": "boolean", "description": "The role is meant to bypass row security."},
    }
    schema = _object({key: properties[key] for key in read_actors.KEYS})
    return {**schema, "type": ["object", "null"]}


def _table() -> Schema:
    create: dict[str, Schema] = {
        "as": _WORDS,
        "with": _GIVEN,
        "expect": {"$ref": "#/$defs/expect"},
        "returning": {"type": "boolean"},
    }
    return {
        "type": "object",
        "properties": {
            "create": {"type": "array", "items": _object(create, required=("as",))},
            "frozen": {**_map(_WORDS), "description": "Columns that an actor must not change."},
        },
        "additionalProperties": {**_map(_LETTERS), "type": ["object", "null"]},
    }


def _who() -> Schema:
    commands: dict[str, Schema] = {key: {"type": "string"} for key in read_tables.COMMANDS}
    return _object({**commands, "exactly": _WORDS}, required=("exactly",))


def _isolation() -> Schema:
    names = {key: {"type": "string"} for key in ("table", "tenant", "user")}
    properties: dict[str, Schema] = {
        "tenant": {"type": "string"},
        "members": _object(names, required=tuple(names)),
        "shared": _WORDS,
        "deny_escalation": {"type": "boolean"},
    }
    return _object(properties, required=("tenant", "members"))


def _case() -> Schema:
    statement: dict[str, Schema] = {
        "select": {"type": "string"},
        "insert": _map(_GIVEN),
        "update": _map(_GIVEN),
        "delete": {"type": "string"},
        "call": {"anyOf": [{"type": "string"}, _map(_GIVEN)]},
        "sql": {"type": "string"},
    }
    how: dict[str, Schema] = {
        "returning": {"enum": [True, False, "both"]},
        "on_conflict": {"enum": ["nothing", "update"]},
    }
    expect: Schema = {"$ref": "#/$defs/expect"}
    step = _object({"as": {"type": "string"}, **statement, **how})
    found = _definitions()["expect"]["anyOf"][1]["properties"]
    said = {**statement, **found}
    check = _object({key: said.get(key, {"type": "string"}) for key in read_cases.CHECK})
    properties = {
        "name": {"type": "string"},
        "by": _map(expect),
        "seed": _map(_map(_GIVEN)),
        "first": {"type": "array", "items": step, "description": "What is done before, and stays."},
        "then": {"type": "array", "items": check, "description": "What holds once the statement has run."},
        **statement,
        **how,
    }
    return _object({key: properties[key] for key in read_cases.CASE}, required=("by",))


def _object(properties: dict[str, Schema], *, required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}
